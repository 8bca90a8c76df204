"""Runs the loops over bytes of any length, piece by piece, and turns byte spans into spans of characters.

Compiled with the extra `scan`; the same findings, slowly, without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import compiled, groups, loops, tables
from .findings import TYPES, WHY, Finding, Spans

PIECE = 1 << 22
"""Bytes that are looked at in one go; the arrays for their findings are made once."""


def pieces(raw: Any, length: int) -> Iterator[tuple[int, int]]:
    """Cuts [0, length) where no number or word is cut: after a line's end, else before a Chinese character,
    else after a comma or quote."""
    begin = 0
    while begin < length:
        end = min(begin + PIECE, length)
        if end < length:
            tail = bytes(raw[max(begin, end - 65_536) : end])
            line = tail.rfind(b"\n")
            end -= len(tail) - line - 1 if line >= 0 else _uncut(tail)
        yield begin, end
        begin = end


def _uncut(tail: bytes) -> int:
    """How many bytes before the end one can cut without cutting a number: 0 where there is no such place."""
    for back in range(1, len(tail)):
        byte = tail[-back]
        if 0xE4 <= byte <= 0xE9 and back >= 3 and loops.numeral_at(tail, len(tail) - back, len(tail)) < 0:
            return back  # the lead of a Chinese character, neither full width nor a separator nor a numeral
    pause = max(map(tail.rfind, (b",", b'"', b";", b"}", b"|")))
    return len(tail) - 1 - pause if pause >= 0 else 0


_fast_loops: Any = None
SMALL = 1 << 16
"""Below so many bytes compiling (or loading what is compiled) costs more than it brings."""


def fast(length: int = SMALL) -> Any:
    """The compiled loops, where they are worth it for so many bytes and can be had; else None."""
    global _fast_loops
    if _fast_loops is None and length >= SMALL and compiled.possible():
        _fast_loops = compiled.load("loops")
    return _fast_loops


def find(raw: bytes | memoryview, numerals: bool = True) -> Spans:
    """All findings of the loops in UTF-8 bytes, in order. `numerals` False: the caller knows of no eleven
    Chinese numerals in a row."""
    machine = fast(len(raw))
    return _fast(machine, raw) if machine is not None else _plain(bytes(raw), numerals)


def _fast(loops: Any, raw: bytes | memoryview) -> Spans:
    buf = np.frombuffer(raw, np.uint8)
    size = min(len(buf), PIECE) // 5 + 16
    arrays: Any = [
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.uint8),
        np.empty(size, np.uint8),
    ]
    numerals: Any = [
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.uint8),
        np.empty(size, np.uint8),
    ]
    room = compiled.load("groups").new_room()
    kept: list[list[Any]] = [[], [], [], []]
    for begin, end in pieces(buf, len(buf)):
        count = loops.scan(buf, begin, end, *arrays, room)
        more = loops.chinese_numerals(buf, begin, end, *numerals)
        if more:
            order = np.argsort(np.concatenate([arrays[0][:count], numerals[0][:more]]), kind="stable")
            found = [
                np.concatenate([mine[:count], theirs[:more]])[order]
                for mine, theirs in zip(arrays, numerals, strict=True)
            ]
        else:
            found = [mine[:count].copy() for mine in arrays]
        for column, part in zip(kept, found, strict=True):
            column.append(part)
    if not kept[0]:
        return Spans([], [], [], [])
    return Spans(*(np.concatenate(column) if len(column) > 1 else column[0] for column in kept))


_ONES = tuple(character.encode() for character in "一幺壹")
"""With what every mobile number in Chinese numerals begins."""
_NUMERALS = re.compile(
    "[" + "".join((int(row) >> 8).to_bytes(3, "big").decode() for row in tables.NUMERALS if row >= 0) + "]{11}"
)


def _plain(raw: bytes, numerals_too: bool = True) -> Spans:
    size = len(raw) // 5 + 16
    arrays: Any = [[0] * size for _ in range(4)]
    count = loops.scan(raw, 0, len(raw), arrays[0], arrays[1], arrays[2], arrays[3], groups.new_room())
    rows = list(zip(*(column[:count] for column in arrays), strict=True))
    numerals: Any = [[0] * 64 for _ in range(4)]
    if numerals_too and len(raw) >= 33 and any(one in raw for one in _ONES):
        numerals = [[0] * (len(raw) // 33 + 1) for _ in range(4)]
        more = loops.chinese_numerals(raw, 0, len(raw), *numerals)
        rows = sorted(rows + list(zip(*(column[:more] for column in numerals), strict=True)))
    return Spans(*([row[k] for row in rows] for k in range(4)))


def in_characters(raw: bytes, spans: Spans) -> tuple[Any, Any]:
    """The starts and ends of spans as numbers of characters of the text that `raw` is the UTF-8 of."""
    if len(spans) == 0:
        return [], []
    machine = fast(len(raw))
    if machine is None:
        starts, ends, at, count = [], [], 0, 0
        for start, end in zip(spans.start, spans.end, strict=True):
            count += len(raw[at:start].decode("utf-8", "surrogatepass"))
            starts.append(count)
            count += len(raw[start:end].decode("utf-8", "surrogatepass"))
            ends.append(count)
            at = end
        return starts, ends
    places = np.empty(2 * len(spans), np.int64)
    places[0::2], places[1::2] = spans.start, spans.end
    counted = np.empty(len(places), np.int64)
    machine.characters(np.frombuffer(raw, np.uint8), len(raw), places, counted)
    return counted[0::2], counted[1::2]


def findings(text: str) -> list[Finding]:
    """What the loops find in a text."""
    raw = text.encode("utf-8", "surrogatepass")
    spans = find(raw, len(raw) != len(text) and _NUMERALS.search(text) is not None)
    if len(spans) == 0:
        return []
    starts, ends = (spans.start, spans.end) if len(raw) == len(text) else in_characters(raw, spans)
    return [
        Finding(TYPES[int(kind)], int(start), int(end), int(sure) / 100, WHY[TYPES[int(kind)]])
        for start, end, kind, sure in zip(starts, ends, spans.kind, spans.sure, strict=True)
    ]


__all__ = ["fast", "find", "findings", "in_characters", "pieces"]
