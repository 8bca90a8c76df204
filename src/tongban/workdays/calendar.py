"""Which days are worked: the packaged table of State Council notices, with a deployment's own corrections on top.

A year that nobody loaded is an error that says so, never a guess. A year is known by its own notice; the notice of the
year after may still change its last days (30 and 31 December 2018 came with the notice of 2019): correct those as
overrides when it is published. Not for time of day: `deadlines.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

from chinese_calendar import constants


class YearNotLoaded(LookupError):
    """The calendar of `year` is not loaded; the message names the official notice to load."""

    def __init__(self, year: int) -> None:
        super().__init__(f"工作日历没有 {year} 年的数据。请先载入《国务院办公厅关于{year}年部分节假日安排的通知》。")
        self.year = year


@lru_cache(maxsize=1)
def packaged_years() -> tuple[int, ...]:
    """The years that the package chinesecalendar covers with their own notice.

    Outside its first and last year the package raises NotImplementedError; inside, a year without a table would be
    guessed as weekends off, silently. So a year counts only where its table names both Labour Day and National Day.
    """
    years = {day.year for day in constants.holidays}
    return tuple(year for year in sorted(years) if _covered(year))


def _covered(year: int) -> bool:
    return all(date(year, month, 1) in constants.holidays for month in (5, 10))


@lru_cache(maxsize=200)
def _packaged(year: int) -> tuple[int, ...]:
    """Ordinals of the working days of a packaged year, from the package's tables: its own function looks for the first
    and last year anew at every call (8,400 days: 270 ms)."""
    worked = {day.toordinal() for day in constants.workdays if day.year == year}
    off = {day.toordinal() for day in constants.holidays if day.year == year}
    return tuple(sorted(worked | {day for day in _weekdays(year) if day not in off}))


@lru_cache(maxsize=200)
def _weekdays(year: int) -> tuple[int, ...]:
    """Ordinals of Monday to Friday of a year."""
    return tuple(day for day in _days(year) if date.fromordinal(day).weekday() < 5)


def _days(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


class Calendar:
    """`overrides`: day → worked or not, which wins over the table of a year that is known.

    `loaded_years`: years that an administrator loaded from the official notice. In those a weekday is worked and a
    weekend is off, unless overridden; the packaged table of such a year is not used, because the notice in hand stands
    above the package. An override in a year that nobody loaded does not make that year known.

    Unchanging once made. Neighbouring years are kept as one sorted run of ordinals, made at the first question, so that
    every answer is a binary search however many years it spans.
    """

    def __init__(
        self, overrides: Mapping[date, bool] | None = None, loaded_years: Collection[int] | None = None
    ) -> None:
        self._overrides: dict[int, dict[int, bool]] = {}
        for day, worked in (overrides or {}).items():
            self._overrides.setdefault(day.year, {})[day.toordinal()] = worked
        self._loaded = frozenset(loaded_years or ())
        self._known = tuple(sorted({*packaged_years(), *self._loaded}))
        self._runs: dict[int, tuple[tuple[int, ...], int]] = {}

    def years_loaded(self) -> tuple[int, ...]:
        """Every year the calendar knows, in order; there may be gaps."""
        return self._known

    def _year(self, year: int) -> tuple[int, ...]:
        """Ordinals of the working days of a known year."""
        days = _weekdays(year) if year in self._loaded else _packaged(year)
        changed = self._overrides.get(year)
        if not changed:
            return days
        unchanged = {day for day in days if day not in changed}
        return tuple(sorted(unchanged | {day for day, worked in changed.items() if worked}))

    def _run(self, year: int) -> tuple[tuple[int, ...], int]:
        """Ordinals of the working days of `year` and of all known years around it without a gap, and the last of those
        years. Raises YearNotLoaded."""
        found = self._runs.get(year)
        if found is not None:
            return found
        if year not in self._known:
            raise YearNotLoaded(year)
        first = last = year
        while first - 1 in self._known:
            first -= 1
        while last + 1 in self._known:
            last += 1
        run = (tuple(chain.from_iterable(self._year(each) for each in range(first, last + 1))), last)
        self._runs.update(dict.fromkeys(range(first, last + 1), run))
        return run

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked. Raises YearNotLoaded."""
        days, ordinal = self._run(day.year)[0], day.toordinal()
        at = bisect_left(days, ordinal)
        return at < len(days) and days[at] == ordinal

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie in start ≤ day < end; negative where end lies before start.

        Only the years of the days counted have to be known: up to 1 January of an unloaded year can be counted.
        Raises YearNotLoaded for the first year that is missing.
        """
        if end < start:
            return -self.working_days_between(end, start)
        if end == start:
            return 0
        days, last = self._run(start.year)
        if (end - timedelta(days=1)).year > last:
            raise YearNotLoaded(last + 1)
        return bisect_left(days, end.toordinal()) - bisect_left(days, start.toordinal())

    def add_working_days(self, start: date, number: int) -> date:
        """The `number`-th working day after `start`; the day itself does not count (民法典 Art. 201).

        0 gives `start` itself, worked or not. Raises YearNotLoaded, and ValueError for a negative number.
        """
        if number < 0:
            raise ValueError("a number of working days cannot be negative")
        if number == 0:
            return start
        days, last = self._run(start.year)
        at = bisect_right(days, start.toordinal()) + number - 1
        if at >= len(days):
            raise YearNotLoaded(last + 1)
        return date.fromordinal(days[at])

    def add_calendar_days(self, start: date, number: int, roll: bool = True) -> date:
        """`number` calendar days after `start`; the day itself does not count (民法典 Art. 201).

        With `roll` a last day that is not worked moves to the next working day (民法典 Art. 203; 法定休假日 is read as
        every day off, weekends among them, so a weekend that is worked does not move). Only rolling needs a loaded
        year. Raises YearNotLoaded, and ValueError for a negative number.
        """
        if number < 0:
            raise ValueError("a number of calendar days cannot be negative")
        last = start + timedelta(days=number)
        if not roll or self.is_working_day(last):
            return last
        return self.add_working_days(last, 1)
