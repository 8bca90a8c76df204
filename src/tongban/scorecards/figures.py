"""Figures from the tallies: by unit, by month, and of each kind of case. One query; what follows from the counts is in
`rules.py`.

Officials see the running month as it stands. The public sees no unit's running month: whoever asked every minute would
see each letter arrive at its unit and each answer leave it, and could tie them together (docs/ledger-entry.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from .models import Tally
from .rules import Figures, median
from .statements import provable_until

__all__ = [
    "Figures",
    "by_month",
    "by_unit",
    "kinds_by_month",
    "kinds_by_unit",
    "median",
    "public_by_month",
    "public_by_unit",
    "public_kinds_by_month",
    "public_kinds_by_unit",
    "together",
]

HIDDEN_AT_FIRST = frozenset({"in_time", "late"})
"""What the public does not see of the running month, of all units together either: beyond the bare counts of words,
which the ledger's entries show day by day, nothing is shown."""
Key = TypeVar("Key")
Units = Iterable[str] | None
Kinds = dict[str, Figures]
"""Kind of case → its figures."""


def by_unit(units: Units, since: date, until: date, kind: str | None = None) -> dict[str, Figures]:
    """Figures of each unit over the months from `since` to `until` (first days, both included): of one kind of case, or
    of all together."""
    return _totals(kinds_by_unit(units, since, until, kind))


def by_month(units: Units, since: date, until: date, kind: str | None = None) -> dict[date, Figures]:
    """Figures of each month over `units` (None: all)."""
    return _totals(kinds_by_month(units, since, until, kind))


def kinds_by_unit(units: Units, since: date, until: date, kind: str | None = None) -> dict[str, Kinds]:
    """As `by_unit`, of each kind of case by itself."""
    found: dict[str, Kinds] = {}
    for unit, _month, of, measure, value, count in _rows(units, since, until, kind):
        found.setdefault(unit, {}).setdefault(of, Figures()).add(measure, value, count)
    return found


def kinds_by_month(units: Units, since: date, until: date, kind: str | None = None) -> dict[date, Kinds]:
    """As `by_month`, of each kind of case by itself."""
    found: dict[date, Kinds] = {}
    for _unit, month, of, measure, value, count in _rows(units, since, until, kind):
        found.setdefault(month, {}).setdefault(of, Figures()).add(measure, value, count)
    return found


def public_by_unit(units: Units, since: date, until: date, kind: str | None = None) -> dict[str, Figures]:
    """Figures of each unit over the ended months from `since` to `until`: those that the ledger's statements carry."""
    return _totals(public_kinds_by_unit(units, since, until, kind))


def public_by_month(units: Units, since: date, until: date, kind: str | None = None) -> dict[date, Figures]:
    """Figures of each ended month over `units` (None: all); of all units together also the running month's bare
    counts."""
    return _totals(public_kinds_by_month(units, since, until, kind))


def public_kinds_by_unit(units: Units, since: date, until: date, kind: str | None = None) -> dict[str, Kinds]:
    """As `public_by_unit`, of each kind of case by itself."""
    return kinds_by_unit(units, since, min(until, provable_until()), kind)


def public_kinds_by_month(units: Units, since: date, until: date, kind: str | None = None) -> dict[date, Kinds]:
    """As `public_by_month`, of each kind of case by itself."""
    last = provable_until()
    found = kinds_by_month(units, since, min(until, last), kind)
    if units is None and until > last:
        for month, kinds in kinds_by_month(None, max(since, _next(last)), until, kind).items():
            found[month] = {of: _bare(row) for of, row in kinds.items()}
    return found


def _bare(row: Figures) -> Figures:
    bare = Figures()
    bare.counts.update({name: count for name, count in row.counts.items() if name not in HIDDEN_AT_FIRST})
    return bare


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def together(rows: Iterable[Figures]) -> Figures:
    """One row of figures from many: all their counts added up."""
    total = Figures()
    for row in rows:
        total.take(row)
    return total


def _totals(found: Mapping[Key, Kinds]) -> dict[Key, Figures]:
    return {key: together(kinds.values()) for key, kinds in found.items()}


def _rows(units: Units, since: date, until: date, kind: str | None) -> Iterable[tuple[str, date, str, str, int, int]]:
    rows = Tally.objects.filter(month__gte=since, month__lte=until)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    return rows.values_list("unit_id", "month", "kind", "measure", "value", "count")
