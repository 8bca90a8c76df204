"""XLSX: every sheet as a table, row by row; the workbook is never in memory, but for its table of
strings, which is limited."""

from __future__ import annotations

import zipfile
from itertools import chain, islice
from typing import Any

from .pieces import DONE, Limits, Pieces, Place
from .rows import Batches, header_of, names_of
from .workbook import Rows, Workbook, workbook_of
from .xmltext import Doctype


def read_sheets(archive: zipfile.ZipFile, place: Place, limits: Limits, state: Any) -> Pieces:
    """The sheets of a workbook. The state is [sheet, rows given]; going on walks over the rows before it."""
    first, given = state if state is not None else (0, 0)
    for info in archive.infolist():
        if info.filename.endswith("sharedStrings.xml") and info.file_size > limits.xml_strings:
            yield place.skipped("too_large", more="sharedStrings.xml")
            return
        if info.file_size > limits.member_bytes or (
            info.file_size > limits.ratio_from and info.file_size > limits.ratio * info.compress_size
        ):
            yield place.skipped("ratio", more=info.filename)
            return
    try:
        book = workbook_of(archive)
    except Doctype:
        yield place.skipped("doctype")
        return
    for index, (title, name) in enumerate(book.sheets):
        if index < first or (index == first and given == DONE):
            continue
        part = place.inside(title, lambda rest, index=index: [index, rest])  # type: ignore[misc]
        try:
            yield from _sheet(archive, name, book, part, limits, given if index == first else 0)
        except Doctype:
            yield part.skipped("doctype")
        except RuntimeError:
            yield part.skipped("encrypted")
        except Exception as error:  # whatever a damaged sheet raises: the others are read
            yield part.skipped("damaged", more=type(error).__name__)
    yield place.finished(None)


def _sheet(archive: zipfile.ZipFile, name: str, book: Workbook, place: Place, limits: Limits, given: int) -> Pieces:
    rows = Rows(archive, name, book, limits.columns)
    coming = iter(rows)
    head = list(islice(coming, 30))
    if not head:
        yield place.finished(None, 0)
        return
    header = header_of(head)
    batches = Batches(
        place, limits, names_of(head[header] if header is not None else None, max(map(len, head))), rows.count
    )
    if header is not None:
        del head[header]
    row = given
    for portion in batches.portions(islice(chain(head, coming), given, None)):
        row += len(portion)
        yield batches.batch(portion, row - len(portion), row, row)
    yield place.finished(None, row)
