"""Writes the files that tables travel in; what a spreadsheet program would take for a formula is defused.

The one way in which this house writes CSV. Not for masked copies of other people's tables (`detect/copying.py`), which
change what they hide and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""What a spreadsheet program would take for a formula, in full width too (OWASP, CSV Injection); such a cell travels
behind an apostrophe."""
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no cell of an XLSX may hold."""
PIECE = 60_000
"""Characters of a piece of CSV, and a row more."""
REPLACED = re.compile("[\ud800-\udfff]")


def defused(cell: object) -> str:
    """A cell as text; one that looks like a formula gets an apostrophe, which reading takes off again."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if FORMULA.match(text) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV piece by piece, every cell defused: for programs, and for more rows than one likes to hold at once."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
        if out.tell() > PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """CSV that a spreadsheet program opens (UTF-8 with mark), every cell defused."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def rejected_csv(rejected: Sequence[tuple[int, str, Mapping[str, str]]]) -> bytes:
    """Rows that were not taken, as (line, reason, values): the same columns with line and reason in front, to be mended
    and brought in again. Bytes that could not be read are U+FFFD."""
    names = list(dict.fromkeys(name for _line, _reason, values in rejected for name in values))
    rows = [["line", "reason", *names]]
    rows += ([str(line), reason, *(values.get(name, "") for name in names)] for line, reason, values in rejected)
    return csv_bytes([REPLACED.sub("\ufffd", cell) for cell in row] for row in rows)


def xlsx_bytes(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """An XLSX whose cells are all text, so that codes keep their zeros and nothing is computed."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=ILLEGAL.sub("", text))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
