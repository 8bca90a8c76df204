"""What an act adds to the figures, and what follows from the counts. Pure: no database, no settings.

`measures` reads nothing but what the ledger's entry also says (act, month, unit, facts), so that anybody can recompute
every figure from the log; `recount` does. A figure that cannot be computed is None, never zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ANSWERS = frozenset({"answer", "approve_answer", "answer_merged", "approve_answer_merged"})


def measures(act: str, public: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(measure, value) for each count that an act adds to."""
    if act == "submit":
        yield "received", 0
    elif act in ANSWERS:
        yield "answered", 0
        if public.get("in_time") is not None:
            yield ("in_time" if public["in_time"] else "late"), 0
        if public.get("days") is not None:
            yield "days", int(public["days"])
    elif act == "rate":
        yield "grade", int(public["grade"])
    elif act == "escalate" and public.get("rung") == "overdue":
        yield "overdue", 0
    elif act == "ask_review":
        yield "review", 0
    elif act == "publish":
        yield "published", 0


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


Tallies = Counter[tuple[str, str, str, str, int]]
"""(unit, month as YYYY-MM, kind, measure, value) → how often."""


def recount(entry: Mapping[str, Any], into: Tallies) -> None:
    """Add one ledger entry to the tallies: the same rule on the public entry. An entry of another shape adds nothing."""
    facts = entry.get("facts") or {}
    if not isinstance(facts, dict):
        return
    for measure, value in measures(str(entry.get("act", "")), facts):
        into[(str(entry.get("unit", "")), str(entry.get("at", ""))[:7], str(entry.get("kind", "")), measure, value)] += 1


def figures_of(tallies: Tallies, kind: str = "letter") -> dict[tuple[str, str], Figures]:
    """(unit, month) → its figures, from tallies."""
    found: dict[tuple[str, str], Figures] = {}
    for (unit, month, of, measure, value), count in tallies.items():
        if of == kind:
            found.setdefault((unit, month), Figures()).add(measure, value, count)
    return found
