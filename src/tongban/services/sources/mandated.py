"""Cases that were opened by a mandate: its giver follows them by showing who they are; when the mandate is over,
whoever was charged with it follows them no more.

The secret on the receipt was in other hands from the beginning. So the case gets another one that nobody holds, as an
act of its own (`end_mandate`), and no contact left on it is enough for a new one: it may be theirs. What they had
taken into an account of their own, or shown in a browser, opens nothing afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases import receipts, renewing
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Edge, State
from tongban.cases.refusal import Refusal
from tongban.cases.standings import SYSTEM as BY_SYSTEM
from tongban.cases.writer import Step, perform

from .. import rules
from .rows import Mandate, Mandated

ACT = "end_mandate"
BATCH = 200


def line(states: Sequence[State]) -> Edge:
    """The line of a table by which a case is taken from whoever was charged with it."""
    return Edge(
        ACT, frozenset(state.name for state in states), None, BY_SYSTEM, _("委托结束"),
        _("委托已经结束，受托人手里的密码已作废"), quiet=True, button=False,
        inputs=renewing.INPUTS, effect=renewing.renew,
    )  # fmt: skip


def kept(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Remember by which mandate a case was opened. In the transaction of its opening."""
    by = {case.pk: said["mandate"] for case, _act, _context in rows
          if (said := rules.sent(case).get("typed") or {}).get("by") == "mandate"}  # fmt: skip
    if not by:
        return
    mandates = dict(Mandate.objects.filter(code__in=set(by.values())).values_list("code", "pk"))
    Mandated.objects.bulk_create(
        [Mandated(case_id=number, mandate_id=mandates[code]) for number, code in by.items() if code in mandates]
    )


def recovers(case: Case) -> bool:
    """Whether a contact left on the case is enough for a new secret: not after the mandate it was opened by."""
    row = Mandated.objects.select_related("mandate").filter(case=case).first()
    return row is None or not (row.ended or _is_over(row.mandate))


def _is_over(mandate: Mandate) -> bool:
    return mandate.revoked_at is not None or mandate.until < timezone.localdate()


def revoke(mandate: Mandate) -> None:
    """The giver takes it back: from this moment nothing can be begun by it, and what was begun is closed to its
    taker."""
    with transaction.atomic():
        changed = Mandate.objects.filter(pk=mandate.pk, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            for row in Mandated.objects.filter(mandate=mandate, ended=False).order_by("case_id"):
                _end(row)


def end_over(batch: int = BATCH) -> int:
    """Close what was begun by mandates that have run out to their takers; how many cases. For the worker."""
    over = Q(mandate__until__lt=timezone.localdate()) | Q(mandate__revoked_at__isnull=False)
    rows = list(Mandated.objects.filter(over, ended=False).order_by("case_id")[:batch])
    for row in rows:
        with transaction.atomic():
            _end(row)
    return len(rows)


def _end(row: Mandated) -> None:
    secret = receipts.issue(None, b"").secret
    with suppress(Refusal):  # an erased case: nothing opens it any more
        perform(row.case_id, Step(ACT, SYSTEM, renewing.of(secret)))
    Mandated.objects.filter(pk=row.pk).update(ended=True)


def of(mandate: Mandate) -> list[Case]:
    """The cases that were opened by it, the last first; of a bundle's parts none: they stand on its page."""
    rows = Mandated.objects.filter(mandate=mandate).filter(Q(case__part_of=None) | ~Q(case__part_of__kind="bundle"))
    return [row.case for row in rows.select_related("case").order_by(F("case_id").desc())[:100]]
