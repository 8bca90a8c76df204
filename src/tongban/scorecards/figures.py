"""Figures from the tallies: received, answered, in time, median days, ratings; by unit, place or month.

Pure but for one query. A figure that cannot be computed is None, never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .models import Tally


@dataclass
class Figures:
    """The counts of one row of a table, and what follows from them."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    grades: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, measure: str, value: int, count: int) -> None:
        """Take one tally in."""
        if measure == "days":
            self.days[value] += count
        elif measure == "grade":
            self.grades[value] += count
        else:
            self.counts[measure] += count

    @property
    def received(self) -> int:
        return self.counts.get("received", 0)

    @property
    def answered(self) -> int:
        return self.counts.get("answered", 0)

    @property
    def in_time(self) -> int:
        return self.counts.get("in_time", 0)

    @property
    def late(self) -> int:
        return self.counts.get("late", 0)

    @property
    def overdue(self) -> int:
        return self.counts.get("overdue", 0)

    @property
    def in_time_percent(self) -> float | None:
        """Of the answers with a deadline, the share in time, in per cent with one decimal."""
        judged = self.in_time + self.late
        return round(100 * self.in_time / judged, 1) if judged else None

    @property
    def median_days(self) -> float | None:
        """The median of the calendar days from submission to answer."""
        return median(self.days)

    @property
    def rated(self) -> int:
        return sum(self.grades.values())

    @property
    def satisfied_percent(self) -> float | None:
        """Of the ratings, the share of 很好, 好 and 一般 (grades 5, 4, 3), in per cent with one decimal."""
        return round(100 * sum(self.grades.get(grade, 0) for grade in (3, 4, 5)) / self.rated, 1) if self.rated else None


def median(histogram: Mapping[int, int]) -> float | None:
    """The median of values given as value → how often."""
    total = sum(histogram.values())
    if not total:
        return None
    low, high = (total - 1) // 2, total // 2
    seen, first = 0, None
    for value in sorted(histogram):
        seen += histogram[value]
        if first is None and seen > low:
            first = value
        if seen > high and first is not None:
            return (first + value) / 2
    return None


def by_unit(units: Iterable[str] | None, since: date, until: date, kind: str = "letter") -> dict[str, Figures]:
    """Figures of each unit over the months from `since` to `until` (first days, both included)."""
    return _grouped("unit_id", units, since, until, kind)


def by_month(units: Iterable[str] | None, since: date, until: date, kind: str = "letter") -> dict[date, Figures]:
    """Figures of each month over `units` (None: all)."""
    return _grouped("month", units, since, until, kind)


def _grouped(column: str, units: Iterable[str] | None, since: date, until: date, kind: str) -> dict:  # type: ignore[type-arg]
    rows = Tally.objects.filter(kind=kind, month__gte=since, month__lte=until)
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    found: dict[object, Figures] = {}
    for key, measure, value, count in rows.values_list(column, "measure", "value", "count"):
        found.setdefault(key, Figures()).add(measure, value, count)
    return found
