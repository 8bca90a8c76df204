"""What is left of a deadline, in words: one form on every page of the sender's and the desk's.

`还剩 9 个工作日（12 月 11 日前）`, `今天到期（11 月 30 日）`, `已超 8 个工作日（应于 11 月 18 日前）`. Which limit
runs is `deadlines.py`, the arithmetic `workdays`; not for durations that have ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.registry.snapshot import Snapshot
from tongban.workdays import Calendar, YearNotLoaded, days_left, rung, shanghai_day

from .models import Case
from .procedure import Tone, procedure_of

TONES: dict[str, Tone] = {
    "on_time": "neutral",
    "due_soon": "info",
    "due": "warning",
    "overdue": "danger",
    "long_overdue": "danger",
}
"""The colour of each rung of lateness."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The time left in words: `text` says until when, `short` how much alone, `tone` is the colour that goes with
    it. `days` is the number in it, in `unit` (`working` or `calendar`): negative once it is late."""

    text: str
    short: str
    tone: Tone
    days: int
    unit: str


def day_name(day: date, today: date) -> str:
    """A day as it is said: `12 月 11 日`, `11 December`; with the year where it is not this year's."""
    # Translators: a day of this year, in Django's letters for dates
    this_year = _("n 月 j 日")
    # Translators: a day of another year, in Django's letters for dates
    another = _("Y 年 n 月 j 日")
    return date_format(day, this_year if day.year == today.year else another)


def time_left(due: datetime | None, unit_of_days: str, now: datetime, calendar: Calendar) -> TimeLeft | None:
    """What is left until `due`, counted in `unit_of_days` (`working` or `calendar`); None where there is no deadline.

    In calendar days where a year is not loaded, and where no working day is left before a day that is off.
    """
    if due is None:
        return None
    tone, last, today = TONES[rung(now, due, calendar)], shanghai_day(due), shanghai_day(now)
    day, unit = day_name(last, today), unit_of_days
    if now <= due and last == today:
        return TimeLeft(_("今天到期（%(day)s）") % {"day": day}, _("今天到期"), tone, 0, unit)
    try:
        days = days_left(now, due, unit, calendar)
    except YearNotLoaded:
        unit, days = "calendar", days_left(now, due, "calendar", calendar)
    if days == 0 and now <= due:
        unit, days = "calendar", days_left(now, due, "calendar", calendar)
    if now > due and days >= 0:
        return TimeLeft(_("已超期（应于 %(day)s前）") % {"day": day}, _("已超期"), tone, 0, unit)
    text, short = _left(days, unit) if days > 0 else _late(-days, unit)
    said = {"n": abs(days), "day": day}
    return TimeLeft(text % said, short % said, tone, days, unit)


def _left(days: int, unit: str) -> tuple[str, str]:
    if unit == "working":
        return (
            ngettext("还剩 %(n)d 个工作日（%(day)s前）", "还剩 %(n)d 个工作日（%(day)s前）", days),
            ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", days),
        )
    return (
        ngettext("还剩 %(n)d 天（%(day)s前）", "还剩 %(n)d 天（%(day)s前）", days),
        ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days),
    )


def _late(days: int, unit: str) -> tuple[str, str]:
    if unit == "working":
        return (
            ngettext("已超 %(n)d 个工作日（应于 %(day)s前）", "已超 %(n)d 个工作日（应于 %(day)s前）", days),
            ngettext("已超 %(n)d 个工作日", "已超 %(n)d 个工作日", days),
        )
    return (
        ngettext("已超 %(n)d 天（应于 %(day)s前）", "已超 %(n)d 天（应于 %(day)s前）", days),
        ngettext("已超 %(n)d 天", "已超 %(n)d 天", days),
    )


def limit_unit(case: Case, registry: Snapshot) -> str:
    """`working` or `calendar`: how the limit counts that the current deadline of a case comes from."""
    procedure = procedure_of(case)
    step = procedure.state(case.state).step or procedure.answer_step
    if case.due_at is not None and case.due_at == case.answer_due_at:
        step = procedure.answer_step
    limit = registry.limit(step, case.matter_id, case.place_id)
    return limit.unit if limit else "calendar"
