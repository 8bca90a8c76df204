"""What typed words name: places, units and matters by their name, a part of it or a line of names; and the tree, one
step at a time. Simplified finds Traditional, an English name is found too.

Pure functions of a snapshot. What a search goes through is made once for a snapshot and goes with it. Not for who is
responsible, and not for suggesting a matter for a sentence (`text/`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from math import cos, hypot, radians
from typing import Literal

from tongban.text.folding import fold

from .names import spoken
from .snapshot import Snapshot
from .snapshot_rows import MatterRow, PlaceRow, UnitRow

Named = Literal["place", "unit", "matter"]
NAMED: tuple[Named, ...] = ("place", "unit", "matter")
BETWEEN = " › "
"""Between the names of a line, from the widest to the narrowest."""
FEW = 12
"""So many are shown at once; whoever gets more is asked for another word."""
AT_ONCE = 12
"""A kind of case that has so few matters shows them all, without steps of a tree."""
LONGEST = 120
"""Of what was typed no more is looked at."""
LONGEST_NAME = 12
NEAR_KM, NEAR_BESIDE_KM, NEAR_MOST = 40.0, 8.0, 4
KM_A_DEGREE = 111.2
_GAPS = re.compile(r"[\s›>,，、;；/·|.。-]+")
_SUFFIX = re.compile(r"(?:省|市|区|县|镇|乡|街道|街道办事处|自治县|自治州|新区)$")


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be named: `kind` of thing; of matters those that serve a kind of case (`case_kind`, empty: any) and
    that are about conduct or not (`conduct`, None: either); of units those of `place` and of the places above it."""

    kind: Named
    case_kind: str = ""
    conduct: bool | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The best first, at most `FEW`, and how many there are in all."""

    codes: tuple[str, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the tree: whether it can be chosen itself, and whether something stands below it."""

    code: str
    name: str
    choosable: bool
    below: bool
    said: str = ""
    line: str = ""
    """The whole line of what can be chosen."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the tree: the codes above it, from the top, and its rows."""

    line: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Names:
    """What a search goes through, all in one order: folded names, lines of names and descriptions."""

    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    text: str = ""
    """All lines in one text, one below the other, so that a word is found in all of them at once."""
    starts: list[int] = field(default_factory=list)
    whole: dict[str, list[int]] = field(default_factory=dict)
    """A line of names, without gaps → where it stands."""
    short: dict[str, list[int]] = field(default_factory=dict)
    """A name without 市, 区, 镇 → where it stands."""

    def finish(self) -> _Names:
        """Make what is searched of the lines."""
        at = 0
        for number, line in enumerate(self.lines):
            self.starts.append(at)
            at += len(line) + 1
            self.whole.setdefault(line.partition("\t")[0], []).append(number)
            self.short.setdefault(_SUFFIX.sub("", self.names[number]), []).append(number)
        self.text = "\n".join(self.lines)
        return self

    def holding(self, word: str) -> Iterator[int]:
        """The lines that hold a word, in order."""
        at = self.text.find(word)
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            yield number
            at = self.text.find(word, self.starts[number] + len(self.lines[number]))


def label(kind: Named, code: str, registry: Snapshot) -> str:
    """The whole line of a thing in the language of the page: 西安市 › 雁塔区 › 大雁塔街道. A province is named only
    where it is meant itself; a unit stands behind its place."""
    if kind == "matter":
        return BETWEEN.join(_name(registry.matters[one]) for one in reversed(registry.line("matters", code)))
    if kind == "place":
        return BETWEEN.join(_name(registry.places[one]) for one in _within_province(registry, code))
    unit = registry.units.get(code)
    if unit is None:
        return code
    return BETWEEN.join([*(_name(registry.places[one]) for one in _places_of(registry, unit)), _name(unit)])


def said(kind: Named, code: str, registry: Snapshot) -> str:
    """What the registry says of a matter in plain words; empty for others."""
    row = registry.matters.get(code) if kind == "matter" else None
    return row.description if row is not None else ""


def known(scope: Scope, code: str, registry: Snapshot, day: date) -> bool:
    """Whether `code` is one of what may be named."""
    if scope.kind == "place":
        return code in registry.places
    if scope.kind == "unit":
        unit = registry.units.get(code)
        near = not scope.place or (unit is not None and unit.place in registry.line("places", scope.place))
        return unit is not None and unit.stands_on(day) and near
    row = registry.matters.get(code)
    if row is None or not row.active or (scope.case_kind and not row.serves(scope.case_kind)):
        return False
    return not registry.children("matters", code) and scope.conduct in (None, row.conduct)


def find(
    scope: Scope, words: str, registry: Snapshot, day: date, only: Collection[str] | None = None, most: int = FEW
) -> Found:
    """What the words may mean, best first. A code and a whole line mean one thing; then come names that are the words,
    begin with them or hold them, lines that hold all of them, descriptions of matters; where nothing does, names that
    leave signs out (西安雁塔) and, for places, the narrowest place of an address. `only` leaves the others out."""
    words = words.strip()[:LONGEST]
    if not words:
        return Found()

    def fits(code: str) -> bool:
        return (only is None or code in only) and known(scope, code, registry, day)

    if fits(words):
        return Found((words,), 1)
    sought = fold(words)
    parts = [part for part in _GAPS.split(sought) if part]
    if not parts:
        return Found()
    names = _names(scope.kind, registry)
    whole = "".join(parts)
    exact = [names.codes[at] for at in names.whole.get(whole, ()) if fits(names.codes[at])]
    if len(exact) == 1:
        return Found((exact[0],), 1)
    ranked = [(rank, names.depth[at], at) for at, rank in _ranks(names, parts) if fits(names.codes[at])]
    if not ranked:
        ranked = [(9, names.depth[at], at) for at in _loosely(names, whole, scope.kind) if fits(names.codes[at])]
    if not ranked and scope.kind == "place":
        ranked = [(rank, 0, at) for at, rank in _of_an_address(names, whole) if fits(names.codes[at])]
    return Found(tuple(names.codes[at] for _rank, _depth, at in nsmallest(most, ranked)), len(ranked))


def named(scope: Scope, words: str, registry: Snapshot, day: date, only: Collection[str] | None = None) -> str | None:
    """The place whose whole name these words are (雁塔区), where one alone is called so; None for a part of a name, and
    where several are. Not for units and matters: their names come again and again."""
    if scope.kind != "place":
        return None
    kept = registry.kept.get("lookup whole names")
    if kept is None:
        kept = registry.kept["lookup whole names"] = _whole_names(registry)
    assert isinstance(kept, dict)
    codes = [one for one in kept.get(_GAPS.sub("", fold(words[:LONGEST])), ()) if only is None or one in only]
    found = [one for one in codes if known(scope, one, registry, day)]
    return found[0] if len(found) == 1 else None


def _whole_names(registry: Snapshot) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, row in registry.places.items():
        for name in {_GAPS.sub("", fold(one)) for one in (row.name, row.name_en) if one}:
            found.setdefault(name, []).append(code)
    return found


def level(scope: Scope, at: str, registry: Snapshot, day: date, only: Collection[str] | None = None) -> Level:
    """The step of the tree below `at`; empty or unknown: its top, or the first step at which there is a choice."""
    if scope.kind == "matter":
        return _matters_below(scope, at, registry, day, only)
    at = at if at in registry.places else scope.place
    if at not in registry.places:
        tops = registry.children("places", None)
        at = tops[0] if len(tops) == 1 else ""
    line = tuple((one, _name(registry.places[one])) for one in reversed(registry.line("places", at))) if at else ()
    below = registry.children("places", at or None)
    if scope.kind == "place":
        own = [Row(at, _name(registry.places[at]), True, False, line=label("place", at, registry))] if at else []
        rows = [
            Row(
                one,
                _name(registry.places[one]),
                True,
                bool(registry.children("places", one)),
                line=label("place", one, registry),
            )
            for one in below
        ]
        return Level(line, tuple(row for row in (*own, *rows) if only is None or row.code in only or row.below))
    near = registry.line("places", scope.place) if scope.place else None
    units = [unit for unit in registry.units_at(at) if unit.stands_on(day) and (only is None or unit.code in only)]
    rows = [Row(one.code, _name(one), True, False, line=label("unit", one.code, registry)) for one in units]
    rows += [Row(one, _name(registry.places[one]), False, True) for one in below if near is None or one in near]
    return Level(line, tuple(rows))


def nearest(latitude: float, longitude: float, registry: Snapshot) -> tuple[str, ...]:
    """The places whose seats are nearest, of those whose position the registry knows, the nearest first: at most
    `NEAR_MOST`, within `NEAR_KM`, and none much farther than the first (a seat is known to a few kilometres, and a
    district may lie around another). Distances on the flat are true enough (a degree is 111.2 km)."""
    wide = cos(radians(latitude))
    away = sorted(
        (KM_A_DEGREE * hypot(row.latitude - latitude, (row.longitude - longitude) * wide), row.code)
        for row in registry.places.values()
        if row.latitude is not None
        and row.longitude is not None
        and abs(row.latitude - latitude) * KM_A_DEGREE <= NEAR_KM
    )
    if not away or away[0][0] > NEAR_KM:
        return ()
    return tuple(code for far, code in away[:NEAR_MOST] if far <= away[0][0] + NEAR_BESIDE_KM)


# --- what a search goes through ---------------------------------------------------------------------------------------


def _within_province(registry: Snapshot, code: str) -> list[str]:
    """The line of a place from the top, without the province unless it is the place."""
    line = list(reversed(registry.line("places", code)))
    return line[1:] if len(line) > 1 and registry.places[line[0]].level == "province" else line


def _name(row: PlaceRow | UnitRow | MatterRow) -> str:
    """Its name in the language of the page."""
    return spoken(row.name, row.name_en)


def _places_of(registry: Snapshot, unit: UnitRow) -> list[str]:
    """The places that stand before a unit's name, without its own where the name says it already."""
    own = registry.places.get(unit.place)
    line = _within_province(registry, unit.place) if own is not None else []
    return line[:-1] if own is not None and unit.name.startswith(own.name) else line


def _names(kind: Named, registry: Snapshot) -> _Names:
    kept = registry.kept.get(("lookup", kind))
    if kept is None:
        kept = registry.kept[("lookup", kind)] = _made(kind, registry).finish()
    assert isinstance(kept, _Names)
    return kept


def _made(kind: Named, registry: Snapshot) -> _Names:
    names = _Names()
    folded = {code: fold(row.name) for code, row in registry.places.items()} if kind != "matter" else {}
    english = {code: _english(row) for code, row in registry.places.items()} if kind != "matter" else {}
    if kind == "matter":
        for code, matter in registry.matters.items():
            line = registry.line("matters", code)
            above = "".join(fold(registry.matters[one].name) for one in reversed(line))
            spoken = matter.name_en.lower()
            _add(names, code, fold(matter.name), above, spoken, fold(matter.description), len(line))
        return names
    for code, place in registry.places.items() if kind == "place" else ():
        line = tuple(_within_province(registry, code))
        above = "".join(folded[one] for one in line)
        spoken = " ".join(english[one] for one in line)
        _add(names, code, folded[code], above, spoken, "", len(line) if place.level != "province" else 1)
    for code, unit in registry.units.items() if kind == "unit" else ():
        line = tuple(_places_of(registry, unit))
        name = fold(unit.name)
        spoken = " ".join((*(english[one] for one in line), unit.name_en.lower()))
        _add(names, code, name, "".join((*(folded[one] for one in line), name)), spoken, "", len(line))
    return names


def _english(row: PlaceRow) -> str:
    return row.name_en.lower()


def _add(names: _Names, code: str, name: str, line: str, english: str, described: str, depth: int) -> None:
    names.codes.append(code)
    names.names.append(_GAPS.sub("", name))
    names.lines.append(f"{_GAPS.sub('', line)}\t{english}")
    names.said.append(described)
    names.depth.append(depth)


def _ranks(names: _Names, parts: Sequence[str]) -> list[tuple[int, int]]:
    """(position, rank) of what holds every part, the last of them in its name first of all."""
    last, rest = parts[-1], parts[:-1]
    found = []
    for at in names.holding(last):
        if all(part in names.lines[at] for part in rest):
            name = names.names[at]
            rank = 0 if name == last else 1 if name.startswith(last) else 2 if last in name else 4
            found.append((at, rank))
    if any(names.said):
        have = {at for at, _rank in found}
        for at, text in enumerate(names.said):
            if text and at not in have and all(part in text for part in parts):
                found.append((at, 5))
    return found


def _loosely(names: _Names, whole: str, kind: Named) -> list[int]:
    """What has every sign of the words in their order: 西安雁塔 for 西安市雁塔区."""
    if not 2 <= len(whole) <= 20 or kind == "matter" or whole.isascii():
        return []
    first, *rest = (re.escape(sign) for sign in whole)
    signs = re.compile(first + "".join(rf"[^\t\n{sign}]*{sign}" for sign in rest))
    return list(dict.fromkeys(bisect_right(names.starts, one.start()) - 1 for one in signs.finditer(names.text)))


def _of_an_address(names: _Names, whole: str) -> list[tuple[int, int]]:
    """(position, rank) of places that an address names, the narrowest first: 雁塔区小寨东路 12 号."""
    pieces = {whole[at : at + long] for long in range(2, LONGEST_NAME + 1) for at in range(len(whole) - long + 1)}
    found = [(at, -names.depth[at]) for piece in pieces for at in names.short.get(piece, ())]
    if not found:
        return []
    deepest = min(rank for _at, rank in found)
    return [(at, rank) for at, rank in found if rank == deepest]


def _matters_below(scope: Scope, at: str, registry: Snapshot, day: date, only: Collection[str] | None) -> Level:
    def leaves(code: str) -> bool:
        return any(
            known(scope, one, registry, day) and (only is None or one in only)
            for one in registry.subtree("matters", code)
        )

    at = at if at in registry.matters else ""
    few = [row for row in registry.leaves(scope.case_kind or None) if known(scope, row.code, registry, day)]
    if not at and only is None and len(few) <= AT_ONCE:
        rows = [
            Row(row.code, _name(row), True, False, row.description, label("matter", row.code, registry)) for row in few
        ]
        return Level((), tuple(rows))
    rows = []
    for code in registry.children("matters", at or None):
        if leaves(code):
            row = registry.matters[code]
            open_ = bool(registry.children("matters", code))
            whole = "" if open_ else label("matter", code, registry)
            rows.append(Row(code, _name(row), not open_, open_, row.description, whole))
    line = tuple((one, _name(registry.matters[one])) for one in reversed(registry.line("matters", at))) if at else ()
    return Level(line, tuple(rows))
