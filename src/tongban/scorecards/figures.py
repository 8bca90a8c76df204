"""Figures from the tallies: by unit, by month. One query; what follows from the counts is in `rules.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .models import Tally
from .rules import Figures, median

__all__ = ["Figures", "by_month", "by_unit", "median", "together"]


def by_unit(units: Iterable[str] | None, since: date, until: date, kind: str = "letter") -> dict[str, Figures]:
    """Figures of each unit over the months from `since` to `until` (first days, both included)."""
    return _grouped("unit_id", units, since, until, kind)


def by_month(units: Iterable[str] | None, since: date, until: date, kind: str = "letter") -> dict[date, Figures]:
    """Figures of each month over `units` (None: all)."""
    return _grouped("month", units, since, until, kind)


def together(rows: Iterable[Figures]) -> Figures:
    """One row of figures from many: all their counts added up."""
    total = Figures()
    for row in rows:
        for measure, count in row.counts.items():
            total.counts[measure] += count
        for days, count in row.days.items():
            total.days[days] += count
        for grade, count in row.grades.items():
            total.grades[grade] += count
    return total


def _grouped(column: str, units: Iterable[str] | None, since: date, until: date, kind: str) -> dict:  # type: ignore[type-arg]
    rows = Tally.objects.filter(kind=kind, month__gte=since, month__lte=until)
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    found: dict[object, Figures] = {}
    for key, measure, value, count in rows.values_list(column, "measure", "value", "count"):
        found.setdefault(key, Figures()).add(measure, value, count)
    return found
