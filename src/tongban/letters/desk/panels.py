"""What the letters' door brings to the page of a letter on the desk: the matters that may fit, notes on an answer,
that a letter was not accepted yet, published answers like it, its public page.

Each gives the data of a panel (`desk/parts.py`), or None where there is nothing to show. It advises; nothing here
changes a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongban.desk.answering import EditorForm
from tongban.desk.copies import text_of
from tongban.desk.opening import Found
from tongban.desk.wording import templates_for
from tongban.letters.advice import matters, noting
from tongban.letters.guards import NOT_ACCEPTED
from tongban.letters.models import PublishedLetter
from tongban.published import asking
from tongban.published import similar as published
from tongban.published.models import PublishedCase
from tongban.workdays import shanghai_day


def similar(found: Found, form: Any = None) -> list[PublishedCase] | None:
    """Published letters like this one, with their answers; none for a letter about conduct."""
    if found.case.against_id is not None or found.case.erased_at:
        return None
    case = found.case
    return (
        published.similar(
            case.subject, case.body, kind="letter", matter=case.matter_id, place=case.place_id, without=case.pk
        )
        or None
    )


@dataclass(frozen=True, slots=True)
class Fitting:
    """A matter that may fit better or as well: its code, confidence in per cent, the letter's words for it, the unit
    that answers for it."""

    code: str
    confidence: int
    words: tuple[str, ...]
    unit: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Fittings:
    """What the learned model says of a letter's matter. `sure`: as sure as this office asks; else the clerk is told
    to choose."""

    rows: list[Fitting]
    sure: bool
    differs: bool


def fitting(found: Found) -> Fittings | None:
    """The likeliest matters, for who may still change the matter; None where there is no model or nothing to say."""
    case = found.case
    if case.erased_at or case.against_id is not None or found.procedure.edge("change_matter", case.state) is None:
        return None
    advice = matters.advise(text_of(case))
    if advice is None:
        return None
    day = shanghai_day(case.submitted_at)
    rows = []
    for one in advice.suggestions:
        lead = next(
            (duty.unit for duty in found.registry.duties_for(one.code, case.place_id, day) if duty.role == "lead"), None
        )
        rows.append(Fitting(one.code, round(100 * one.score), tuple(one.words), lead, one.code == case.matter_id))
    return Fittings(rows, advice.sure, rows[0].code != case.matter_id)


def notes(found: Found, form: EditorForm) -> Any:
    """Notes on the answer as it stands in the editor."""
    written = str(form["text"].value() or "")
    return noting.notes(found.case, written, [template.text for template in templates_for(found)]) or None


def not_accepted(found: Found, form: EditorForm) -> dict[str, Any] | None:
    """That the letter has not been accepted, before somebody answers it."""
    return {} if found.case.state in NOT_ACCEPTED else None


def public_page(found: Found) -> dict[str, Any]:
    """Whether the letter may be public, how far its sender was asked, and its public page."""
    page = PublishedLetter.objects.filter(case=found.case).first() if found.case.published else None
    return {"page": page, "asked": asking.standing(found.case)}
