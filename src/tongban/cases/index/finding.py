"""Finds acts by codes in the segments that an official's posts reach: a few pages opened for each, in
three statements for all.

What is found may be stale (a case that went to another unit) and, for words of three characters and more, only
likely: `search.py` looks the words up in the texts themselves, and `access.visible` decides what is shown. So
nothing here can show too much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.registry.snapshot import Snapshot
from tongban.vault import postings, sealed_pages

from .reading import Reader, Row, Vanished, rows
from .segments import UNITS
from .tables import PartUnit

Span = tuple[int, int]
Result = TypeVar("Result")
TRIES = 4
MOST_NAMES = 500
_names: dict[str, list[list[str]]] = {}
"""The units of a segment by its name: which units have cases is no secret, and reading them anew is
what would take longest."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where to look: `counties` whole, and in all counties the cases of `units`. None of both: nowhere."""

    counties: frozenset[str]
    units: frozenset[str]
    everywhere: bool = False

    def parts(self) -> list[str] | None:
        """The counties to look in; None for all."""
        if self.everywhere:
            return None
        known = (
            PartUnit.objects.filter(unit__in=self.units).values_list("part", flat=True).distinct() if self.units else ()
        )
        return sorted(self.counties.union(known))


EVERYWHERE = Where(frozenset(), frozenset(), True)


def where(actor: Actor, registry: Snapshot) -> Where:
    """Where the cases stand that an official may see."""
    if actor.kind == "system":
        return EVERYWHERE
    own = access.reach(actor, registry)
    return Where(frozenset(registry.county(place) for place in own.places), own.units | own.assisting)


@dataclass(frozen=True)
class Hits:
    """Acts that were found, with their cases, the newest case first."""

    cases: NDArray[np.int64]
    acts: NDArray[np.int64]


def again(read: Callable[[], Result]) -> Result:
    """Do a reading once more where segments were merged meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return read()
        except Vanished:
            continue
    return read()


def find(kind: str, spans: Sequence[Span], place: Where) -> Hits:
    """The acts that hold a code of every span. Stands for the whole of a query: the same words, all in one act."""
    return again(lambda: _find(kind, spans, place))


def _find(kind: str, spans: Sequence[Span], place: Where) -> Hits:
    reader = Reader()
    some = rows(kind, place.parts())
    heads = reader.heads(some)
    found: list[tuple[Row, NDArray[np.int64]]] = []
    for row, lists in _documents(reader, some, heads, spans, all_of_them=True):
        docs = lists[0]
        for more in sorted(lists[1:], key=len):
            docs = docs[np.isin(docs, more, assume_unique=True)]
        if len(docs):
            found.append((row, docs))
    return _hits(reader, heads, found, place)


def _documents(
    reader: Reader, some: Sequence[Row], heads: dict[int, postings.Head], spans: Sequence[Span], all_of_them: bool
) -> list[tuple[Row, list[NDArray[np.int64]]]]:
    """Of each segment, the documents of each span; of those that lack one nothing, where `all_of_them` are needed."""
    chunks = {row.id: [heads[row.id].chunks_of(first, last) for first, last in spans] for row in some}
    reader.fetch(
        (row, sealed_pages.pages_of(int(head.chunks[one]), int(head.chunks[one + 1])))
        for row in some
        for head in (heads[row.id],)
        for many in chunks[row.id]
        for one in many
    )
    stretches: list[tuple[Row, list[list[tuple[int, int, Any]]]]] = []
    for row in some:
        head = heads[row.id]
        of_row = []
        for (first, last), many in zip(spans, chunks[row.id], strict=True):
            pieces = [
                postings.found_in(
                    head, one, reader.read(row, int(head.chunks[one]), int(head.chunks[one + 1])), first, last
                )
                for one in many
            ]
            of_row.append([piece for piece in pieces if len(piece[2])])
            if all_of_them and not of_row[-1]:
                break
        else:
            stretches.append((row, of_row))
    reader.fetch(
        (row, sealed_pages.pages_of(first, last))
        for row, of_row in stretches
        for pieces in of_row
        for first, last, _ in pieces
    )
    return [
        (
            row,
            [
                _union([postings.documents(reader.read(row, first, last), lengths) for first, last, lengths in pieces])
                for pieces in of_row
            ],
        )
        for row, of_row in stretches
    ]


def _union(lists: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    if len(lists) == 1:
        return lists[0]
    return postings.different(np.concatenate(lists)) if lists else np.empty(0, np.int64)


def _column(reader: Reader, head: postings.Head, row: Row, name: str) -> NDArray[Any]:
    return postings.column(head, name, reader.read(row, *postings.stretch(head, name)))


def _hits(
    reader: Reader, heads: dict[int, postings.Head], found: Sequence[tuple[Row, NDArray[np.int64]]], place: Where
) -> Hits:
    _open_columns(reader, heads, [row for row, _ in found])
    cases, acts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for row, docs in found:
        head = heads[row.id]
        mine = docs[_reached(reader, head, row, docs, place)]
        cases.append(_column(reader, head, row, "case")[mine].astype(np.int64) + head.about["case"])
        acts.append(_column(reader, head, row, "act")[mine].astype(np.int64) + head.about["act"])
    case, act = np.concatenate(cases), np.concatenate(acts)
    order = np.lexsort((-act, -case))
    case, act = case[order], act[order]
    fresh = np.concatenate([[True], act[1:] != act[:-1]]) if len(act) else np.empty(0, bool)
    return Hits(case[fresh], act[fresh])


def _open_columns(reader: Reader, heads: dict[int, postings.Head], some: Sequence[Row]) -> None:
    reader.fetch(
        (row, sealed_pages.pages_of(*postings.stretch(heads[row.id], name)))
        for row in some
        for name in heads[row.id].columns
        if name != "version"
    )


def _reached(reader: Reader, head: postings.Head, row: Row, docs: NDArray[np.int64], place: Where) -> Any:
    """Which of the documents are of the counties and units that are looked for."""
    if place.everywhere:
        return slice(None)
    parts = np.array([part in place.counties for part in head.about["parts"]], bool)
    of_part = (
        parts[_column(reader, head, row, "part")[docs]] if "part" in head.columns else np.full(len(docs), parts[0])
    )
    if of_part.all():
        return of_part
    unit = _column(reader, head, row, "unit")[docs]
    names = _units(reader, head, row)
    mine = [number for number in postings.different(unit).tolist() if not place.units.isdisjoint(names[number])]
    return of_part | np.isin(unit, mine)


def _units(reader: Reader, head: postings.Head, row: Row) -> list[list[str]]:
    known = _names.get(row.name)
    if known is None:
        if len(_names) > MOST_NAMES:
            _names.clear()
        known = _names[row.name] = orjson.loads(reader.read(row, *postings.stretch(head, UNITS)))
    return known


def score(kind: str, spans: Sequence[Span], place: Where, most: int) -> list[tuple[int, float]]:
    """(case, share) of the cases that hold the largest share of the spans, rare ones counting for more; at
    most `most`, best first."""
    return again(lambda: _score(kind, spans, place, most))


def _score(kind: str, spans: Sequence[Span], place: Where, most: int) -> list[tuple[int, float]]:
    reader = Reader()
    some = rows(kind, place.parts())
    heads = reader.heads(some)
    lists = _documents(reader, some, heads, spans, all_of_them=False)
    total = max(sum(row.docs for row in some), 1)
    counts = (
        np.sum([[len(docs) for docs in of_row] for _row, of_row in lists], axis=0) if lists else np.zeros(len(spans))
    )
    weights = np.log1p(total / (1 + counts))
    best: dict[int, float] = {}
    _open_columns(reader, heads, some)
    for row, of_row in lists:
        weight = np.zeros(row.docs)
        for docs, one in zip(of_row, weights, strict=True):
            weight[docs] += one
        likely = np.argsort(-weight, kind="stable")[:most]
        hits = likely[weight[likely] > 0.2 * weights.sum()]
        if len(hits):
            head = heads[row.id]
            mine = hits[_reached(reader, head, row, hits, place)]
            for case, share in zip(
                (_column(reader, head, row, "case")[mine].astype(np.int64) + head.about["case"]).tolist(),
                weight[mine].tolist(),
                strict=True,
            ):
                best[case] = max(best.get(case, 0.0), share)
    share = float(weights.sum()) or 1.0
    return sorted(((case, value / share) for case, value in best.items()), key=lambda pair: (-pair[1], -pair[0]))[:most]
