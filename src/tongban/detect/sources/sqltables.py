"""What the readers of all databases share: what a table is, the order of tables, portions of rows,
and how a sample is drawn.

A sample of n rows is systematic: the range of the key (or of the storage) is cut into 64 windows of equal width,
and from each the first rows are taken until n·(i+1)/64 are reached. It needs no full scan, touches few pages,
gives the same rows every time, and takes fewer than n rows where the last windows are sparse. A table without such
a key gives its first n rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .pieces import DONE, Limits, Pieces, Place

WINDOWS = 64
_NOTED = "noted"
"""The state of a table of which nothing was given but the note of its binary columns."""
Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its declared type, its comment, and whether it holds bytes, which are not read."""

    name: str
    type: str
    comment: str = ""
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name` as it is shown, `quoted` as SQL says it, the columns that order it, and about how many rows it
    has; `refused`: it may not be read."""

    name: str
    quoted: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rows: int | None = None
    readable: bool = True
    refused: bool = False

    @property
    def read(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.binary)

    @property
    def comments(self) -> dict[str, str]:
        return {column.name: column.comment for column in self.columns if column.comment}

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}


Failed = tuple[type[BaseException], ...]


def read_each(
    tables: Iterable[Table],
    asked: Sequence[str] | None,
    place: Place,
    state: Any,
    read: Callable[[Table, Place, Any], Pieces],
    failures: Failed,
) -> Pieces:
    """Every table, or those that were asked for, in the order of their names. The state is
    [table, state of its reader]."""
    first, inner = state if state is not None else ("", None)
    found = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    for name in sorted({_named(one, found) for one in asked}) if asked is not None else found:
        if name < first or (name == first and inner == DONE):
            continue
        part = place.inside(name, lambda rest, name=name: [name, rest])  # type: ignore[misc]
        begun = inner if name == first else None
        if name not in found:
            yield part.skipped("no_table")
            continue
        table = found[name]
        if table.refused:
            yield part.skipped("no_right")
            continue
        if not table.readable:
            yield part.skipped("not_a_table")
            continue
        binary = [column.name for column in table.columns if column.binary]
        if begun is None and binary:
            yield part.skipped("binary_column", _NOTED, "、".join(binary[:20]))
        elif begun == _NOTED:
            begun = None
        try:
            yield from read(table, part, begun)
        except failures as error:
            yield part.skipped("failed", more=type(error).__name__)
    yield place.finished(None)


def _named(asked: str, found: dict[str, Table]) -> str:
    """The full name of a table that was asked for with or without its schema."""
    if asked in found:
        return asked
    return next((name for name in found if name.rpartition(".")[2] == asked), asked)


def taken(rows: Iterable[Row], limits: Limits) -> Iterator[list[Row]]:
    """Rows in lists within the limits of rows and characters, without reading ahead."""
    kept: list[Row] = []
    size = 0
    for row in rows:
        kept.append(row)
        size += 56 + sum(map(len, filter(None, row)))
        if len(kept) >= limits.rows or size >= limits.batch_bytes:
            yield kept
            kept, size = [], 0
    if kept:
        yield kept


def windows(low: int, high: int, sample: int) -> list[tuple[int, int, int]]:
    """(first key, key after the last, rows wanted by its end) of each window over the keys from `low` to `high`."""
    count = max(1, min(WINDOWS, sample, high - low + 1))
    edges = [low + (high - low + 1) * number // count for number in range(count + 1)]
    return [(edges[number], edges[number + 1], sample * (number + 1) // count) for number in range(count)]


def quoted(name: str, mark: str = '"') -> str:
    return mark + name.replace(mark, mark * 2) + mark
