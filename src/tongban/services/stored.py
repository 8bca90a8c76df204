"""What hangs on a stored act of this door, in the same transaction: certificates are issued, suspended and revoked,
false promises remembered, the files of a bundle handed on to its parts."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.cases import attachments
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Context

from . import bundled, promises, questions, rules

Rows = Sequence[tuple[Case, Act, Context]]


def granted(rows: Rows) -> None:
    """What was granted gets its certificate, where the item has one."""
    from .certificates import issuing

    issuing.on_grant(rows)


def ended(rows: Rows) -> None:
    """What was revoked, has ended or is decided anew: its certificates are good no more."""
    from .certificates import issuing

    for row in rows:
        issuing.on_end([row], "expired" if row[1].act == "expire" else "revoked")


def suspended(rows: Rows) -> None:
    """What was granted has no effect for a while (暂扣): its certificates say so."""
    from .certificates import issuing

    issuing.on_end(rows, "suspended")


def reinstated(rows: Rows) -> None:
    """What was suspended has its effect again."""
    from .certificates import issuing

    issuing.on_end(rows, "good")


def prolonged(rows: Rows) -> None:
    """What was renewed gets a new certificate in place of the old one."""
    from .certificates import issuing

    issuing.on_prolong(rows)
    suspended([row for row in rows if row[0].state == "suspended"])


def promise_checked(rows: Rows) -> None:
    """A false promise is remembered, and its certificates are good no more."""
    promises.remember(rows)
    ended([row for row in rows if row[0].state == "revoked"])


def files_handed_on(rows: Rows) -> None:
    """Parts of a bundle that have just begun get the files that their own item asks for, each as a copy of its own: a
    part's unit sees its part's files, and each case is erased by itself. A part by promise gets none."""
    for whole, _act, context in rows:
        before = {part.pk for part in context.related.parts} if context.related is not None else set()
        openings = Act.objects.filter(case__part_of=whole, act="submit").exclude(case__in=before)
        files = list(Attachment.objects.filter(case=whole).exclude(private=None).select_related("case").order_by("pk"))
        facts = questions.read_facts(rules.sent(whole).get("facts") or {})
        for opening in openings.select_related("case") if files else ():
            if rules.sent(opening.case).get("promised"):
                continue
            wanted = bundled.purposes_of(opening.case.matter_id, facts, whole.place_id)
            attachments.copy_all([item for item in files if item.purpose in wanted], opening)
