"""An unchanging picture of the registry in memory, and the decisions that are taken on it.

A process keeps one picture and takes a new one when the registry's version moves (looked at no more than every two
seconds; at once in the process that made the change). Decisions are pure functions of the picture, so that a test can
call them without a database. Not for writing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from tongban.workdays import Calendar, Limit

from .snapshot_rows import LETTERS, DutyRow, LimitRow, MatterRow, PlaceRow, SuccessionRow, UnitRow

LOOK_AGAIN_SECONDS = 2.0


class NoUnitFound(LookupError):
    """The registry has no unit that could take a case: neither a duty nor a coordinating or oversight unit."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes: a lead unit, assisting units, and why.

    `why` is `duty` (the responsibility list names the unit), `coordinating` (nobody is named, the coordinating unit's
    tray), or `above` (the case complains about a unit and goes to the unit above, 信访工作条例 Art. 30).
    """

    lead: str
    assist: tuple[str, ...]
    why: Literal["duty", "coordinating", "above"]
    duty: DutyRow | None = None


REMEMBERED = 20_000
"""Routes and limits that a snapshot keeps; with more it forgets them all and finds them again."""


@dataclass(frozen=True)
class Snapshot:
    """The registry at one moment. Mappings by code; duties by (matter, place)."""

    places: Mapping[str, PlaceRow]
    units: Mapping[str, UnitRow]
    matters: Mapping[str, MatterRow]
    duties: Mapping[tuple[str, str], tuple[DutyRow, ...]]
    limits: Mapping[tuple[str, str | None, str | None], Limit]
    calendar: Calendar
    version: int = 0
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Unit → the units that followed it."""
    kept: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What rooms above work out from this snapshot alone, by a key of their own; it goes with the snapshot."""
    _children: dict[str, dict[str | None, list[str]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _lines: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _at: dict[str, list[UnitRow]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _barred: dict[str, frozenset[str]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _bars: dict[str, frozenset[str]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _routes: dict[tuple[str, str, date, str | None], Route] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _limits: dict[tuple[str, str, str], Limit | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    # --- trees -------------------------------------------------------------------------------------------------
    def line(self, tree: Literal["places", "units", "matters"], code: str) -> tuple[str, ...]:
        """`code` and its ancestors, nearest first; a loop in the data ends the line."""
        known = self._lines.get((tree, code))
        if known is not None:
            return known
        rows: Mapping[str, PlaceRow | UnitRow | MatterRow] = getattr(self, tree)
        line: list[str] = []
        at: str | None = code
        while at is not None and at in rows and at not in line:
            line.append(at)
            at = rows[at].parent
        self._lines[(tree, code)] = tuple(line)
        return tuple(line)

    def children(self, tree: Literal["places", "units", "matters"], code: str | None) -> list[str]:
        """The codes right below `code` (or the roots), in order."""
        if tree not in self._children:
            below: dict[str | None, list[str]] = {}
            rows: Mapping[str, PlaceRow | UnitRow | MatterRow] = getattr(self, tree)
            for row in rows.values():
                below.setdefault(row.parent, []).append(row.code)
            self._children[tree] = below
        return self._children[tree].get(code, [])

    def units_at(self, place: str) -> list[UnitRow]:
        """The units of one place itself, in order."""
        if not self._at and self.units:
            found: dict[str, list[UnitRow]] = {}
            for row in self.units.values():
                found.setdefault(row.place, []).append(row)
            self._at.update(found)
        return self._at.get(place, [])

    def subtree(self, tree: Literal["places", "units", "matters"], code: str) -> Iterator[str]:
        """`code` and everything below it."""
        yield code
        for child in self.children(tree, code):
            yield from self.subtree(tree, child)

    def county(self, place: str) -> str:
        """The place itself, or the county above a township: the finest place the ledger names."""
        for code in self.line("places", place):
            if self.places[code].level != "township":
                return code
        return place

    def second_eyes(self, matter: str, unit: str) -> bool:
        """Whether an answer about `matter` by `unit` is drafted by one official and sent by another: either can ask
        for it."""
        return self.matters[matter].second_eyes or (unit in self.units and self.units[unit].second_eyes)

    def delicate(self, matter: str) -> bool:
        """Whether a case about `matter` may be public is left to its sender with no answer chosen beforehand: the
        matter, or one above it, is marked so or is about conduct."""
        return any(self.matters[one].delicate or self.matters[one].conduct for one in self.line("matters", matter))

    def leaves(self, kind: str | None = None) -> list[MatterRow]:
        """The matters in use that have none below them and serve `kind` (None: any): what a new case can be about."""
        return [
            row
            for row in self.matters.values()
            if row.active and (kind is None or row.serves(kind)) and not self.children("matters", row.code)
        ]

    # --- who is responsible ------------------------------------------------------------------------------------
    def duties_for(self, matter: str, place: str, day: date) -> tuple[DutyRow, ...]:
        """The duties of the most specific (place, matter) in force on `day`: county before city before province, and
        within one place the leaf matter before its parents. Empty where nobody is named."""
        for place_code in self.line("places", place):
            for matter_code in self.line("matters", matter):
                found = tuple(
                    duty
                    for duty in self.duties.get((matter_code, place_code), ())
                    if duty.holds_on(day) and duty.unit in self.units and self.units[duty.unit].stands_on(day)
                )
                if any(duty.role == "lead" for duty in found):
                    return found
        return ()

    def coordinating(self, place: str, day: date, barred: frozenset[str] = frozenset()) -> str | None:
        """The coordinating unit of the place or of the nearest place above it that has one and is not barred."""
        for code in self.line("places", place):
            for unit in self.units_at(code):
                if unit.coordinating and unit.code not in barred and unit.stands_on(day):
                    return unit.code
        return None

    def barred(self, against: str | None) -> frozenset[str]:
        """The units that may neither handle nor see a complaint about `against`: it, all below it, and the units that
        followed any of these, with all below them. Who sat in an office that was renamed, merged or split sits in its
        successor, so a succession bars from the day on which the registry knows of it."""
        if not against:
            return frozenset()
        known = self._barred.get(against)
        if known is None:
            known = self._barred[against] = _reached(
                against, lambda code: (*self.children("units", code), *self.successors.get(code, ()))
            )
        return known

    def bars_of(self, unit: str) -> frozenset[str]:
        """The units a complaint about which `unit` may not see: X is among them exactly where `unit` is in `barred(X)`.
        Empty for a unit that the registry does not have."""
        if unit not in self.units:
            return frozenset()
        if not self._bars:
            found: dict[str, set[str]] = {}
            for code in self.units:
                for below in self.barred(code):
                    found.setdefault(below, set()).add(code)
            self._bars.update({code: frozenset(above) for code, above in found.items()})
        return self._bars[unit]

    def above(self, against: str, day: date) -> str:
        """The unit that takes a complaint about `against`: its parent; where there is none, the oversight unit of its
        place or of a place above; then a coordinating unit. Never the unit itself nor one below it.
        Source: 信访工作条例 Art. 30. Raises NoUnitFound."""
        barred = self.barred(against)
        for code in self.line("units", against)[1:]:
            if code not in barred and self.units[code].stands_on(day):
                return code
        place = self.units[against].place
        for place_code in self.line("places", place):
            for unit in self.units_at(place_code):
                if unit.oversight and unit.code not in barred and unit.stands_on(day):
                    return unit.code
        found = self.coordinating(place, day, barred)
        if found is None:
            raise NoUnitFound(against)
        return found

    def route(self, matter: str, place: str, day: date, against: str | None = None) -> Route:
        """Where a case about `matter` in `place` goes on `day`. Raises NoUnitFound on an empty registry."""
        asked = (matter, place, day, against)
        known = self._routes.get(asked)
        if known is None:
            if len(self._routes) >= REMEMBERED:
                self._routes.clear()
            known = self._routes[asked] = self._found_route(matter, place, day, against)
        return known

    def _found_route(self, matter: str, place: str, day: date, against: str | None) -> Route:
        if against:
            return Route(self.above(against, day), (), "above")
        found = self.duties_for(matter, place, day)
        if found:
            lead = next(duty for duty in found if duty.role == "lead")
            assist = tuple(duty.unit for duty in found if duty.unit != lead.unit)
            return Route(lead.unit, tuple(dict.fromkeys(assist)), "duty", lead)
        unit = self.coordinating(place, day)
        if unit is None:
            raise NoUnitFound(place)
        return Route(unit, (), "coordinating")

    def common_superior(self, one: str, other: str) -> str | None:
        """The lowest unit above both (信访工作条例 Art. 24: disputes go to the common superior)."""
        above = self.line("units", other)
        for code in self.line("units", one):
            if code in above and code not in (one, other):
                return code
        return next((code for code in self.line("units", one)[1:]), None)

    def limit(self, step: str, matter: str, place: str) -> Limit | None:
        """The time limit of a step: the leaf matter before its parents before none, and for each the county before
        the city before the province before none."""
        asked = (step, matter, place)
        if asked not in self._limits:
            if len(self._limits) >= REMEMBERED:
                self._limits.clear()
            self._limits[asked] = self._found_limit(step, matter, place)
        return self._limits[asked]

    def _found_limit(self, step: str, matter: str, place: str) -> Limit | None:
        for matter_code in (*self.line("matters", matter), None):
            for place_code in (*self.line("places", place), None):
                found = self.limits.get((step, matter_code, place_code))
                if found is not None:
                    return found
        return None


def _reached(start: str, onward: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """`start` and everything that can be reached from it."""
    found, waiting = {start}, [start]
    while waiting:
        for code in onward(waiting.pop()):
            if code not in found:
                found.add(code)
                waiting.append(code)
    return frozenset(found)


def build(
    places: Iterable[PlaceRow],
    units: Iterable[UnitRow],
    matters: Iterable[MatterRow],
    duties: Iterable[DutyRow],
    limits: Iterable[LimitRow],
    calendar: Calendar,
    version: int = 0,
    successions: Iterable[SuccessionRow] = (),
) -> Snapshot:
    """A snapshot from rows, whatever they come from. A matter whose row names no kinds serves those of the nearest
    matter above it that does; one at the top serves letters."""
    by_key: dict[tuple[str, str], list[DutyRow]] = {}
    for duty in duties:
        by_key.setdefault((duty.matter, duty.place), []).append(duty)
    followed: dict[str, tuple[str, ...]] = {}
    for row in successions:
        followed[row.unit] = (*followed.get(row.unit, ()), row.successor)
    return Snapshot(
        {row.code: row for row in places},
        {row.code: row for row in units},
        _with_kinds({row.code: row for row in matters}),
        {key: tuple(sorted(rows, key=lambda d: (d.since, d.unit))) for key, rows in by_key.items()},
        {(row.step, row.matter, row.place): row.limit for row in limits},
        calendar,
        version,
        followed,
    )


def _with_kinds(rows: dict[str, MatterRow]) -> dict[str, MatterRow]:
    """The matters by code, each with its own kinds or with those of the nearest matter above it that names some."""
    return {code: row if row.kinds else replace(row, kinds=_kinds_above(row, rows)) for code, row in rows.items()}


def _kinds_above(row: MatterRow, rows: Mapping[str, MatterRow]) -> frozenset[str]:
    seen: set[str] = set()
    above = rows.get(row.parent) if row.parent else None
    while above is not None and above.code not in seen:
        if above.kinds:
            return above.kinds
        seen.add(above.code)
        above = rows.get(above.parent) if above.parent else None
    return LETTERS


def load() -> Snapshot:
    """A snapshot of the database as it is now."""
    from . import models

    version = models.Version.objects.values_list("number", flat=True).first() or 0
    days = dict(models.CalendarDay.objects.values_list("date", "working"))
    years = list(models.CalendarYear.objects.values_list("year", flat=True))
    return build(
        (
            PlaceRow(*row)
            for row in models.Place.objects.values_list(
                "code", "name", "name_en", "level", "parent_id", "latitude", "longitude"
            )
        ),
        (
            UnitRow(*row)
            for row in models.Unit.objects.values_list(
                "code",
                "name",
                "name_en",
                "place_id",
                "parent_id",
                "coordinating",
                "oversight",
                "phone",
                "address",
                "since",
                "until",
                "second_eyes",
            )
        ),
        (
            MatterRow(*row[:-1], frozenset(row[-1]))
            for row in models.Matter.objects.values_list(
                "code",
                "name",
                "name_en",
                "parent_id",
                "description",
                "conduct",
                "second_eyes",
                "publishable",
                "retention_days",
                "active",
                "delicate",
                "kinds",
            )
        ),
        (
            DutyRow(*row)
            for row in models.Duty.objects.values_list(
                "unit_id", "matter_id", "place_id", "role", "since", "until", "basis"
            )
        ),
        (
            LimitRow(row.matter_id, row.place_id, row.step, Limit(row.days, row.unit, row.basis, row.trust))
            for row in models.TimeLimit.objects.all()
        ),
        Calendar(days, years),
        version,
        (
            SuccessionRow(*row)
            for row in models.Succession.objects.filter(active=True).values_list("unit_id", "successor_id")
        ),
    )


@dataclass
class _Kept:
    snapshot: Snapshot | None = None
    looked: float = 0.0


_kept = _Kept()
_lock = threading.Lock()


def current() -> Snapshot:
    """The process's snapshot, no older than two seconds behind the database."""
    now = time.monotonic()
    kept = _kept.snapshot
    if kept is not None and now - _kept.looked < LOOK_AGAIN_SECONDS:
        return kept
    from . import models

    with _lock:
        version = models.Version.objects.values_list("number", flat=True).first() or 0
        if _kept.snapshot is None or _kept.snapshot.version != version:
            _kept.snapshot = load()
        _kept.looked = now
        return _kept.snapshot


def forget() -> None:
    """Drop the process's snapshot; the next reader takes a new one."""
    with _lock:
        _kept.snapshot = None
        _kept.looked = 0.0


def touch() -> None:
    """Say that the registry changed: every process will look anew. Call it in the transaction of the change."""
    from django.db import transaction
    from django.db.models import F

    from . import models

    if not models.Version.objects.update(number=F("number") + 1):
        models.Version.objects.create(number=1)
    forget()
    transaction.on_commit(forget)
