"""Reads a CSV too large for the memory row by row from its file; an XLSX as ever (a sheet has a million rows at most).

The same rows, lines and errors as `read_table`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path

from .encodings import encoding_of
from .reading import columned, csv_lines, read_table

PIECE = 1 << 20


def stream_table(path: Path, headings: Mapping[str, str] | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV or an XLSX, one at a time. Raises UnreadableTable, at the row where it is found."""
    with path.open("rb") as file:
        workbook = file.read(4) == b"PK\x03\x04"
    if workbook:
        yield from read_table(path.read_bytes(), headings)
        return
    with path.open(encoding=_encoding(path), errors="tongban.tables", newline="") as text:
        yield from columned(csv_lines(line.replace("\x00", "") for line in text), headings or {})


def _encoding(path: Path) -> str:
    """As `encoding_of` says; the whole file is held only where it is no right UTF-8."""
    with path.open("rb") as file:
        if file.read(4).startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            file.seek(0)
            return encoding_of(file.read(4) + b"\n\n")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return encoding_of(path.read_bytes())
    return "utf-8"
