"""Published answers to the same trouble, for a few words that somebody said: at the place first, none of them twice.

A word that stands there counts most, then its parts ("困人" in "电梯困人"), then other words for the same thing
(`text/data/everyday.txt`). Not for a whole letter (`similar.py`, by likeness) nor for the exact phrase (`index.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tongban.gate.parts import Asked
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.text import duplicates, everyday, fold
from tongban.text.telling import Rarity

from . import index
from .models import PublishedCase
from .parts import publications
from .similar import FIRST, rarity, similar

MOST = 5
CANDIDATES, WINDOW, ENOUGH = 25, 10_000, 8
"""So many are taken of each way to look for them; first among so many of the newest, and among all where those have
fewer than enough: a word that is common is found early, one that is rare costs little anywhere."""
UNITS, LOOKED_FOR = 6, 3
"""So many of the weightiest words count, and so many are looked for one by one."""
PARTS, OTHER, ALONE, HOW, UNKNOWN, BESIDE = 0.9, 0.3, 0.6, 0.5, 0.6, 0.1
"""What a word's parts are worth together, another word for the same thing beside them or alone, a word for how things
are ("坏了"), and a pair of characters that no vocabulary knows, alone or beside words that it knows."""
COVERED, COVERED_IN_ENGLISH = 0.5, 0.25
"""A case that holds less of what was said is about something else. English words find Chinese cases by others alone."""
IN_SUBJECT = 0.15
COPY = 0.6
"""So much alike two texts are one (docs/rooms/text.md)."""
LONG = 80
"""From so many characters on what was said is compared as a letter is, where nothing else was found."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that was said: how much it weighs, its parts that are words, others for the same thing, and whether it
    only says how things are."""

    word: str
    weight: float
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    how: bool = False

    @property
    def needed(self) -> list[list[str]]:
        """What a case that holds it, or all its parts, holds."""
        return [[part] for part in self.parts] or [[self.word]]

    def held(self, text: str) -> float:
        """How far a folded text holds it, 0 to 1."""
        if self.word in text:
            return 1.0
        found = PARTS * sum(part in text for part in self.parts) / len(self.parts) if self.parts else 0.0
        if not any(other in text for other in self.others):
            return found
        return found + OTHER if found else ALONE


def answers(said: str, place: str = "", most: int = MOST) -> list[PublishedCase]:
    """At most `most` published cases about what was said, those at `place` and near it first; none where none is."""
    rare, newest = rarity()
    units = _units(said, rare)
    if not units:
        return []
    registry = snapshot.current()
    near = _near(registry, place)
    rows = PublishedCase.objects.in_bulk(_candidates(units, near, newest)).values()
    kinds = {one.kind for one in publications()}
    whole, least = sum(unit.weight for unit in units), COVERED_IN_ENGLISH if said.isascii() else COVERED
    found: list[tuple[float, PublishedCase]] = []
    for row in rows:
        if row.waiting or row.kind not in kinds:
            continue
        subject = fold(row.subject)
        text = f"{subject}\n{fold(row.body[:FIRST])}"
        covered = sum(unit.weight * unit.held(text) for unit in units) / whole
        if covered >= least:
            found.append((covered + IN_SUBJECT * units[0].held(subject), row))
    if not found and len(said) > LONG:
        found = [(COVERED, row) for row in similar(said[:60], said, most=most)]
    found.sort(key=lambda item: (_far(registry, item[1].place_id, place), -item[0], -item[1].pk))
    return _each_once([row for _score, row in found], most)


def _units(said: str, rare: Rarity) -> list[Unit]:
    """The weightiest words that were said."""
    vocabulary = everyday()
    cut = vocabulary.cut(said[:2000])
    units = []
    for word in cut.words:
        parts = tuple(
            part
            for start in range(len(word) - 1)
            for end in range(start + 2, len(word) + 1)
            if (part := word[start:end]) in vocabulary.words and part != word and not part.isascii()
        )
        how = vocabulary.alike.get(word)
        weight = rare.weight(word) * (HOW if how else 1.0 if word in vocabulary.words else UNKNOWN)
        units.append(Unit(word, weight, parts, tuple(how or vocabulary.same(word)), how is not None))
    unknown = BESIDE if units else UNKNOWN
    units += [Unit(pair, unknown * rare.weight(pair)) for pair in cut.pairs]
    units.sort(key=lambda unit: (-unit.weight, unit.word))
    return units[:UNITS]


def _candidates(units: Sequence[Unit], near: Sequence[str], newest: int) -> list[int]:
    """Keys of cases that may be about it: those that hold the weightiest word and another, then those that hold one of
    the weightiest or its parts, then those with another word for the same thing; near the place, and anywhere."""
    asked = []
    if len(units) > 1:
        asked.append([*units[0].needed, [word for unit in units[1:] for word in (unit.word, *unit.parts)]])
    told = [unit for unit in units if not unit.how][:LOOKED_FOR] or units[:1]
    asked += [unit.needed for unit in told]
    asked += [[[*unit.parts, *unit.others]] for unit in told[:1] if unit.parts or unit.others]
    keys: dict[int, None] = {}
    for needed in asked:
        for places in ([near] if near else []) + [[]]:
            found = index.newest(needed, CANDIDATES, places, newest - WINDOW) if newest > WINDOW else []
            if len(found) < ENOUGH:
                found = index.newest(needed, CANDIDATES, places)
            keys.update(dict.fromkeys(found))
    return list(keys)


def _near(registry: Snapshot, place: str) -> list[str]:
    """The places of the city around `place`, itself among them; empty where no place is said."""
    if place not in registry.places:
        return []
    line = registry.line("places", place)
    top = line[-2] if len(line) > 1 else line[-1]
    found = [top]
    for code in found:
        found += registry.children("places", code)
    return found


def _far(registry: Snapshot, where: str, place: str) -> int:
    """0 at the place or below it, 1 above it or in the same city, 2 elsewhere; all the same where no place is said."""
    if place not in registry.places or where not in registry.places:
        return 0
    line, other = registry.line("places", place), registry.line("places", where)
    if place in other:
        return 0
    return 1 if where in line[:-1] or (len(line) > 1 and line[-2] in other) else 2


def _each_once(rows: Sequence[PublishedCase], most: int) -> list[PublishedCase]:
    """The first of each text, at most `most`."""
    kept: list[PublishedCase] = []
    for row in rows:
        texts = [f"{other.subject}\n{other.body[:FIRST]}" for other in kept]
        if not texts or max(duplicates.likeness(f"{row.subject}\n{row.body[:FIRST]}", texts)) < COPY:
            kept.append(row)
        if len(kept) == most:
            break
    return kept


def first_line(answer: str) -> str:
    """The first line of an answer that says something: no greeting, no "as follows"."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    for line in lines:
        if not line.rstrip("：:").endswith(("如下", "收悉", "回复", "您好", "你好")):
            return line
    return lines[0] if lines else ""


def section(asked: Asked) -> dict[str, Any] | None:
    """For the box: the answers, each with its first line; None where there are none."""
    rows = [{"row": row, "line": first_line(row.answer)} for row in answers(asked.text, asked.place)]
    return {"rows": rows} if rows else None
