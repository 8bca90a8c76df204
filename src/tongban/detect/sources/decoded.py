"""Text as characters: files in UTF-16 and GB18030 (and UTF-8 when asked), and the text that documents are made of.

A piece owns what stands between two cuts and shows up to `overlap` characters of both neighbours, so that an identifier
over a cut is seen whole by the piece that owns its first character. Cuts lie at line ends where there are some.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Any

from .blobs import Blob
from .pieces import Limits, Pieces, Place, TextPiece

_LINE_END = {"utf-16-le": b"\n\x00", "utf-16-be": b"\x00\n"}


def read_encoded(blob: Blob, place: Place, limits: Limits, state: Any, encoding: str, begin: int = 0) -> Pieces:
    """A file in one of the four encodings; wrong bytes become U+FFFD.

    The state is [byte where the last piece's own part began, byte after it, character after it].
    """
    before, at, offset = state if state is not None else (begin, begin, 0)
    context = _owned(blob, encoding, before, at)[-limits.overlap :] if at > before else ""
    while at < blob.size:
        raw = blob.read(min(limits.text_bytes, blob.size - at), at)
        if not raw:
            break
        end = at + len(raw)
        if end < blob.size:
            raw = raw[: _cut(raw, encoding)]
            end = at + len(raw)
        text = raw.decode(encoding, "replace")
        following = (
            _beginning(blob.read(limits.overlap * 4, end), encoding)[: limits.overlap] if end < blob.size else ""
        )
        offset += len(text)
        state = [at, end, offset]
        owned_from, owned_until = len(context), len(context) + len(text)
        shown = offset - len(text) - owned_from
        yield TextPiece(
            place.source,
            place.part,
            context + text + following,
            shown,
            owned_from,
            owned_until,
            place.at(state),
            end,
            blob.size,
        )
        context = text[-limits.overlap :]
        at = end
    yield place.finished(at)


def _owned(blob: Blob, encoding: str, begin: int, end: int) -> str:
    return blob.read(end - begin, begin).decode(encoding, "replace")


def _beginning(raw: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(raw)


def _cut(raw: bytes, encoding: str) -> int:
    """Where to cut a block: after its last line end in the second half, else after a space, else
    after a whole character."""
    half = len(raw) // 2
    wide = encoding.startswith("utf-16")
    line = _LINE_END.get(encoding, b"\n")
    for mark in (line, line.replace(b"\n", b" ")):
        place = raw.rfind(mark, half)
        while place >= half and wide and place % 2:
            place = raw.rfind(mark, half, place + 1)
        if place >= half and place > 0:
            return place + len(mark)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decoder.decode(raw)
    pending = decoder.getstate()[0]
    return len(raw) - len(pending) if len(pending) < len(raw) else len(raw)


def read_chunks(chunks: Iterable[str], place: Place, limits: Limits, state: Any, total: int | None = None) -> Pieces:
    """Text that comes in chunks of any size, as pieces. The state is the character after the piece's own part.

    Going on from a state reads the chunks before it again, and gives the same pieces as the first time.
    """
    offset, context, rest = 0, "", ""
    resumed = int(state) if state is not None else 0
    for chunk in _grown(chunks, limits.text_bytes // 2):
        rest += chunk
        while len(rest) > limits.text_bytes // 2 + limits.overlap:
            cut = _cut_text(rest, limits.text_bytes // 2)
            text, rest = rest[:cut], rest[cut:]
            offset += cut
            if offset > resumed:
                yield _piece(place, context, text, rest[: limits.overlap], offset, total)
            context = text[-limits.overlap :]
    if rest:
        offset += len(rest)
        if offset > resumed:
            yield _piece(place, context, rest, "", offset, total)
    yield place.finished(None)


def _grown(chunks: Iterable[str], size: int) -> Iterator[str]:
    """Small chunks gathered, large ones as they are."""
    parts: list[str] = []
    length = 0
    for chunk in chunks:
        parts.append(chunk)
        length += len(chunk)
        if length >= size:
            yield "".join(parts)
            parts, length = [], 0
    if parts:
        yield "".join(parts)


def _cut_text(text: str, until: int) -> int:
    for mark in ("\n", "。", "\t", " "):
        place = text.rfind(mark, until // 2, until)
        if place >= 0:
            return place + 1
    return until


def _piece(place: Place, context: str, text: str, following: str, end: int, total: int | None) -> TextPiece:
    shown = end - len(text) - len(context)
    whole = context + text + following
    return TextPiece(
        place.source, place.part, whole, shown, len(context), len(context) + len(text), place.at(end), end, total
    )
