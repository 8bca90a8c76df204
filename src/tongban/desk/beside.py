"""What stands beside a case on its page: when it is due, who is responsible and why, cases that may repeat it.

It advises; nothing here changes a case. Suggested repeats are always cases that exist for who looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from tongban.cases import access, search
from tongban.cases.actform import new_nonce
from tongban.cases.models import Case, Notice
from tongban.cases.waiting import TimeLeft, time_left
from tongban.registry.snapshot_rows import DutyRow
from tongban.workdays import Limit, shanghai_day

from . import copies, opening, paging
from .opening import Found
from .rows import Left, left_of

MOST = 8


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of a case in words."""

    left: Left
    due_at: datetime | None
    answer_due_at: datetime | None
    answer_left: TimeLeft | None
    extended_days: int
    limit: Limit | None


def deadlines(found: Found, now: datetime) -> Deadlines:
    """When the present step and the answer are due, and by which rule."""
    case, registry = found.case, found.registry
    limit = registry.limit(found.procedure.answer_step, case.matter_id, case.place_id)
    answered = case.answered_at is not None
    answer_left = (
        None
        if answered or case.paused_at
        else time_left(case.answer_due_at, limit.unit if limit else "calendar", now, registry.calendar)
    )
    return Deadlines(
        left_of(case, now, registry), case.due_at, case.answer_due_at, answer_left, case.extended_days, limit
    )


def duties(found: Found) -> Sequence[DutyRow]:
    """The lines of the responsibility list that hold for this letter, as of the day it came."""
    case = found.case
    return found.registry.duties_for(case.matter_id, case.place_id, shanghai_day(case.submitted_at))


def unsent(found: Found) -> list[Notice]:
    """Notices about this letter that could not be sent so far, the newest first. Where they go to is not shown."""
    return list(Notice.objects.filter(case=found.case, tries__gt=0).exclude(state="sent").order_by("-pk")[:10])


@dataclass(frozen=True, slots=True)
class Repeat:
    """A case that may be about the same trouble, and why it is thought so. `nonce` is for the form that merges this one
    into it, where it can be the lead."""

    case: Case
    why: str
    can_lead: bool = False
    nonce: str = field(default_factory=new_nonce)


def repeats(found: Found) -> list[Repeat]:
    """Letters nearly the same, letters from the same telephone or e-mail, letters of the same unit with the same
    words in their subject.

    By the contact only for who may see it, and only letters whose contact they may see too.
    """
    case = found.case
    if case.erased_at or not found.procedure.acts(lambda edge: edge.page == "merge"):
        return []
    place = search.where(found.actor, found.registry)
    others = (
        access.cases_for(found.actor, found.registry).filter(kind=case.kind, erased_at__isnull=True).exclude(pk=case.pk)
    )
    shares = dict(copies.near(case, place=place))
    nearest = sorted(others.filter(pk__in=list(shares)), key=lambda other: (-shares[other.pk], -other.pk))
    rows = [
        Repeat(other, _("内容几乎相同（%(share)d%%）") % {"share": round(100 * shares[other.pk])})
        for other in nearest[:MOST]
    ]
    known = {row.case.pk for row in rows}
    if found.may_see_contact:
        same = {
            number
            for kind, value in search.contacts_of(case.private)
            for number in search.by_contact(kind, value, place)
        }
        reached = [
            other
            for other in others.filter(pk__in=same - known).order_by("-id")[: 4 * MOST]
            if opening.shows_contact(found.actor, other, found.registry)
        ]
        rows += [Repeat(other, _("同一联系方式")) for other in reached[:MOST]]
        known = {row.case.pk for row in rows}
    alike = search.find(case.subject, place) if len(case.subject) >= 4 else None
    if alike is not None:
        page = paging.page_of(alike, others.filter(unit_id=case.unit_id).exclude(pk__in=known), size=MOST)
        rows += [Repeat(other, _("标题文字相同")) for other in page.rows]
    return [replace(row, can_lead=can_lead(found, row.case)) for row in rows]


def can_lead(found: Found, other: Case) -> bool:
    """Whether this case may be merged into `other`; the kernel checks it again."""
    return (
        other.is_open
        and other.lead_case_id is None
        and other.pk != found.case.pk
        and other.against_id == found.case.against_id
    )
