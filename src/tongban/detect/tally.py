"""What a scan counts of one table: per column the cells, the findings in them, distinct values,
and a sample to look at.

Fed with delimited bytes (CSV at the loops' full speed) or with columns of values; two tallies of parts of one table
join, so parts can be counted on many machines. Memory does not grow with the rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from . import cells, compiled, engine
from .findings import TYPES

SAMPLE = 1000
"""Cells of each column that are kept to be looked at more closely; for very wide tables fewer."""
WHOLE = 0.8
"""A finding that fills so much of its cell is the cell."""
MOST_KEPT = 8
LONGEST = 2000
"""Characters of a cell that are kept."""
KINDS = len(TYPES)


@dataclass(slots=True)
class Tally:
    """Counts of one table. `whole` and `inside`: findings by (column, type); `registers`:
    HyperLogLog of their values."""

    columns: tuple[str, ...]
    comments: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    filled: Any = None
    whole: Counter[tuple[int, int]] = field(default_factory=Counter)
    inside: Counter[tuple[int, int]] = field(default_factory=Counter)
    registers: dict[tuple[int, int], Any] = field(default_factory=dict)
    sample: list[list[str]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    where: dict[int, list[int]] = field(default_factory=dict)
    watched: tuple[int, ...] = ()
    """Columns whose distinct cells are counted too: those that look like names and other persons' marks."""

    def __post_init__(self) -> None:
        width = len(self.columns)
        if self.filled is None:
            self.filled = np.zeros(width, np.int64)
        if not self.sample:
            self.sample, self.seen = [[] for _ in range(width)], [0] * width

    @property
    def room(self) -> int:
        """Cells of one column that are kept."""
        return max(40, min(SAMPLE, 400_000 // max(1, len(self.columns))))

    def feed_bytes(self, raw: bytes | memoryview, delimiter: int = 44, quote: int = 34) -> int:
        """Counts whole delimited records in UTF-8, without the header; returns the rows. A quoted
        line end stays in its cell."""
        width = len(self.columns)
        spans = engine.find(raw)
        count = len(spans)
        machine = compiled.load("cells") if engine.fast(len(raw)) is not None else cells
        buf: Any = np.frombuffer(raw, np.uint8) if machine is not cells else bytes(raw)
        starts, ends = np.asarray(spans.start, np.int64), np.asarray(spans.end, np.int64)
        row, column, size = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
        wanted = np.full(width, -1, np.int64)
        wanted[list(self.watched)] = np.arange(len(self.watched))
        mine = np.zeros((max(1, len(self.watched)), cells.REGISTERS), np.uint8)
        kept = np.zeros(2 * self.room + 3, np.int64)
        step = max(1, len(raw) // (self.room if self.rows == 0 else max(1, self.room // 10)))
        rows = machine.place_spans(
            buf,
            0,
            len(raw),
            delimiter,
            quote,
            starts,
            ends,
            count,
            width,
            row,
            column,
            size,
            self.filled,
            wanted,
            mine,
            kept,
            step,
        )
        for place, at in enumerate(self.watched):
            self._join((at, 0), mine[place])
        self._count(raw, machine, buf, starts, ends, np.asarray(spans.kind, np.int64), row, column, size)
        self._sample_rows(raw, kept, delimiter, quote)
        self.rows += rows
        return int(rows)

    def feed_values(self, values: Sequence[Sequence[str | None]]) -> None:
        """Counts one batch: for each column its cells, None where there is nothing."""
        rows = max((len(column) for column in values), default=0)
        for at, column in enumerate(values):
            cleaned = [value.replace("\n", " ") if value and "\n" in value else (value or "") for value in column]
            self.filled[at] += sum(1 for value in cleaned if value)
            raw = "\n".join(cleaned).encode("utf-8", "surrogatepass")
            spans = engine.find(raw)
            count = len(spans)
            machine = compiled.load("cells") if engine.fast(len(raw)) is not None else cells
            buf: Any = np.frombuffer(raw, np.uint8) if machine is not cells else raw
            if count:
                starts, ends = np.asarray(spans.start, np.int64), np.asarray(spans.end, np.int64)
                row, size = np.zeros(count, np.int64), np.zeros(count, np.int64)
                machine.place_rows(buf, len(raw), starts, ends, count, row, size)
                self._count(
                    raw,
                    machine,
                    buf,
                    starts,
                    ends,
                    np.asarray(spans.kind, np.int64),
                    row,
                    np.full(count, at, np.int64),
                    size,
                )
            if at in self.watched:
                mine = np.zeros(cells.REGISTERS, np.uint8)
                for value in cleaned:
                    if value:
                        whole = value.encode("utf-8", "surrogatepass")
                        cells.count_in(mine, cells.hashed(whole, 0, len(whole)))
                self._join((at, 0), mine)
            self._keep(at, [stripped for value in column if value and (stripped := value.strip())])
        self.rows += rows

    def widen(self, columns: Sequence[str]) -> None:
        """A table whose later rows are longer gets more columns: `columns` begins with those it has."""
        more = len(columns) - len(self.columns)
        if more > 0:
            self.columns = tuple(columns)
            self.filled = np.concatenate([self.filled, np.zeros(more, np.int64)])
            self.sample += [[] for _ in range(more)]
            self.seen += [0] * more

    def join(self, other: Tally) -> None:
        """Adds what another tally of the same table counted."""
        self.filled = self.filled + other.filled
        self.whole += other.whole
        self.inside += other.inside
        for key, registers in other.registers.items():
            self._join(key, registers)
        for at, values in enumerate(other.sample):
            self._keep(at, values, other.seen[at])
        for at, places in other.where.items():
            self.where.setdefault(at, []).extend(place + self.rows for place in places)
            del self.where[at][MOST_KEPT:]
        self.watched = tuple(sorted({*self.watched, *other.watched}))
        self.rows += other.rows

    def packed(self) -> bytes:
        """The tally as bytes, to be sent to another machine; holds sample values, so it is never stored."""
        head = {
            "columns": self.columns, "comments": dict(self.comments), "declared": dict(self.declared),
            "rows": self.rows, "filled": [int(n) for n in self.filled],
            "whole": [[*key, n] for key, n in self.whole.items()],
            "inside": [[*key, n] for key, n in self.inside.items()],
            "registers": [list(key) for key in self.registers], "sample": self.sample, "seen": self.seen,
            "where": [[at, places] for at, places in self.where.items()], "watched": self.watched,
        }  # fmt: skip
        raw = json.dumps(head).encode()
        return (
            len(raw).to_bytes(8, "big")
            + raw
            + b"".join(np.asarray(registers, np.uint8).tobytes() for registers in self.registers.values())
        )

    def distinct(self, column: int, kind: int = 0) -> int:
        """Distinct values of a type in a column, estimated; type 0: of the cells, where they are watched."""
        registers = self.registers.get((column, kind))
        return 0 if registers is None else cells.estimate(registers)

    def _join(self, key: tuple[int, int], registers: Any) -> None:
        mine = self.registers.get(key)
        self.registers[key] = registers.copy() if mine is None else np.maximum(mine, registers)

    def _count(
        self, raw: Any, machine: Any, buf: Any, starts: Any, ends: Any, kinds: Any, row: Any, column: Any, size: Any
    ) -> None:
        if len(starts) == 0:
            return
        count = len(starts)
        numbers, place = np.zeros(len(self.columns) * KINDS, np.int64), np.empty(count, np.int64)
        pairs = machine.number_pairs(column, kinds, count, KINDS, numbers, place)
        whole, inside, last = np.zeros(pairs, np.int64), np.zeros(pairs, np.int64), np.full(pairs, -1, np.int64)
        kept, registers = np.zeros((pairs, MOST_KEPT + 1), np.int64), np.zeros((pairs, cells.REGISTERS), np.uint8)
        machine.count_pairs(starts, ends, row, size, place, count, WHOLE, whole, inside, last, kept, MOST_KEPT)
        machine.count_spans(buf, starts, ends, np.zeros(count, np.int64), place, count, 1, registers)
        for code in np.flatnonzero(numbers):
            key, at = (int(code) // KINDS, int(code) % KINDS), int(numbers[code]) - 1
            self.whole[key] += int(whole[at])
            self.inside[key] += int(inside[at])
            where = self.where.setdefault(key[0], [])
            where.extend(
                int(number) + self.rows for number in kept[at, 1 : 1 + min(kept[at, 0], MOST_KEPT - len(where))]
            )
            self._join(key, registers[at])

    def _sample_rows(self, raw: Any, offsets: Any, delimiter: int, quote: int) -> None:
        sign, mark = chr(delimiter), chr(quote) if quote else None
        rows = [
            cells_of(
                bytes(raw[int(offsets[2 * place + 1]) : int(offsets[2 * place + 2])]).decode("utf-8", "replace"),
                sign,
                mark,
            )
            for place in range(int(offsets[0]))
        ]
        for at, column in zip(range(len(self.columns)), zip_longest(*rows, fillvalue=""), strict=False):
            self._keep(at, [value for cell in column if (value := cell.strip())])

    def _keep(self, at: int, values: Sequence[str], seen: int | None = None) -> None:
        """A sample that stays spread over all that was seen: every so-many-th, thinned out by halves."""
        kept, room = self.sample[at], self.room
        self.seen[at] += len(values) if seen is None else seen
        if len(values) > room:
            values = values[:: len(values) // room + 1]
        kept.extend(values if max(map(len, values), default=0) <= LONGEST else [value[:LONGEST] for value in values])
        while len(kept) > room:
            del kept[1::2]


PLAIN = 100_000
"""A record up to so many characters, without quotes and line ends, needs no parser (the `csv` module
refuses cells of 131,073)."""


def cells_of(record: str, delimiter: str, quote: str | None) -> list[str]:
    """The cells of one record; none where it is broken."""
    if len(record) <= PLAIN and (quote is None or quote not in record) and "\r" not in record and "\n" not in record:
        return record.split(delimiter)
    try:
        return next(
            csv.reader(
                io.StringIO(record, newline=""),
                delimiter=delimiter,
                quotechar=quote,
                quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            )
        )
    except (csv.Error, StopIteration):
        return []


def unpacked(raw: bytes) -> Tally:
    """What `packed` made. Raises ValueError for anything else."""
    size = int.from_bytes(raw[:8], "big")
    try:
        head = json.loads(raw[8 : 8 + size])
        rest = np.frombuffer(raw, np.uint8, offset=8 + size).reshape(-1, cells.REGISTERS)
        return Tally(
            tuple(head["columns"]), head["comments"], head["declared"], head["rows"],
            np.array(head["filled"], np.int64),
            Counter({(at, kind): n for at, kind, n in head["whole"]}),
            Counter({(at, kind): n for at, kind, n in head["inside"]}),
            {(key[0], key[1]): rest[number].copy() for number, key in enumerate(head["registers"])}, head["sample"],
            head["seen"],
            dict(head["where"]), tuple(head["watched"]),
        )  # fmt: skip
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not a tally: {error}") from None
