"""From a limit and a moment to a deadline, on the legal calendar, in Asia/Shanghai.

Calendar-day limits are not rolled past a holiday here: 民法典 Art. 203 would let an office answer later, and an office
that answers before the unrolled day keeps both readings; it also needs no calendar that is not published yet.
Not for deciding which limit holds: the registry does.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from .calendar import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
DayUnit = Literal["working", "calendar"]


@dataclass(frozen=True, slots=True)
class Limit:
    """`days` working or calendar days on a legal `basis`; `trust` V (read in the text), X (secondary), M (memory)."""

    days: int
    unit: str
    basis: str
    trust: str = "M"

    def __post_init__(self) -> None:
        if self.unit not in ("working", "calendar"):
            raise ValueError(f"unit must be working or calendar, not {self.unit!r}")
        if self.days < 0:
            raise ValueError("days must not be negative")


def shanghai_day(moment: datetime) -> date:
    """The day of an aware datetime in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """23:59:59 of `day` in Asia/Shanghai, as UTC."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI).astimezone(UTC)


def deadline(limit: Limit, start: datetime, calendar: Calendar, extra_days: int = 0) -> datetime:
    """The end of the limit's last day, in UTC; the day of `start` does not count (民法典 Art. 201).

    Raises YearNotLoaded where working days reach into a year that is not loaded.
    """
    day, number = shanghai_day(start), limit.days + extra_days
    if limit.unit == "working":
        return end_of_day(calendar.add_working_days(day, number))
    return end_of_day(calendar.add_calendar_days(day, number, roll=False))


def pause_shift(due: datetime, paused_from: datetime, resumed_at: datetime, unit: str, calendar: Calendar) -> datetime:
    """The deadline after a pause: the days that the case stood still are added, in the limit's own unit.

    Counted are the days after the one on which the pause began, up to and with the day of resuming (working days only
    for a working-day limit): a pause within one day adds nothing. Raises YearNotLoaded.
    """
    first, last = shanghai_day(paused_from), shanghai_day(resumed_at)
    if last <= first:
        return due
    if unit == "working":
        still = calendar.working_days_between(first + timedelta(days=1), last + timedelta(days=1))
        return end_of_day(calendar.add_working_days(shanghai_day(due), still))
    return end_of_day(shanghai_day(due) + (last - first))


def days_left(now: datetime, due: datetime, unit: str, calendar: Calendar) -> int:
    """Days until the deadline's day, today not counted; 0 on the day itself, negative once it is past.

    In working days where `unit` says so. Raises YearNotLoaded.
    """
    today, last = shanghai_day(now), shanghai_day(due)
    if unit == "calendar" or today == last:
        return (last - today).days
    if last > today:
        return calendar.working_days_between(today + timedelta(days=1), last + timedelta(days=1))
    return -calendar.working_days_between(last + timedelta(days=1), today + timedelta(days=1))


def load_limits(source: Path | str) -> dict[str, Limit]:
    """Named limits from TOML (a path, or the text itself): `[name]` with days, unit, basis, trust. Raises ValueError."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        return {name: Limit(int(row["days"]), row["unit"], row["basis"], row.get("trust", "M")) for name, row in tomllib.loads(text).items()}
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"limits cannot be read: {error}") from error
