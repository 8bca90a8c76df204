"""Recomputes the figures of ended months from the ledger alone. Pure: no database, no settings.

A unit's statement for a month lists what counted there. Anybody can check that the statements of a month list as many
acts of each word as the log has entries for it, and holders of receipts that their own act is in the statement of its
unit. What each can find is told in docs/ledger-entry.md. Not for reading a log: `tongban ledger audit` does that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .rules import Figures, measures

Tallies = Counter[tuple[str, str, str, str, int]]
"""(unit, month as YYYY-MM, kind, measure, value) → how often."""
Counts = Counter[tuple[str, str, str]]
"""(kind, month as YYYY-MM, what an act counts for) → how many."""


@dataclass
class Recount:
    """What a log says, entry by entry: the figures of its statements, and how many entries and items there are of each
    word."""

    tallies: Tallies = field(default_factory=Counter)
    entries: Counts = field(default_factory=Counter)
    items: Counts = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in. An entry of another shape adds nothing."""
        kind, act = str(entry.get("kind", "")), str(entry.get("act", ""))
        if act == "statement":
            self._statement(kind, entry)
        elif act != "step" and "link" in entry:  # an act of a case
            self.entries[(kind, str(entry.get("at", ""))[:7], act)] += 1

    def _statement(self, kind: str, entry: Mapping[str, Any]) -> None:
        unit, month, items = str(entry.get("unit", "")), str(entry.get("month", "")), entry.get("items")
        seen: set[str] = set()
        for what, rows in items.items() if isinstance(items, dict) else ():
            for row in rows if isinstance(rows, list) else ():
                if not (isinstance(row, list) and row and isinstance(row[-1], str)):
                    continue
                if row[-1] in seen:
                    self.twice.append(f"{kind} {unit} {month} {what} {row[-1]}")
                seen.add(row[-1])
                self.items[(kind, month, what)] += 1
                for measure, value in measures(what, row[:-1]):
                    self.tallies[(unit, month, kind, measure, value)] += 1

    def months(self) -> list[str]:
        """Every month that the log speaks of."""
        return sorted({month for _kind, month, _what in [*self.entries, *self.items]})

    def uneven(self) -> Iterator[tuple[str, str, str, int, int]]:
        """(kind, month, word, entries, items) wherever a month's statements do not list as many acts as the log has."""
        for key in sorted(self.entries.keys() | self.items.keys()):
            if self.entries[key] != self.items[key]:
                yield (*key, self.entries[key], self.items[key])

    def kept(self) -> dict[str, Any]:
        """As values for JSON, to go on later."""
        return {
            name: [[*key, count] for key, count in getattr(self, name).items()]
            for name in ("tallies", "entries", "items")
        } | {"twice": self.twice}

    @classmethod
    def resumed(cls, kept: Mapping[str, Any] | None) -> Recount:
        """From `kept`."""
        found = cls()
        for name in ("tallies", "entries", "items"):
            counter = getattr(found, name)
            for *key, count in (kept or {}).get(name, ()):
                counter[tuple(key)] = count
        found.twice = list((kept or {}).get("twice", ()))
        return found


def figures_of(tallies: Tallies, kind: str | None = None) -> dict[tuple[str, str], Figures]:
    """(unit, month) → its figures, of one kind of case or of all together, from tallies."""
    found: dict[tuple[str, str], Figures] = {}
    for (unit, month, of, measure, value), count in tallies.items():
        if kind in (None, of):
            found.setdefault((unit, month), Figures()).add(measure, value, count)
    return found
