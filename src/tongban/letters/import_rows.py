"""Reads the rows of a file of letters, CSV in the encodings of this country or XLSX. Not for judging them: `importing.py`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

REQUIRED = ("id", "subject", "sent_at", "body")
csv.field_size_limit(10_000_000)


class UnreadableFile(ValueError):
    """The file is no CSV or XLSX with the columns that are needed."""


@dataclass(frozen=True)
class Row:
    """One row with its line number in the file (the header is line 1)."""

    line: int
    values: Mapping[str, str]


def decode(raw: bytes) -> str:
    """Text of a CSV: UTF-8 with or without mark, UTF-16 with mark, else GB18030. Raises UnreadableFile."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("the text is neither UTF-8, UTF-16 nor GB18030")


def read_rows(path: Path) -> list[Row]:
    """All rows of a file. Raises UnreadableFile, FileNotFoundError."""
    raw = path.read_bytes()
    if raw[:4] == b"PK\x03\x04":
        table = _xlsx(raw)
    else:
        reader = csv.reader(io.StringIO(decode(raw).replace("\x00", ""), newline=""))
        table = _numbered(reader)
    try:
        _line, header = next(table)
    except StopIteration:
        raise UnreadableFile("the file is empty") from None
    names = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UnreadableFile(f"columns missing: {', '.join(missing)}")
    rows = []
    for line, cells in table:
        if any(cell.strip() for cell in cells):
            rows.append(Row(line, {name: cells[i] if i < len(cells) else "" for i, name in enumerate(names) if name}))
    return rows


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(f"line {reader.line_num}: {error}") from None
        yield start, cells


def _xlsx(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True).active
    except Exception as error:
        raise UnreadableFile("the workbook cannot be read") from error
    if sheet is None:
        raise UnreadableFile("the workbook has no sheet")
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, ["" if cell is None else cell.isoformat() if isinstance(cell, datetime) else str(cell) for cell in cells]
