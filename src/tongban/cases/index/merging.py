"""Merges small segments into larger ones, so that a search opens few, and takes erased cases out of them.

What the settlers write is not sorted by county; four of about one size become one, and from `SPLIT` acts on one for
each county. Those grow the same way up to `MOST`. A merge is read and sealed outside any transaction. Inside it the
segments it was made of must all still be there: where another process merged or rewrote one of them, all is rolled back
and nothing is lost. So no lock is needed, and a kill leaves what was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import transaction
from django.db.models import QuerySet
from numpy.typing import NDArray

from tongban.vault import postings

from . import segments
from .reading import Reader, Row, Vanished
from .segments import Docs, Draft
from .tables import Erasure, Segment

FAN = 4
"""So many segments of one size become one."""
SPLIT = 32_768
"""Acts from which on a segment is cut by county."""
MOST = 16_384
"""Acts of the largest segments: some 7,000 letters with their answers."""
MOST_SMALL = 24
"""Segments not sorted by county yet, above which settling merges before it goes on: an import keeps
the search quick by itself."""


class Overtaken(Exception):
    """Another process changed the segments meanwhile."""


@dataclass(frozen=True)
class Group:
    """Segments to be merged."""

    kind: str
    generation: int
    part: str
    rows: list[Row]


def keep_few() -> None:
    """Merge small segments where there are too many."""
    while Segment.objects.filter(part="").count() > MOST_SMALL:
        if not merge_some(only_small=True):
            return


def keep_up() -> int:
    """For the worker: takes out what was erased, then merges one group; returns how much was done."""
    from .erasing import take_out

    return take_out() or merge_some()


def merge_some(only_small: bool = False) -> int:
    """Merge one group of segments, the smallest due; returns how many were merged. `only_small`:
    those not sorted by county."""
    group = next(due(only_small), None)
    if group is None:
        return 0
    try:
        drafts = merged(group)
        replace(group.rows, drafts, group.generation)
    except (Overtaken, Vanished):
        return 0
    return len(group.rows)


def due(only_small: bool = False) -> Iterator[Group]:
    """The groups that are to be merged, the smallest first."""
    sized: dict[tuple[int, str, int, str], list[Row]] = defaultdict(list)
    found = Segment.objects.filter(part="") if only_small else Segment.objects.all()
    for generation, row in rows_of(found):
        if row.docs <= MOST // 2:
            sized[(size(row.docs), row.kind, generation, row.part)].append(row)
    for (_size, kind, generation, part), some in sorted(sized.items()):
        if len(some) >= FAN:
            yield Group(kind, generation, part, _as_many_as_fit(some))


def rows_of(found: QuerySet[Segment]) -> Iterator[tuple[int, Row]]:
    """Segments with their generations, the oldest first."""
    for one in found.order_by("pk"):
        yield one.generation, Row(one.pk, one.kind, one.part, one.docs, one.head, one.pages, one.name)


def size(docs: int) -> int:
    """The class of size of a segment: those of one class are merged with each other."""
    return max(docs - 1, 0).bit_length() // 2


def _as_many_as_fit(some: Sequence[Row]) -> list[Row]:
    taken: list[Row] = []
    docs = 0
    for row in some:
        if len(taken) >= 2 and docs + row.docs > MOST:
            break
        taken.append(row)
        docs += row.docs
    return taken


def read(rows: Sequence[Row], part: str) -> Draft:
    """Several segments as one, each act once, as it was indexed last. Raises Vanished."""
    reader = Reader(keep=False)
    keys: list[tuple[postings.Numbers, NDArray[np.int64]]] = []
    found: list[Docs] = []
    for row in rows:
        head, content = reader.whole(row)
        found.append(_docs(head, content))
        keys.append(postings.pairs_of(postings.all_keys(head, content)))
    docs = _joined(found)
    order = np.lexsort((-docs.version, docs.act))
    acts = docs.act[order]
    newest = order[np.concatenate([[True], acts[1:] != acts[:-1]])] if len(order) else order
    number = np.full(len(docs), -1, np.int64)
    number[newest] = np.arange(len(newest))
    start, parts = 0, []
    for (codes, of), one in zip(keys, found, strict=True):
        to = number[start : start + len(one)][of]
        parts.append((codes[to >= 0], to[to >= 0]))
        start += len(one)
    joined = postings.keys_of(np.concatenate([codes for codes, _ in parts]), np.concatenate([to for _, to in parts]))
    return Draft(rows[0].kind, part, docs.taken(newest), joined)


def _docs(head: postings.Head, content: bytes) -> Docs:
    def column(name: str) -> NDArray[np.int64]:
        if name not in head.columns:
            return np.zeros(head.docs, np.int64)
        first, last = postings.stretch(head, name)
        return postings.column(head, name, content[first:last]).astype(np.int64)

    about = head.about
    units = tuple(tuple(some) for some in orjson.loads(content[slice(*postings.stretch(head, segments.UNITS))]))
    return Docs(
        column("act") + about["act"],
        column("case") + about["case"],
        column("version"),
        column("part"),
        column("unit"),
        tuple(about["parts"]),
        units,
    )


def _joined(found: Sequence[Docs]) -> Docs:
    parts: dict[str, int] = {}
    units: dict[tuple[str, ...], int] = {}
    of_part = [
        np.array([parts.setdefault(name, len(parts)) for name in one.parts], np.int64)[one.part]
        for one in found
        if len(one)
    ]
    of_unit = [
        np.array([units.setdefault(name, len(units)) for name in one.units], np.int64)[one.unit]
        for one in found
        if len(one)
    ]
    act, case, version = (
        np.concatenate([getattr(one, name) for one in found if len(one)]) for name in ("act", "case", "version")
    )
    return Docs(act, case, version, np.concatenate(of_part), np.concatenate(of_unit), tuple(parts), tuple(units))


def merged(group: Group) -> list[Draft]:
    """What becomes of a group: one segment, or one for each county; without the cases that were erased."""
    draft = read(group.rows, group.part)
    erased = np.fromiter(Erasure.objects.values_list("pk", flat=True), np.int64)
    gone = np.isin(draft.docs.case, erased)
    if gone.any():
        draft = draft.kept(~gone)
    if group.part or len(draft.docs) < SPLIT:
        return [draft]
    return [_of_part(draft, number) for number in np.unique(draft.docs.part).tolist()]


def _of_part(draft: Draft, number: int) -> Draft:
    one = draft.kept(draft.docs.part == number)
    docs = one.docs
    mine, unit = np.unique(docs.unit, return_inverse=True)
    units = tuple(docs.units[place] for place in mine.tolist())
    only = Docs(
        docs.act,
        docs.case,
        docs.version,
        np.zeros(len(docs), np.int64),
        unit.astype(np.int64),
        (docs.parts[number],),
        units,
    )
    return Draft(one.kind, docs.parts[number], only, one.keys)


def replace(rows: Sequence[Row], drafts: Sequence[Draft], generation: int) -> None:
    """Put segments in the place of others, in one transaction. Raises Overtaken where those
    are not all there any more."""
    sealed: list[Any] = [segments.ready(draft) for draft in drafts]
    with transaction.atomic():
        if segments.discard([row.id for row in rows]) < len(rows):
            raise Overtaken
        for segment in sealed:
            segments.store(segment, generation)
