"""Rows of texts become batches of columns; says which row is the header and what the columns are called.

A row that is taken for a header is not scanned as data, so a doubtful row counts as data. Rows above the
header (a title) stay rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from .pieces import Limits, Place, TableBatch

_DATA = re.compile(r"[0-9]{5}|[@＠]|[0-9]{1,4}[-/.年][0-9]{1,2}[-/.月][0-9]|^[-+]?[0-9.,%￥¥]+$")
_HEAD = re.compile(
    r"姓名|名称|电话|手机|号码|证件|身份|地址|住址|编号|序号|代码|日期|时间|类型|类别|性别|年龄|单位|部门|备注|金额|"
    r"账号|卡号|邮箱|职务|"
    r"民族|学历|籍贯|状态|内容|标题|\b(?:id|no|name|phone|tel|mobile|mail|email|addr(?:ess)?|code|type|date|time|"
    r"status|remark|note|value|key)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./\-\[\]()]{0,63}")


def header_of(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Which of the first rows names the columns; None if none of them surely does."""
    width = max((len(row) for row in rows), default=0)
    for index, row in enumerate(rows[:6]):
        cells = [(cell or "").strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) * 2 < width or len(filled) < min(width, 2):
            if len(filled) <= 2 and width > 2:
                continue
            return None
        if len(set(filled)) < len(filled) or any(len(cell) > 64 or _DATA.search(cell) for cell in filled):
            return None
        named = any(_HEAD.search(cell.replace("_", " ")) for cell in filled)
        if (
            named
            or all(_IDENTIFIER.fullmatch(cell) for cell in filled)
            or _unlike(filled, rows[index + 1 : index + 20])
        ):
            return index
        return None
    return None


def _unlike(head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether the rows below hold numbers in most rows while the head holds none."""
    digits = sum(any(any(c.isdigit() for c in cell or "") for cell in row) for row in rows)
    return len(rows) >= 2 and digits >= len(rows) * 0.8 and not any(c.isdigit() for cell in head for c in cell)


def names_of(header: Sequence[str | None] | None, width: int) -> tuple[str, ...]:
    """Column names, each once: the header's, 列1, 列2 … where it has none, 姓名_2 for the second 姓名."""
    names: dict[str, None] = {}
    for number in range(max(width, len(header or ()))):
        wanted = ((header[number] or "").strip() if header and number < len(header) else "") or f"列{number + 1}"
        name, again = wanted, 1
        while name in names:
            again += 1
            name = f"{wanted}_{again}"
        names[name] = None
    return tuple(names)


def in_columns(
    names: tuple[str, ...], rows: Sequence[Sequence[str | None]]
) -> tuple[tuple[str, ...], dict[str, list[str | None]]]:
    """Rows turned into columns. Longer rows add columns 列n, shorter ones are filled up with None."""
    turned: list[list[str | None]] = [list(column) for column in zip_longest(*rows)]
    if len(turned) > len(names):
        names = names_of([*names, *[None] * (len(turned) - len(names))], len(turned))
    turned += [[None] * len(rows) for _ in range(len(names) - len(turned))]
    return names, dict(zip(names, turned, strict=True))


@dataclass(slots=True)
class Batches:
    """Makes batches of one table, within the limits of rows and characters."""

    place: Place
    limits: Limits
    columns: tuple[str, ...]
    total: int | None = None
    comments: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    keyed: bool = True
    storage: str = ""

    def batch(self, rows: Sequence[Sequence[str | None]], first_row: int, state: Any, done: int) -> TableBatch:
        names, values = in_columns(self.columns, rows)
        return TableBatch(
            self.place.source, self.place.part, names, self.comments, self.types, values, first_row, len(rows),
            self.place.at(state), done, self.total,
            self.keyed, self.storage,
        )  # fmt: skip

    def record_batch(self, values: Any, first_row: int, state: Any, done: int) -> TableBatch:
        """From a pyarrow RecordBatch of string columns."""
        return TableBatch(
            self.place.source,
            self.place.part,
            self.columns,
            self.comments,
            self.types,
            values,
            first_row,
            values.num_rows,
            self.place.at(state),
            done,
            self.total,
        )

    def portions(self, rows: Iterable[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
        """The rows in lists that keep to the limits."""
        kept: list[Sequence[str | None]] = []
        size = 0
        for row in rows:
            kept.append(row)
            size += 64 + sum(map(len, filter(None, row))) + 8 * len(row)
            if len(kept) >= self.limits.rows or size >= self.limits.batch_bytes:
                yield kept
                kept, size = [], 0
        if kept:
            yield kept
