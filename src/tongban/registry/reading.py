"""Reads and writes the files that tables travel in: CSV (UTF-8, UTF-16 or GB18030) and XLSX. No Django models.

Any bytes end in rows or in UnreadableTable, never in another error. Not for what the cells mean: `tables.py`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

MOST_ROWS = 200_000
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet program would take for a formula; such a cell travels behind an apostrophe."""

Rows = list[tuple[int, dict[str, str]]]

HEADERS = {
    "代码": "code", "名称": "name", "英文名称": "name_en", "级别": "level", "上级": "parent", "上级单位": "parent", "上级事项": "parent",
    "行政区划": "place", "地点": "place", "统筹": "coordinating", "统筹分办单位": "coordinating", "监督": "oversight", "监督单位": "oversight",
    "电话": "phone", "地址": "address", "起始日期": "since", "终止日期": "until", "说明": "description", "行为": "conduct",
    "反映单位或工作人员行为": "conduct", "复核": "second_eyes", "答复须经复核": "second_eyes", "可公开": "publishable", "保存天数": "retention_days",
    "启用": "active", "单位": "unit", "责任单位": "unit", "事项": "matter", "责任": "role", "依据": "basis", "环节": "step", "天数": "days",
    "计算方式": "unit", "可信度": "trust", "日期": "date", "上班": "working",
}  # fmt: skip
"""Headings that are accepted besides the names of the columns."""


class UnreadableTable(ValueError):
    """The file is no CSV or XLSX with the columns of the table; the message says what is wrong."""


def read_table(raw: bytes) -> Rows:
    """(line, row) of a CSV or an XLSX; the header is line 1, empty lines are left out. Raises UnreadableTable."""
    lines = _xlsx(raw) if raw[:4] == b"PK\x03\x04" else _csv(raw)
    header: list[str] = []
    for _line, cells in lines:
        header = [HEADERS.get(name.strip(), name.strip().lower()) for name in cells]
        break
    if not any(header):
        raise UnreadableTable(_("文件是空的。"))
    for name in header:
        if name and header.count(name) > 1:
            raise UnreadableTable(_("表头里“%(name)s”出现了两次。") % {"name": name})
    rows: Rows = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            raise UnreadableTable(_("文件超过 %(most)d 行，请分开导入。") % {"most": MOST_ROWS})
        rows.append((line, {name: _plain(cells[at]) if at < len(cells) else "" for at, name in enumerate(header) if name}))
    return rows


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _csv(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16", "gb18030") if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableTable(_("文字编码不是 UTF-8、UTF-16 或 GB18030。"))
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableTable(_("第 %(line)d 行不是正确的 CSV：%(error)s") % {"line": line, "error": error}) from None


def _xlsx(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            sheet = book.active
            if sheet is None:
                return
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > MOST_ROWS + 2:
                    return
                yield number, [_cell(cell) for cell in cells]
        finally:
            book.close()
    except UnreadableTable:
        raise
    except Exception as error:
        raise UnreadableTable(_("工作簿打不开。")) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV that a spreadsheet program opens (UTF-8 with mark); a cell that looks like a formula gets an apostrophe, which
    reading takes off again."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([f"'{cell}" if FORMULA.match(cell) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


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


ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
