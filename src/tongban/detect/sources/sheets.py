"""XLSX: every sheet as a table, row by row; the workbook is never in memory, but for its table of strings, which is limited.

Read with openpyxl after every XML part has been looked at for a DOCTYPE.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import chain, islice
from typing import IO, Any

import openpyxl

from .pieces import DONE, Limits, Pieces, Place
from .rows import Batches, header_of, names_of
from .xmltext import Doctype, refuse_doctype


def read_sheets(archive: zipfile.ZipFile, path: str, place: Place, limits: Limits, state: Any) -> Pieces:
    """The sheets of a workbook. The state is [sheet, rows given]; going on walks over the rows before it."""
    first, given = state if state is not None else (0, 0)
    for info in archive.infolist():
        if not info.filename.endswith((".xml", ".rels")):
            continue
        if info.filename.endswith("sharedStrings.xml") and info.file_size > limits.xml_strings:
            yield place.skipped("too_large", more="sharedStrings.xml")
            return
        if info.file_size > limits.member_bytes or (info.file_size > limits.ratio_from and info.file_size > limits.ratio * info.compress_size):
            yield place.skipped("ratio", more=info.filename)
            return
        try:
            with archive.open(info) as stream:
                refuse_doctype(stream)
        except Doctype:
            yield place.skipped("doctype", more=info.filename)
            return
    with open(path, "rb") as file, closing(_book(file)) as book:
        for index, sheet in enumerate(book.worksheets):
            if index < first or (index == first and given == DONE):
                continue
            part = place.inside(sheet.title, lambda rest, index=index: [index, rest])  # type: ignore[misc]
            try:
                yield from _sheet(sheet, part, limits, given if index == first else 0)
            except Exception as error:  # whatever openpyxl raises on a damaged sheet: the others are read
                yield part.skipped("damaged", more=type(error).__name__)
        yield place.finished(None)


def _book(file: IO[bytes]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _sheet(sheet: Any, place: Place, limits: Limits, given: int) -> Pieces:
    total = sheet.max_row
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong, and every row would be filled up to it
    rows = (row for row in _texts(sheet) if row)
    head = list(islice(rows, 30))
    if not head:
        yield place.finished(None, 0)
        return
    header = header_of(head)
    width = max(map(len, head))
    batches = Batches(place, limits, names_of(head[header] if header is not None else None, width), total)
    if header is not None:
        del head[header]
    row = 0
    for portion in batches.portions(islice(chain(head, rows), given, None)):
        yield batches.batch(portion, given + row, given + row + len(portion), given + row + len(portion))
        row += len(portion)
    yield place.finished(None, given + row)


def _texts(sheet: Any) -> Iterator[Sequence[str | None]]:
    """The rows as texts, without empty cells at their ends."""
    for row in sheet.iter_rows(values_only=True):
        end = len(row)
        while end and row[end - 1] is None:
            end -= 1
        yield [cell if cell is None or type(cell) is str else shown(cell) for cell in row[:end]]


def shown(value: Any) -> str:
    """A cell as a person reads it: 13800000000 for 1.38E+10, 2026-01-31 for a date."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
