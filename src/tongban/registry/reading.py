"""Reads a table of the registry from a file: the headings that are accepted, and what is wrong with a file in words.

Not for files as such (`tongban.tables`), nor for what the cells mean (`tables.py`).
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban import tables
from tongban.tables import Rows

MOST_ROWS = 200_000
HEADERS = {
    "代码": "code", "名称": "name", "英文名称": "name_en", "级别": "level", "上级": "parent", "上级单位": "parent",
    "上级事项": "parent",
    "行政区划": "place", "地点": "place", "统筹": "coordinating", "统筹分办单位": "coordinating", "监督": "oversight",
    "监督单位": "oversight",
    "电话": "phone", "地址": "address", "起始日期": "since", "终止日期": "until", "说明": "description",
    "行为": "conduct",
    "反映单位或工作人员行为": "conduct", "复核": "second_eyes", "答复须经复核": "second_eyes", "可公开": "publishable",
    "保存天数": "retention_days",
    "启用": "active", "单位": "unit", "责任单位": "unit", "事项": "matter", "责任": "role", "依据": "basis",
    "环节": "step", "天数": "days",
    "计算方式": "unit", "可信度": "trust", "日期": "date", "上班": "working",
    "原单位": "unit", "承继单位": "successor", "适用的件": "kinds",
}  # fmt: skip
"""Headings that are accepted besides the names of the columns."""
WORDS = {
    "empty": gettext_noop("文件是空的。"),
    "encoding": gettext_noop("文字编码不是 UTF-8、UTF-16 或 GB18030。"),
    "twice": gettext_noop("表头里“%(name)s”出现了两次。"),
    "rows": gettext_noop("文件超过 %(most)d 行，请分开导入。"),
    "csv": gettext_noop("第 %(line)d 行不是正确的 CSV：%(error)s"),
    "quote": gettext_noop("第 %(line)d 行起的引号没有结束，后面的内容无法分行。"),
    "workbook": gettext_noop("工作簿打不开。"),
}
"""What `tables.UnreadableTable.problem` says."""


class UnreadableTable(ValueError):
    """The file is no CSV or XLSX with the columns of the table; the message says what is wrong."""


def read_table(raw: bytes) -> Rows:
    """(line, row) of a CSV or an XLSX; the header is line 1, empty lines are left out. Raises UnreadableTable."""
    try:
        return tables.read_table(raw, HEADERS, MOST_ROWS)
    except tables.UnreadableTable as unreadable:
        raise UnreadableTable(_(WORDS[unreadable.problem]) % unreadable.facts) from None
