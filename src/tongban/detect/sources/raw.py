"""UTF-8 without conversion: blocks of the file as they stand, cut where no identifier is cut.

The place of a cut is looked for in the last 64 KiB of a block before the block is read, so every byte is copied once,
from the page cache into the piece. Not for other encodings: see decoded.py.
"""

from __future__ import annotations

import re
from typing import Any

from .blobs import Blob
from .pieces import BytesPiece, Limits, Pieces, Place

LOOK = 64 << 10
_STOPS = re.compile(rb".*(?:\xe3\x80\x82|\xef\xbc(?:\x81|\x9b|\x9f)|[\r}>;])", re.DOTALL)
_CHINESE = re.compile(rb".+[\xe4-\xe9]", re.DOTALL)
_PAUSES = re.compile(rb".*[\]\",|\t]", re.DOTALL)


def cut_of(tail: bytes) -> int:
    """How many bytes of the end of a block belong to it: up to a line's end, else a sentence's, else before a Chinese
    character, else after a quotation mark or comma, else a space, else a whole character; never 0."""
    line = tail.rfind(b"\n") + 1
    if line:
        return line
    for pattern in (_STOPS, None, _PAUSES):
        if pattern is None:
            place = _before_chinese(tail)
        else:
            match = pattern.match(tail)
            place = match.end() if match else 0
        if place:
            return place
    return tail.rfind(b" ") + 1 or _whole(tail)


def _before_chinese(tail: bytes) -> int:
    match = _CHINESE.match(tail)
    return match.end() - 1 if match else 0


def _whole(tail: bytes) -> int:
    """The length without a character that the end cuts in two."""
    for back in range(1, min(4, len(tail)) + 1):
        byte = tail[-back]
        if byte < 0x80:
            return len(tail)
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(tail) - back if back < need and back < len(tail) else len(tail)
    return len(tail)


def read_raw(blob: Blob, place: Place, limits: Limits, state: Any, begin: int = 0) -> Pieces:
    """The bytes of a UTF-8 file from `begin` on; the state is the byte after the piece."""
    at = int(state) if state is not None else begin
    while at < blob.size:
        end = at + limits.block_bytes
        if end < blob.size:
            look = min(LOOK, limits.block_bytes)
            end = end - look + cut_of(blob.read(look, end - look))
        raw = blob.read(min(end, blob.size) - at, at)
        if not raw:
            break
        at += len(raw)
        yield BytesPiece(place.source, place.part, raw, at - len(raw), place.at(at), at, blob.size)
    yield place.finished(at)
