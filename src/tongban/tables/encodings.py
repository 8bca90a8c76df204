"""Finds the encoding of a table from the whole file, and reads it so that one broken row spoils no other.

Encodings are never mixed: a file has one. Bytes that are none in it become BROKEN where they stood.
"""

from __future__ import annotations

import codecs

from .errors import UnreadableTable

BROKEN = "\udcff"
"""Where bytes could not be read. No encoding yields it, so that a U+FFFD that stood in the file is not taken for it; no
encoding writes it either, so that it cannot be stored unseen."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SURE = 0.9
"""From this share of lines on that are right UTF-8 (of those with more than ASCII) a file is UTF-8 with broken lines,
even where it happens to be right GB18030: text in GB18030 is right UTF-8 by chance in single short lines alone."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return BROKEN, error.end


codecs.register_error("tongban.tables", _mark)


def encoding_of(raw: bytes) -> str:
    """The encoding of the text: what its mark says; else UTF-8 or GB18030, whichever reads it; else the one in which
    fewer lines are broken."""
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return encoding
    if _reads(raw, "utf-8"):
        return "utf-8"
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    right = sum(_reads(line, "utf-8") for line in lines)
    if right >= SURE * len(lines):
        return "utf-8"
    if _reads(raw, "gb18030"):
        return "gb18030"
    return "utf-8" if right >= sum(_reads(line, "gb18030") for line in lines) else "gb18030"


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decoded(raw: bytes) -> str:
    """The text of a file, BROKEN where bytes mean nothing. Raises UnreadableTable where more than half of its lines are
    broken: then it is no such text at all."""
    text = raw.decode(encoding_of(raw), errors="tongban.tables")
    if BROKEN in text:
        lines = [line for line in text.split("\n") if line.strip()]
        if 2 * sum(BROKEN in line for line in lines) > len(lines):
            raise UnreadableTable("encoding")
    return text
