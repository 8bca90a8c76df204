"""From a limit and a moment to a deadline, on the legal calendar, in Asia/Shanghai.

Calendar-day limits are not rolled past a holiday here: 民法典 Art. 203 would let an office answer later, and an office
that answers before the unrolled day keeps both readings; it also needs no calendar that is not published yet.
Not for deciding which limit holds: the registry does.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
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
        if self.trust not in ("V", "X", "M"):
            raise ValueError(f"trust must be V, X or M, not {self.trust!r}")
        if self.days < 0:
            raise ValueError("days must not be negative")


@lru_cache(maxsize=4096)
def shanghai_day(moment: datetime) -> date:
    """The day of an aware datetime in Asia/Shanghai. Raises ValueError for one without a time
    zone: its day is unknown."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """23:59:59 of `day` in Asia/Shanghai, as UTC."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI).astimezone(UTC)


def deadline(limit: Limit, start: datetime, calendar: Calendar, extra_days: int = 0) -> datetime:
    """The end of the limit's last day, in UTC; the day of `start` does not count (民法典 Art. 201).

    `extra_days` are added in the limit's own unit (an approved extension). Raises YearNotLoaded where working days
    reach into a year that is not loaded, and ValueError for a start without a time zone.
    """
    day, number = shanghai_day(start), limit.days + extra_days
    if limit.unit == "working":
        return end_of_day(calendar.add_working_days(day, number))
    return end_of_day(calendar.add_calendar_days(day, number, roll=False))


def pause_shift(due: datetime, paused_from: datetime, resumed_at: datetime, unit: str, calendar: Calendar) -> datetime:
    """The deadline after a pause: the days that the case stood still are added, in the limit's own unit.

    Counted are the days after the one on which the pause began, up to and with the day of resuming (working days only
    for a working-day limit): a pause within one day adds nothing, so that many short pauses on a day cannot move a
    deadline. Raises YearNotLoaded, and ValueError for a moment without a time zone.
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
    """Named limits from TOML (a Path, or the text itself): `[name]` with days, unit, basis and trust (M where none is
    given). Raises ValueError that says which row cannot be read and why."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"limits cannot be read: {error}") from error
    return {name: _limit(name, row) for name, row in rows.items()}


def _limit(name: str, row: object) -> Limit:
    if not isinstance(row, dict):
        raise ValueError(f"limits cannot be read: {name} is not a table")
    missing = [field for field in ("days", "unit", "basis") if field not in row]
    if missing:
        raise ValueError(f"limits cannot be read: [{name}] has no {', '.join(missing)}")
    if type(row["days"]) is not int:
        raise ValueError(f"limits cannot be read: [{name}] days must be a whole number, not {row['days']!r}")
    if not isinstance(row["basis"], str) or not row["basis"].strip():
        raise ValueError(f"limits cannot be read: [{name}] basis must name the rule")
    try:
        return Limit(row["days"], row["unit"], row["basis"], row.get("trust", "M"))
    except ValueError as error:
        raise ValueError(f"limits cannot be read: [{name}] {error}") from error
