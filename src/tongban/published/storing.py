"""What happens to the public pages when an act was stored: hooks that a procedure's `stored` names.

`on_publish` for acts that publish (`subject`, `body`, `answer` are their inputs), `on_unpublish` for those that
take a page down, `on_correct` for those that correct an answer. Where the sender is asked first: `on_asked` for the act
that asks (with those inputs), `on_seen`, `on_agreed` and `on_refused` for theirs. A page goes by itself when its case
is erased or is now about a unit (`BESIDE`). All in the transaction of the act. Not for who may publish: `guards.py`;
not for the case itself: `effects.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.beside import Beside
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Procedure, editions, procedures
from tongban.cases.refusal import Refusal
from tongban.ledger import bulk

from . import index, objection
from .masking import TEXTS
from .models import AskedSender, PublishedCase

Stored = Sequence[tuple[Case, Act, Context]]


def acts_that(hook: object, procedure: Procedure) -> frozenset[str]:
    """The acts for which a table names `hook`: what publishes in this kind of case, what corrects an answer."""
    return frozenset(act for act, named in procedure.stored.items() if named is hook)


def on_publish(rows: Stored) -> None:
    """Write the public pages. A page that is there keeps its address and gets the new words: somebody looked at them
    after a correction."""
    _write(rows, [act.private for _case, act, _context in rows])
    if len(rows) == 1:  # many at once are an import, of whose senders none was asked
        on_refused(rows)


def _write(rows: Stored, texts: Sequence[Mapping[str, Any] | None]) -> None:
    alone = rows[0] if len(rows) == 1 else None  # many at once are an import, whose cases are new
    there = PublishedCase.objects.filter(case=alone[0]).first() if alone else None
    pages = []
    for (case, act, _context), given in zip(rows, texts, strict=True):
        if not given:
            continue
        words = {name: given.get(name, "") for name in TEXTS}
        if there is not None:
            _reword(there, **words)
            continue
        pages.append(
            bulk.fresh(
                PublishedCase, case_id=case.pk, kind=case.kind, slug=secrets.token_hex(6), matter_id=case.matter_id,
                place_id=case.place_id, unit_id=act.unit_id or case.unit_id,
                submitted_on=timezone.localdate(case.submitted_at),
                answered_on=timezone.localdate(case.answered_at or act.at), published_at=act.at, grade=case.grade,
                corrected_on=corrected_on(*alone) if alone else None, **words,
            )
        )  # fmt: skip
    for page, number in zip(pages, bulk.take_ids(PublishedCase, len(pages)), strict=True):
        page.pk = number
    bulk.insert(pages)
    if len(pages) == 1:  # many at once are an import: its index follows, like that of the cases
        index.add(pages)


def on_asked(rows: Stored) -> None:
    """The sender was asked: the worker looks here for whose time is over."""
    for case, _act, _context in rows:
        AskedSender.objects.update_or_create(case=case, defaults={"until": objection.until(case)})


def on_seen(rows: Stored) -> None:
    """The time of a sender who could not be told began."""
    on_asked(rows)


def on_refused(rows: Stored) -> None:
    """Nothing appears by itself any more."""
    AskedSender.objects.filter(case_id__in=[case.pk for case, _act, _context in rows]).delete()


def asked_text(case: Case, procedure: Procedure) -> dict[str, str] | None:
    """The text that the sender of a case is asked about; None where nobody is asked."""
    if not objection.is_asked(case):
        return None
    words = _last_asked(case, procedure)
    return words if objection.digest(words) == objection.kept(case).get("digest") else None


def _last_asked(case: Case, procedure: Procedure) -> dict[str, str]:
    """The text of the last act that asked the sender."""
    act = Act.objects.filter(case=case, act__in=acts_that(on_asked, procedure)).order_by("-sequence").first()
    return {name: str((act.private or {}).get(name, "")) for name in TEXTS} if act is not None else {}


def on_agreed(rows: Stored) -> None:
    """The text that the sender saw appears, and no other. Raises Refusal where it is not there."""
    for case, act, context in rows:
        words = _last_asked(case, context.procedure)
        if objection.digest(words) != context.payload["digest"]:
            raise Refusal("stale", _("公开的文字已经改过，请看过现在的文字再决定。"))
        _write([(case, act, context)], [words])
    on_refused(rows)


def corrected_on(case: Case, _act: Act, context: Context) -> date | None:
    """The day on which the answer was last corrected; None where it never was."""
    corrections = Act.objects.filter(case=case, act__in=acts_that(on_correct, context.procedure))
    last = corrections.order_by("-sequence").first()
    return timezone.localdate(last.at) if last is not None else None


def _reword(page: PublishedCase, **words: Any) -> None:
    """Other words on a public page and in its index."""
    index.remove(page, page.pk in index.held([page.pk]))
    for name, value in words.items():
        setattr(page, name, value)
    page.save(update_fields=list(words))
    index.add([page])


def on_correct(rows: Stored) -> None:
    """An answer was corrected: its public page shows neither the old one nor, before a person has looked, the new
    one."""
    days = {case.pk: timezone.localdate(act.at) for case, act, _context in rows}
    AskedSender.objects.filter(case_id__in=days).delete()
    for page in PublishedCase.objects.select_for_update().filter(case_id__in=days):
        _reword(page, answer="", corrected_on=days[page.case_id])


def index_published(acts: Sequence[Act]) -> None:
    """A settler: puts cases that were published many at once into the index, where they still are public."""
    publishing = {
        kind: frozenset().union(*(acts_that(on_publish, table) for table in editions(kind))) for kind in procedures()
    }
    cases = [act.case_id for act in acts if act.act in publishing.get(act.case.kind, ())]
    pages = list(PublishedCase.objects.select_for_update().filter(case_id__in=cases).order_by("pk")) if cases else []
    there = index.held([page.pk for page in pages]) if pages else set()
    index.add([page for page in pages if page.pk not in there])


def take_down(case_ids: Sequence[int]) -> None:
    """The cases leave the public pages and their index. In the caller's transaction."""
    pages = list(PublishedCase.objects.select_for_update().filter(case_id__in=case_ids)) if case_ids else []
    there = index.held([page.pk for page in pages]) if pages else set()
    for page in pages:
        index.remove(page, page.pk in there)
        page.delete()


def on_unpublish(rows: Stored) -> None:
    """The public pages of these cases go."""
    take_down([case.pk for case, _act, _context in rows])
    on_refused(rows)


def _gone(case: Case) -> None:
    take_down([case.pk])
    AskedSender.objects.filter(case=case).delete()


def _barred(case: Case, units: Set[str], officials: Set[int]) -> None:
    """What is about a unit's conduct is never public."""
    take_down([case.pk])


BESIDE = Beside("public page", _gone, _barred)
