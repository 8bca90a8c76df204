"""Which days are worked: the packaged table of State Council notices, with a deployment's own corrections on top.

A year that nobody loaded is an error that says so, never a guess. Not for time of day: `deadlines.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar import constants


class YearNotLoaded(LookupError):
    """The calendar of `year` is not loaded; the message names the official notice to load."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"工作日历没有 {year} 年的数据。请先载入《国务院办公厅关于{year}年部分节假日安排的通知》。"
        )
        self.year = year


@lru_cache(maxsize=1)
def packaged_years() -> tuple[int, ...]:
    """The years that the package chinesecalendar covers in full."""
    years = {day.year for day in constants.workdays} | {day.year for day in constants.holidays}
    return tuple(year for year in sorted(years) if _covered(year))


def _covered(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
        chinese_calendar.is_workday(date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=200)
def _packaged(year: int) -> tuple[int, ...]:
    """Ordinals of the working days of a packaged year."""
    day, found = date(year, 1, 1), []
    while day.year == year:
        if chinese_calendar.is_workday(day):
            found.append(day.toordinal())
        day += timedelta(days=1)
    return tuple(found)


class Calendar:
    """`overrides`: day → worked or not, which wins over everything. `loaded_years`: years loaded by an administrator;
    in those a weekday is worked and a weekend is off, unless overridden. Unchanging once made."""

    def __init__(self, overrides: Mapping[date, bool] | None = None, loaded_years: Collection[int] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._loaded = frozenset(loaded_years or ())
        self._years: dict[int, tuple[int, ...]] = {}

    def years_loaded(self) -> tuple[int, ...]:
        """Every year the calendar knows, in order."""
        return tuple(sorted({*packaged_years(), *self._loaded}))

    def _year(self, year: int) -> tuple[int, ...]:
        """Ordinals of the working days of `year`. Raises YearNotLoaded."""
        found = self._years.get(year)
        if found is not None:
            return found
        if year in self._loaded:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = {day for day in range(first, last + 1) if date.fromordinal(day).weekday() < 5}
        elif year in packaged_years():
            days = set(_packaged(year))
        else:
            raise YearNotLoaded(year)
        for day, worked in self._overrides.items():
            if day.year == year:
                (days.add if worked else days.discard)(day.toordinal())
        self._years[year] = tuple(sorted(days))
        return self._years[year]

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked. Raises YearNotLoaded."""
        days, ordinal = self._year(day.year), day.toordinal()
        at = bisect_left(days, ordinal)
        return at < len(days) and days[at] == ordinal

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie in start ≤ day < end; negative where end lies before start. Raises YearNotLoaded."""
        if end < start:
            return -self.working_days_between(end, start)
        total, year = 0, start.year
        while year <= end.year:
            days = self._year(year)
            low = bisect_left(days, start.toordinal()) if year == start.year else 0
            high = bisect_left(days, end.toordinal()) if year == end.year else len(days)
            total += max(high - low, 0)
            year += 1
        return total

    def add_working_days(self, start: date, number: int) -> date:
        """The `number`-th working day after `start`; the day itself does not count (民法典 Art. 201).

        0 gives `start` itself, worked or not. Raises YearNotLoaded, and ValueError for a negative number.
        """
        if number < 0:
            raise ValueError("a number of working days cannot be negative")
        if number == 0:
            return start
        year, left = start.year, number
        at = bisect_right(self._year(year), start.toordinal())
        while True:
            days = self._year(year)
            if at + left <= len(days):
                return date.fromordinal(days[at + left - 1])
            left -= len(days) - at
            year, at = year + 1, 0

    def add_calendar_days(self, start: date, number: int, roll: bool = True) -> date:
        """`number` calendar days after `start`; with `roll` a last day that is not worked moves to the next working day
        (民法典 Art. 203). Only rolling needs a loaded year."""
        last = start + timedelta(days=number)
        while roll and not self.is_working_day(last):
            last += timedelta(days=1)
        return last
