"""What stands beside a letter on its page: who is responsible and why, letters like it, letters that may repeat it.

It advises; nothing here changes a case. Suggested repeats are always cases that exist for who looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from tongban.cases import access, search
from tongban.cases.models import Case, Notice
from tongban.letters import similar as published
from tongban.letters.advice import copies, matters
from tongban.letters.models import PublishedLetter
from tongban.letters.procedure import LETTER
from tongban.registry.snapshot import DutyRow
from tongban.workdays import Limit, shanghai_day

from .opening import Found
from .rows import Left, left_of, time_left

MOST = 8


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of a case in words."""

    left: Left
    due_at: datetime | None
    answer_due_at: datetime | None
    answer_left: Left | None
    extended_days: int
    limit: Limit | None


def deadlines(found: Found, now: datetime) -> Deadlines:
    """When the present step and the answer are due, and by which rule."""
    case, registry = found.case, found.registry
    limit = registry.limit(LETTER.answer_step, case.matter_id, case.place_id)
    answered = case.answered_at is not None
    answer_left = None if answered or case.paused_at else time_left(case.answer_due_at, limit.unit if limit else "calendar", now, registry)
    return Deadlines(left_of(case, now, registry), case.due_at, case.answer_due_at, answer_left, case.extended_days, limit)


def duties(found: Found) -> Sequence[DutyRow]:
    """The lines of the responsibility list that hold for this letter, as of the day it came."""
    case = found.case
    return found.registry.duties_for(case.matter_id, case.place_id, shanghai_day(case.submitted_at))


def similar(found: Found) -> list[PublishedLetter]:
    """Published letters like this one, with their answers; none for a letter about conduct."""
    if found.case.against_id is not None or found.case.erased_at:
        return []
    case = found.case
    return published.similar(case.subject, case.body, matter=case.matter_id, place=case.place_id, without=case.pk)


def unsent(found: Found) -> list[Notice]:
    """Notices about this letter that could not be sent so far, the newest first. Where they go to is not shown."""
    return list(Notice.objects.filter(case=found.case, tries__gt=0).exclude(state="sent").order_by("-pk")[:10])


@dataclass(frozen=True, slots=True)
class Repeat:
    """A letter that may be about the same trouble, and why it is thought so."""

    case: Case
    why: str


def repeats(found: Found) -> list[Repeat]:
    """Letters nearly the same, letters from the same telephone or e-mail, letters of the same unit with the same words in their subject."""
    case = found.case
    if case.erased_at:
        return []
    others = access.cases_for(found.actor, found.registry).filter(kind=case.kind, erased_at__isnull=True).exclude(pk=case.pk)
    same = Q()
    if case.phone_index:
        same |= Q(phone_index=case.phone_index)
    if case.email_index:
        same |= Q(email_index=case.email_index)
    shares = dict(copies.near(case))
    nearest = sorted(others.filter(pk__in=list(shares)), key=lambda other: (-shares[other.pk], -other.pk))
    rows = [Repeat(other, _("内容几乎相同（%(share)d%%）") % {"share": round(100 * shares[other.pk])}) for other in nearest[:MOST]]
    known = {row.case.pk for row in rows}
    if same:
        rows += [Repeat(other, _("同一联系方式")) for other in others.filter(same).exclude(pk__in=known).order_by("-id")[:MOST]]
        known = {row.case.pk for row in rows}
    ids = search.case_ids(case.subject) if len(case.subject) >= 4 else None
    if ids is not None:
        alike = others.filter(pk__in=ids, unit_id=case.unit_id).order_by("-id")[: MOST + len(known)]
        rows += [Repeat(other, _("标题文字相同")) for other in alike if other.pk not in known][:MOST]
    return rows


@dataclass(frozen=True, slots=True)
class Fitting:
    """A matter that may fit better or as well: its code, confidence in per cent, the letter's words for it, the unit that answers for it."""

    code: str
    confidence: int
    words: tuple[str, ...]
    unit: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Fittings:
    """What the learned model says of a letter's matter. `sure`: as sure as this office asks; else the clerk is told to choose."""

    rows: list[Fitting]
    sure: bool
    differs: bool


def fitting(found: Found) -> Fittings | None:
    """The likeliest matters, for who may still change the matter; None where there is no model or nothing to say."""
    case = found.case
    if case.erased_at or case.against_id is not None or case.state not in ("submitted", "dispatched", "returned", "accepted"):
        return None
    advice = matters.advise(copies.text_of(case))
    if advice is None:
        return None
    day = shanghai_day(case.submitted_at)
    rows = []
    for one in advice.suggestions:
        lead = next((duty.unit for duty in found.registry.duties_for(one.code, case.place_id, day) if duty.role == "lead"), None)
        rows.append(Fitting(one.code, round(100 * one.score), tuple(one.words), lead, one.code == case.matter_id))
    return Fittings(rows, advice.sure, rows[0].code != case.matter_id)


def can_lead(found: Found, other: Case) -> bool:
    """Whether this letter may be merged into `other`; the kernel checks it again (`publishing.on_merge`)."""
    return other.is_open and other.lead_case_id is None and other.pk != found.case.pk and other.against_id == found.case.against_id
