"""The rows of the registry's picture in memory (`snapshot.py`): places, units, matters, duties, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.workdays import Limit

LETTERS = frozenset({"letter"})
"""The kinds of case of a matter at the top of the tree that names none: what every matter was
for before it could say."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    code: str
    name: str
    name_en: str
    place: str
    parent: str | None
    coordinating: bool = False
    oversight: bool = False
    phone: str = ""
    address: str = ""
    since: date | None = None
    until: date | None = None
    second_eyes: bool = False

    def stands_on(self, day: date) -> bool:
        """Whether the unit exists on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class MatterRow:
    code: str
    name: str
    name_en: str
    parent: str | None
    description: str = ""
    conduct: bool = False
    second_eyes: bool = False
    publishable: bool = True
    retention_days: int = 1825
    active: bool = True
    delicate: bool = False
    kinds: frozenset[str] = LETTERS
    """The kinds of case that can be about it."""

    def serves(self, kind: str) -> bool:
        """Whether a case of `kind` can be about this matter."""
        return kind in self.kinds


@dataclass(frozen=True, slots=True)
class DutyRow:
    unit: str
    matter: str
    place: str
    role: str
    since: date
    until: date | None
    basis: str

    def holds_on(self, day: date) -> bool:
        """Whether the duty is in force on `day`, both ends included."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """`successor` took over from `unit`: wholly (a merger, a new name) or in part (a split)."""

    unit: str
    successor: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    matter: str | None
    place: str | None
    step: str
    limit: Limit
