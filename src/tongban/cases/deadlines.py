"""Deadlines of a case: from the registry's limits and the legal calendar to points in time.

The arithmetic is `workdays`; here it is decided which limit runs. A year that the calendar does not know never stops a
resident's letter: the case waits for the calendar (`awaiting_calendar`) and gets its deadline when the year is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tongban.registry.snapshot import Snapshot
from tongban.workdays import Limit, YearNotLoaded, deadline, pause_shift, shanghai_day

from .models import Case
from .procedure import Procedure, Within
from .refusal import Refusal

CORRECTED = "corrected_at"
"""Where a case's private part keeps when its answer was last corrected (ISO 8601): the time to contest it runs anew."""


@dataclass(frozen=True, slots=True)
class Due:
    """A point in time (UTC), or the year that has to be loaded first, or neither where no limit is set."""

    at: datetime | None = None
    awaiting: int | None = None


def due(limit: Limit | None, start: datetime, registry: Snapshot, extra_days: int = 0) -> Due:
    """The end of `limit` counted from `start`."""
    if limit is None:
        return Due()
    try:
        return Due(deadline(limit, start, registry.calendar, extra_days))
    except YearNotLoaded as error:
        return Due(awaiting=error.year)


def answer_limit(case: Case, procedure: Procedure, registry: Snapshot) -> Limit | None:
    """The limit within which the resident has to be answered."""
    return registry.limit(procedure.answer_step, case.matter_id, case.place_id)


def set_answer_due(case: Case, procedure: Procedure, registry: Snapshot, start: datetime) -> None:
    """Count the answer's deadline anew from `start`: at submission and at every dispatch to another unit."""
    found = due(answer_limit(case, procedure, registry), start, registry, case.extended_days)
    case.answer_due_at = found.at
    case.awaiting_calendar = found.awaiting


def resume(case: Case, procedure: Procedure, registry: Snapshot, now: datetime) -> None:
    """Add the time that the case stood still to its deadline (行政许可法 Art. 45 by analogy)."""
    if case.paused_at is None:
        return
    limit = answer_limit(case, procedure, registry)
    if case.answer_due_at is not None and limit is not None:
        try:
            case.answer_due_at = pause_shift(case.answer_due_at, case.paused_at, now, limit.unit, registry.calendar)
        except YearNotLoaded as error:
            case.answer_due_at, case.awaiting_calendar = None, error.year
    case.paused_at = None


def set_due(case: Case, procedure: Procedure, registry: Snapshot) -> None:
    """The deadline that the desk sorts by: of the step the case is in, and never later than the answer's."""
    state = procedure.state(case.state)
    case.phase = state.phase
    if state.phase != "work" or state.paused:
        case.due_at = None
        case.rung = "on_time"
        return
    candidates: list[datetime] = []
    if case.answered_at is None and case.answer_due_at is not None:
        candidates.append(case.answer_due_at)
    if state.step is not None and state.step != procedure.answer_step:
        step = due(registry.limit(state.step, case.matter_id, case.place_id), case.step_since, registry)
        if step.at is not None:
            candidates.append(step.at)
        if step.awaiting is not None:
            case.awaiting_calendar = step.awaiting
    case.due_at = min(candidates) if candidates else None


def days_taken(case: Case, at: datetime) -> int:
    """Whole calendar days from submission to `at` in Asia/Shanghai."""
    return (shanghai_day(at) - shanghai_day(case.submitted_at)).days


def counted_from(within: Within, case: Case) -> datetime:
    """From when the time to ask is counted: the answer, or the beginning of the state; anew where it was corrected
    since."""
    start = case.answered_at if within.since == "answer" and case.answered_at is not None else case.step_since
    corrected = (case.private or {}).get(CORRECTED)
    return max(start, datetime.fromisoformat(corrected)) if corrected else start


def end_of_asking(within: Within, case: Case, registry: Snapshot) -> Due:
    """Until when an act can be asked; neither a time nor a year where the registry sets no limit."""
    return due(registry.limit(within.step, case.matter_id, case.place_id), counted_from(within, case), registry)


def too_late(within: Within, case: Case, registry: Snapshot, now: datetime) -> Refusal | None:
    """Why an act cannot be asked any more, or None."""
    last = end_of_asking(within, case, registry)
    if last.at is not None and now > last.at:
        return Refusal("not_allowed", _("申请期限已过，不能再申请。"))
    return None


def calendar_missing(year: int) -> Refusal:
    """A deadline cannot be counted because a year of the calendar is not loaded."""
    return Refusal("not_yet", _("日历尚未载入 %(year)d 年，请管理员先载入当年的放假通知。") % {"year": year})
