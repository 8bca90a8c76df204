"""Delimited UTF-8 as it stands: blocks of whole records for a scanner that walks the bytes
itself, with the columns known.

A block ends at a line's end outside quotation marks; where a quotation mark is never closed, at a line's end.
The header is not in the first block. Not for other encodings, nor for lines that end with a bare carriage
return: see delimited.py.
"""

from __future__ import annotations

from typing import Any

from .blobs import Blob
from .delimited import Dialect
from .pieces import Limits, Pieces, Place, RecordsPiece

_MOST_OPEN = 64 << 20


def read_records(blob: Blob, place: Place, limits: Limits, state: Any, dialect: Dialect, begin: int) -> Pieces:
    """The records of a table as bytes; the state is the byte after the piece."""
    at = int(state) if state is not None else _after_header(blob, dialect, begin)
    while at < blob.size:
        size = limits.block_bytes
        while True:
            raw = blob.read(min(size, blob.size - at), at)
            cut = len(raw) if at + len(raw) >= blob.size else _cut(raw)
            if cut or size >= _MOST_OPEN:
                break
            size *= 2
        if not raw:
            break
        if not cut:
            cut = raw.rfind(b"\n") + 1 or len(raw)
        raw = raw[:cut]
        at += len(raw)
        yield RecordsPiece(
            place.source,
            place.part,
            raw,
            at - len(raw),
            dialect.columns,
            dialect.delimiter,
            place.at(at),
            at,
            blob.size,
        )
    yield place.finished(blob.size)


def _after_header(blob: Blob, dialect: Dialect, begin: int) -> int:
    """Where the first record begins. A header that is not the first line stays: it is one odd row among many."""
    if dialect.header != 0:
        return begin
    size = 64 << 10
    while True:
        raw = blob.read(min(size, blob.size - begin), begin)
        place = -1
        while (place := raw.find(b"\n", place + 1)) >= 0:
            if raw.count(b'"', 0, place) % 2 == 0:
                return begin + place + 1
        if begin + len(raw) >= blob.size:
            return blob.size
        if size >= 8 << 20:
            return begin
        size *= 2


def _cut(raw: bytes) -> int:
    """After the last line's end that no quotation mark holds; 0 where there is none near the end."""
    quotes = raw.count(b'"')
    place, later = len(raw), 0
    for _ in range(10_000):
        end = place
        place = raw.rfind(b"\n", 0, end)
        if place < 0:
            return 0
        later += raw.count(b'"', place, end)
        if (quotes - later) % 2 == 0:
            return place + 1
    return 0
