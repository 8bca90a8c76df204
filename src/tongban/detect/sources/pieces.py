"""The pieces that readers of files and databases give to a scanner, and the limits that they keep.

Every piece carries `at`, an opaque string: given back as `resume_at`, reading goes on after that piece. `done` of
`total` is the progress within the source, both in bytes for files and in rows (or pages of storage) for tables; `total`
is None when unknown. Not for finding anything: that is the engine's work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["columns", "records", "bytes", "text"]
"""records: as columns, but UTF-8 CSV and TSV as RecordsPiece. columns: what has columns comes as TableBatch, other
UTF-8 text as BytesPiece. bytes: UTF-8 CSV, TSV and JSON as BytesPiece too. text: as columns, but UTF-8 text as
TextPiece, with overlap. Text in other encodings, and of documents, is always TextPiece."""

DONE = "done"
"""The state of a reader that has nothing left to read."""

WHY: dict[str, str] = {
    "empty": "文件是空的",
    "unreadable": "无法打开或读取，请检查权限",
    "not_a_file": "不是普通文件，不读取",
    "symlink": "符号链接指向文件夹之外，不读取",
    "symlink_inside": "符号链接指向文件夹之内，目标另行读取",
    "binary": "不是文本，也不是能读取的格式",
    "unsupported": "暂不支持这种格式",
    "old_office": "旧版或加密的 Office 文件，请另存为 docx、xlsx 或 pptx",
    "damaged": "文件损坏或不完整，损坏之后的内容没有读取",
    "encrypted": "文件已加密，没有读取",
    "bomb": "压缩包展开后超过上限",
    "ratio": "压缩比异常，可能是压缩炸弹",
    "members": "压缩包内的文件数超过上限",
    "depth": "压缩包嵌套层数超过上限",
    "doctype": "XML 含有 DOCTYPE 声明，为安全起见不读取",
    "too_large": "超过大小上限，没有读取",
    "columns": "列数超过上限，改按纯文本读取",
    "structure": "JSON 不规范或单个值过大，余下部分改按纯文本读取",
    "rows": "含有不能解析的行，这些行按纯文本读取",
    "binary_column": "二进制列，没有读取",
    "long_value": "单个值超过上限，这一行没有读取",
    "no_text": "没有可提取的文字（可能是扫描件）",
    "timeout": "解析超时，余下部分没有读取",
    "memory": "解析所需内存超过上限，余下部分没有读取",
    "crashed": "解析程序异常退出，余下部分没有读取",
    "missing_extra": "缺少可选组件，请安装 tongban[scan]",
    "no_table": "没有这个表，或没有读取权限",
    "no_right": "没有读取这个表的权限",
    "not_a_table": "不是可直接读取的表（外部表或虚拟表），没有读取",
    "failed": "读取数据库出错，这个表余下的部分没有读取",
}
"""Why something was not read: a short key for machines and a sentence for people."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of a text, with the neighbours' characters at its borders.

    `offset` is the place of text[0] in the whole text, in characters. A finding counts if owned_from <= start <
    owned_until (characters in this piece): the owned parts of all pieces, put together, are the whole text.
    """

    source: str
    part: str
    text: str = field(repr=False)
    offset: int
    owned_from: int
    owned_until: int
    at: str
    done: int
    total: int | None

    @property
    def owned(self) -> str:
        return self.text[self.owned_from : self.owned_until]


@dataclass(frozen=True, slots=True)
class BytesPiece:
    """UTF-8 as it stands in the file, from byte `offset` of it. Cut where no identifier is cut; nothing
    overlaps, nothing is left out."""

    source: str
    part: str
    raw: bytes = field(repr=False)
    offset: int
    at: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class RecordsPiece:
    """Whole records of a delimited table in UTF-8, from byte `offset` of the file; the header is not among them."""

    source: str
    part: str
    raw: bytes = field(repr=False)
    offset: int
    columns: tuple[str, ...]
    delimiter: str
    at: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Rows of a table, column by column: `values` is a dict of lists of str or None, or a pyarrow
    RecordBatch of string columns.

    `first_row` is the number of its first row, from 0 (a header isn't counted). `types` are the declared types
    where there are some; a binary column stands in `types` and not in `columns`. `keyed`: whether `at` stays
    right when others write to the table; `storage`: another one where the table was written anew, so that an
    older `at` means nothing.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    comments: dict[str, str]
    types: dict[str, str]
    values: Any = field(repr=False)
    first_row: int
    rows: int
    at: str
    done: int
    total: int | None
    keyed: bool = True
    storage: str = ""

    @property
    def part(self) -> str:
        return self.table

    def column(self, name: str) -> list[str | None]:
        """The values of one column, whichever way they are kept."""
        if isinstance(self.values, dict):
            kept: list[str | None] = self.values[name]
            return kept
        listed: list[str | None] = self.values.column(self.columns.index(name)).to_pylist()
        return listed


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not read and why: `why` is a key of WHY, `words` the sentence for people, `more`
    what the sentence names."""

    source: str
    part: str
    why: str
    words: str
    at: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """A part was read to its end: how many bytes (files) or rows (tables), counted from its beginning."""

    source: str
    part: str
    bytes: int | None
    rows: int | None
    at: str


Piece = TextPiece | BytesPiece | RecordsPiece | TableBatch | Skipped | Finished
Pieces = Generator[Piece, None, None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reader may take. Bytes, characters, rows and seconds as named; `overlap` in characters, at
    least the longest identifier."""

    block_bytes: int = 4 << 20
    text_bytes: int = 1 << 20
    overlap: int = 256
    rows: int = 10_000
    batch_bytes: int = 16 << 20
    columns: int = 4_096
    record_bytes: int = 4 << 20
    cell_bytes: int = 64 << 20
    depth: int = 3
    members: int = 100_000
    member_bytes: int = 4 << 30
    expanded_bytes: int = 16 << 30
    ratio: int = 300
    ratio_from: int = 32 << 20
    xml_strings: int = 128 << 20
    pdf_seconds: int = 120
    pdf_memory: int = 1 << 30
    pdf_bytes: int = 256 << 20
    parquet_seconds: int = 120
    parquet_memory: int = 2 << 30

    def __post_init__(self) -> None:
        if min(self.block_bytes, self.text_bytes, self.overlap, self.rows, self.batch_bytes) < 1:
            raise ValueError("读取的各项上限至少为 1")


WRONG: dict[str, str] = {
    "target_exists": "目标已经存在，不覆盖",
    "json_by_value": "JSON 不能逐值遮盖；请先转成 CSV",
    "unreadable": "无法读取",
    "mask_sheets": "只能遮盖文本、CSV、Parquet 和数据库；请先把工作表另存为 CSV",
    "broken_rows": "表格中有不能解析的行，无法逐列遮盖；请先修正文件",
    "mask_kinds": "只能遮盖文本、CSV、Parquet 和数据库",
    "needs_parquet": "Parquet 需要可选组件：请安装 tongban[scan]",
    "no_parquet": "不是可以读取的 Parquet 文件",
    "empty_parquet": "空的 Parquet 文件",
    "unwritable": "无法写入",
    "needs_databases": "写入数据库需要可选组件：请安装 tongban[scan]",
    "target_refused": "无法连接目标数据库，请检查地址、驱动、用户名和密码",
    "table_exists": "目标数据库里已有同名的表，不覆盖",
    "cluster_all_rows": "Spark 和 Ray 扫描全部行：不支持 --sample 和 --table",
    "cluster_kinds": "Spark 和 Ray 只扫描 Parquet、带表头的 CSV 或 JSON 行文件，一次一种",
    "needs_spark": "没有安装 PySpark：请安装 tongban[spark]，它需要 Java 17",
    "spark_unreadable": "Spark 无法读取",
    "needs_ray": "没有安装 Ray：请安装 tongban[ray]",
    "ray_unreadable": "Ray 无法读取",
    "postgresql_refused": "无法连接 PostgreSQL 数据库，请检查地址、用户名、密码和权限",
    "wrong_place": "续读位置无效：请使用上次读取给出的 at",
    "not_found": "找不到文件或文件夹",
    "needs_reader": "读取这种数据库需要可选组件，请安装 tongban[scan]",
    "refused": "无法连接数据库，请检查地址、驱动、用户名和密码",
    "sample_size": "抽样行数至少为 1",
    "no_sqlite": "找不到 SQLite 文件",
    "broken_sqlite": "无法读取 SQLite 文件，它可能损坏或不是数据库",
    "needs_mysql": "读取 MySQL 需要可选组件，请安装 tongban[scan]",
    "mysql_refused": "无法连接 MySQL 数据库，请检查地址、用户名、密码和权限",
}
"""Why a source as a whole cannot be read, or a copy not be written."""


class SourceError(Exception):
    """A source as a whole cannot be read, or a copy not be written. `key` is one of WRONG, or of WHY where one part of
    it was left out; `more` names what it is about and never holds a password. As text it is Chinese;
    `reasons.wrong_words` has it in English."""

    def __init__(self, key: str, more: str = "") -> None:
        super().__init__((WRONG.get(key) or WHY[key]) + (f"：{more}" if more else ""))
        self.key, self.more = key, more

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, str]]:
        return SourceError, (self.key, self.more)  # else another process would be given the sentence as a key


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is: the names it puts on its pieces, and how its state becomes `at`."""

    source: str
    part: str
    wrap: Callable[[Any], Any]

    def at(self, state: Any) -> str:
        return json.dumps(self.wrap(state), ensure_ascii=True, separators=(",", ":"))

    def inside(self, name: str, wrap: Callable[[Any], Any]) -> Place:
        """The place of a part of this part; `wrap` turns the state of its reader into a state of this one's."""
        outer = self.wrap
        return Place(self.source, f"{self.part}!/{name}" if self.part else name, lambda state: outer(wrap(state)))

    def skipped(self, why: str, state: Any = DONE, more: str = "") -> Skipped:
        return Skipped(self.source, self.part, why, WHY[why] + (f"（{more}）" if more else ""), self.at(state), more)

    def finished(self, bytes_read: int | None, rows: int | None = None, state: Any = DONE) -> Finished:
        return Finished(self.source, self.part, bytes_read, rows, self.at(state))
