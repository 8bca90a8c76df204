"""Loops over delimited bytes: which row and column a span stands in, which cells are filled, and how many differ.

Compiled like `loops` (`compiled.load("cells")`). Distinct values are counted by HyperLogLog (Flajolet and
others 2007) with 4,096 registers: a standard error of 1.6 %, in 4 KiB, and two counts join by the greater
register, also across machines.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tongban.detect.compiled import FAST, compiled
from tongban.detect.lanes import next_border

BITS = 12
REGISTERS = 1 << BITS
_START, _PRIME = (
    (np.uint64(14695981039346656037), np.uint64(1099511628211)) if FAST else (14695981039346656037, 1099511628211)
)
_M1, _M2 = (
    (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)) if FAST else (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
)


@compiled
def hashed(buf: Any, start: int, end: int) -> Any:
    """A 64-bit hash of the letters and digits of a span: spaces, dashes and quotes do not make
    another value, nor does case."""
    value = _START
    for i in range(start, end):
        b = buf[i]
        if b == 32 or b == 45 or b == 34:
            continue
        if 97 <= b <= 122:
            b -= 32
        if FAST:
            value = (value ^ np.uint64(b)) * _PRIME
        else:
            value = ((value ^ b) * _PRIME) & 0xFFFFFFFFFFFFFFFF
    if FAST:
        value ^= value >> np.uint64(33)
        value *= _M1
        value ^= value >> np.uint64(33)
        value *= _M2
        value ^= value >> np.uint64(33)
    else:
        value ^= value >> 33
        value = (value * _M1) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 33
        value = (value * _M2) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 33
    return value


@compiled
def count_in(registers: Any, value: Any) -> None:
    """Puts one hash into the registers."""
    if FAST:
        place = int(value >> np.uint64(64 - 12))
        rest = (value << np.uint64(12)) | np.uint64(1 << 11)
        rank = 1
        while (rest >> np.uint64(63)) == np.uint64(0):
            rest <<= np.uint64(1)
            rank += 1
    else:
        place = value >> 52
        rest = ((value << 12) & 0xFFFFFFFFFFFFFFFF) | (1 << 11)
        rank = 1
        while not rest >> 63:
            rest = (rest << 1) & 0xFFFFFFFFFFFFFFFF
            rank += 1
    if registers[place] < rank:
        registers[place] = rank


@compiled
def place_spans(
    buf: Any, begin: int, n: int, delimiter: int, quote: int, starts: Any, ends: Any, count: int, columns: int,
    out_row: Any, out_column: Any, out_cell: Any, filled: Any, wanted: Any, registers: Any, kept: Any, step: int,
) -> int:  # fmt: skip
    """Walks delimited records in [begin, n); gives each span its row and column, and the bytes of
    its cell. Returns the rows.

    `filled`: per column, cells that are not empty, added to. `wanted`: per column, the row of `registers` that counts
    its distinct cells, or −1. A cell beyond the last column belongs to the last. `quote` 0: no quoting. `kept`: where a
    record begins and ends, about every `step` bytes, in pairs from the second place on; the first holds how many.
    """
    row, column, cell, k = 0, 0, begin, 0
    record, due = begin, begin
    kept[0] = 0
    quoted = False
    i = begin
    while True:
        i = next_border(buf, i, n, delimiter, quote)
        if i < n and quote and buf[i] == quote:
            if quoted and i + 1 < n and buf[i + 1] == quote:
                i += 1
            elif quoted or i == cell:
                quoted = not quoted
            i += 1
            continue
        if quoted and i < n:
            i += 1
            continue
        if i >= n and cell == n and column == 0:
            break
        line = i >= n or buf[i] == 10
        end = i
        if line and end > cell and buf[end - 1] == 13:
            end -= 1
        low, high = cell, end
        if quote and high - low >= 2 and buf[low] == quote and buf[high - 1] == quote:
            low += 1
            high -= 1
        at = column if column < columns else columns - 1
        if high > low:
            filled[at] += 1
            if wanted[at] >= 0:
                count_in(registers[wanted[at]], hashed(buf, low, high))
        while k < count and starts[k] < i:
            out_row[k], out_column[k], out_cell[k] = row, at, high - low
            k += 1
        if line:
            if column > 0 or high > low or end > cell:
                row += 1
                if record >= due and 2 * kept[0] + 2 < len(kept):
                    kept[2 * kept[0] + 1], kept[2 * kept[0] + 2] = record, end
                    kept[0] += 1
                    due = record + step
            column = 0
            record = i + 1
        else:
            column += 1
        i += 1
        cell = i
        if i > n:
            break
    return row


@compiled
def place_rows(buf: Any, n: int, starts: Any, ends: Any, count: int, out_row: Any, out_cell: Any) -> int:
    """The same for one column whose cells stand in lines of their own; returns the lines."""
    row, cell, k = 0, 0, 0
    for i in range(n + 1):
        if i == n or buf[i] == 10:
            while k < count and starts[k] < i:
                out_row[k], out_cell[k] = row, i - cell
                k += 1
            cell = i + 1
            row += 1
    return row


@compiled
def number_pairs(columns: Any, kinds: Any, count: int, types: int, numbers: Any, place: Any) -> int:
    """Numbers the pairs of column and type in the order in which they come: `place[k]` for every span,
    `numbers[column * types + type]` + 1."""
    pairs = 0
    for k in range(count):
        code = columns[k] * types + kinds[k]
        if numbers[code] == 0:
            pairs += 1
            numbers[code] = pairs
        place[k] = numbers[code] - 1
    return pairs


@compiled
def count_pairs(
    starts: Any,
    ends: Any,
    rows: Any,
    sizes: Any,
    place: Any,
    count: int,
    share: float,
    whole: Any,
    inside: Any,
    last: Any,
    kept: Any,
    most: int,
) -> None:
    """Of each pair the spans that fill so great a share of their cell; the cells that hold others; how many
    and which rows come first.

    `rows` never goes back. `last`: −1 for each pair. `kept`: for each pair a row of `most` + 1
    places, the first for how many.
    """
    for k in range(count):
        at = place[k]
        if ends[k] - starts[k] >= sizes[k] * share:
            whole[at] += 1
        elif last[at] != rows[k]:
            last[at] = rows[k]
            inside[at] += 1  # a cell that holds two of a type is one cell
        if kept[at, 0] < most:
            kept[at, 0] += 1
            kept[at, kept[at, 0]] = rows[k]


@compiled
def count_spans(
    buf: Any, starts: Any, ends: Any, kinds: Any, columns: Any, count: int, types: int, registers: Any
) -> None:
    """Puts the value of every span into the registers of its column and type: `registers[column * types + type]`."""
    for k in range(count):
        count_in(registers[columns[k] * types + kinds[k]], hashed(buf, starts[k], ends[k]))


def estimate(registers: Any) -> int:
    """How many distinct values went into the registers."""
    array = np.asarray(registers, np.float64)
    empty = int((array == 0).sum())
    raw = 0.7213 / (1 + 1.079 / REGISTERS) * REGISTERS**2 / float(np.exp2(-array).sum())
    if raw <= 2.5 * REGISTERS and empty:
        return round(REGISTERS * float(np.log(REGISTERS / empty)))
    return round(raw)
