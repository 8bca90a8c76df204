"""Reads the rows of a CSV or an XLSX, each with its line. Any bytes end in rows or in UnreadableTable.

A row whose bytes could not be read is a row like others, with BROKEN in its cells: who takes rows in asks
`broken_columns` and rejects it with its line, and the rest is kept. Not for what the cells mean.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from .encodings import BROKEN, decoded
from .errors import UnreadableTable
from .writing import FORMULA

Rows = list[tuple[int, dict[str, str]]]
LONGEST_CELL = 10_000_000
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))


def read_table(raw: bytes, headings: Mapping[str, str] | None = None, most: int | None = None) -> Rows:
    """(line, row) of a CSV or an XLSX; the header is line 1, empty lines are left out. `headings`: other headings of
    columns than their names. An apostrophe that `defused` set before a formula is taken off. Raises UnreadableTable,
    also for more than `most` rows."""
    lines = _xlsx(raw, most) if raw[:4] == b"PK\x03\x04" else _csv(raw)
    rows: Rows = []
    for row in columned(lines, headings or {}):
        if most is not None and len(rows) == most:
            raise UnreadableTable("rows", most=most)
        rows.append(row)
    return rows


def columned(
    lines: Iterator[tuple[int, list[str]]], headings: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of cells, the first of them the header, as (line, row); empty ones left out."""
    header = _header(next(lines, (1, []))[1], headings)
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            yield line, {name: _plain(cells[at]) if at < len(cells) else "" for at, name in enumerate(header) if name}


def _header(cells: list[str], headings: Mapping[str, str]) -> list[str]:
    words = [cell.strip().replace(BROKEN, "\ufffd") for cell in cells]
    header = [headings.get(word) or word.lower() for word in words]
    if not any(header):
        raise UnreadableTable("empty")
    for name in header:
        if name and header.count(name) > 1:
            raise UnreadableTable("twice", name=name)
    return header


def broken_columns(values: Mapping[str, str]) -> list[str]:
    """The columns of a row in which bytes could not be read."""
    return [name for name, cell in values.items() if BROKEN in cell]


def readable(values: Mapping[str, str]) -> dict[str, str]:
    """A row as it can be shown and stored: U+FFFD where bytes could not be read."""
    return {name: cell.replace(BROKEN, "\ufffd") for name, cell in values.items()}


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _csv(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    return csv_lines(io.StringIO(decoded(raw).replace("\x00", ""), newline=""))


def csv_lines(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV from the lines of its text, each with the line at which it begins."""
    over = False

    def each() -> Iterator[str]:
        nonlocal over
        yield from lines
        over = True

    reader = csv.reader(each())
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableTable("csv", line=line, error=error) from None
        if over:  # the row asked for one more line: a quotation mark swallows the rest of the file
            raise UnreadableTable("quote", line=line)
        yield line, cells


def _xlsx(raw: bytes, most: int | None) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            sheet = book.active
            if sheet is None:
                return
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if most is not None and number > most + 2:
                    return
                yield number, [_cell(cell) for cell in cells]
        finally:
            book.close()
    except Exception as error:
        raise UnreadableTable("workbook") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime) else str(value)
