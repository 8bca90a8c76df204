"""What an act adds to the counts, and what figures follow from them. Pure: no database, no settings.

An act counts for one word, which its procedure's table names (`sent`, `answered`, …; the entry on the ledger shows it),
with the values that the word brings. `measures` reads these and nothing else; a unit's monthly statement on the ledger
lists them, so that anybody can recompute every figure of an ended month: `recounting.py`. What a word means and which
figures are made of it stands in `cases/counting.py` and in the kind's own table: counting needs neither, so a statement
can be recounted for ever. A figure that cannot be computed is None, never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.cases.counting import STANDARD, Counted, Measure, stepped, values_of

__all__ = ["Figures", "measures", "median", "stepped", "values"]

NAMES = {"sent": "received"}
"""What an act counts for → what its count is called, where that is not the word itself."""
Figure = int | float | None


def values(what: str, public: Mapping[str, Any], steps: Sequence[int] = ()) -> list[int | None]:
    """The values that an act which counts for `what`, a word of every kind, brings: whole numbers, yes and no as 1 and
    0, None where there is none. Days are rounded up to `steps`, the kind's own coarseness."""
    return values_of(STANDARD[what], public, steps) if what in STANDARD else []


def measures(what: str, brought: Sequence[int | None]) -> Iterator[tuple[str, int]]:
    """(count, value) for each count that an act which counts for `what` with these values adds to.

    A word that only some kinds know is counted under its own name, and each of its values under `word.1`, `word.2`.
    """
    if what == "rated":
        if brought and brought[0] is not None:
            yield "grade", brought[0]
        return
    yield NAMES.get(what, what), 0
    if what == "answered":
        if len(brought) == 2:
            days, in_time = brought
            if in_time is not None:
                yield ("in_time" if in_time else "late"), 0
            if days is not None:
                yield "days", days
        return
    if what not in STANDARD:
        for place, value in enumerate(brought, start=1):
            if value is not None:
                yield f"{what}.{place}", value


@dataclass
class Figures:
    """The counts of one row of a table, and what follows from them."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    grades: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    values: dict[str, dict[int, int]] = field(default_factory=dict)
    """Values of words that only some kinds know, as `word.1` → value → how often."""

    def add(self, measure: str, value: int, count: int) -> None:
        """Take one tally in."""
        if measure == "days":
            self.days[value] += count
        elif measure == "grade":
            self.grades[value] += count
        elif "." in measure:
            histogram = self.values.setdefault(measure, {})
            histogram[value] = histogram.get(value, 0) + count
        else:
            self.counts[measure] += count

    def take(self, other: Figures) -> None:
        """Take all the counts of another row in."""
        for measure, count in other.counts.items():
            self.counts[measure] += count
        for days, count in other.days.items():
            self.days[days] += count
        for grade, count in other.grades.items():
            self.grades[grade] += count
        for measure, histogram in other.values.items():
            for value, count in histogram.items():
                self.add(measure, value, count)

    def histogram(self, word: str, place: int) -> Mapping[int, int]:
        """The values that acts counting for `word` brought at `place` (from 0) → how often."""
        if word == "answered":
            return {0: self.late, 1: self.in_time} if place else self.days
        if word == "rated":
            return self.grades
        return self.values.get(f"{word}.{place + 1}", {})

    def figure(self, counted: Counted, measure: Measure) -> Figure:
        """The figure that `measure` makes of the word: a number of acts; a share in per cent with one decimal, or a
        median, None where nothing brought the value."""
        if not measure.value:
            return self.counts.get(NAMES.get(counted.word, counted.word), 0)
        found = self.histogram(counted.word, counted.place(measure))
        if measure.how == "median":
            return median(found)
        among, total = sum(found.get(value, 0) for value in measure.among), sum(found.values())
        if measure.how == "count":
            return among
        return round(100 * among / total, 1) if total else None

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
        return (
            round(100 * sum(self.grades.get(grade, 0) for grade in (3, 4, 5)) / self.rated, 1) if self.rated else None
        )


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
