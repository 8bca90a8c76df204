"""CSV and TSV: the delimiter and the header are recognised, quoted line ends and ragged rows kept, nothing left out.

Blocks of whole records are parsed by pyarrow where it is installed and the block is regular, else by the csv module.
The state is [byte where a block begins, rows of it already given, number of the next row]. A quotation mark that isn't
closed within a block is a character like others there; a line longer than a block comes as rows of one value.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .blobs import Blob
from .pieces import Limits, Pieces, Place
from .raw import LOOK, cut_of
from .rows import Batches, header_of, names_of

_END = "tongban:end-of-block"
_MARKS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: its delimiter, the mark that ends lines, its columns, and which
    of its rows is the header."""

    delimiter: str
    line_end: str
    columns: tuple[str, ...]
    header: int | None


def dialect_of(blob: Blob, encoding: str, begin: int) -> Dialect | None:
    """How the table is written, or None for what is no table. A file called .csv or .tsv is believed sooner."""
    raw = blob.read(min(LOOK, blob.size - begin), begin)
    if b"\n" not in raw and b"," in raw:  # thousands of columns
        raw = blob.read(min(16 * LOOK, blob.size - begin), begin)
    text = raw[: len(raw) & ~1 if encoding.startswith("utf-16") else len(raw)].decode(encoding, "ignore")
    line_end = "\n" if "\n" in text or "\r" not in text or encoding.startswith("utf-16") else "\r"
    text = text if line_end == "\n" else text.replace("\r", "\n")
    if begin + len(raw) < blob.size:
        text = text[: text.rfind("\n") + 1]
    text = text.replace("\x00", " ")
    named = blob.name.lower().endswith((".csv", ".tsv", ".tab"))
    best: tuple[float, list[list[str]], str] | None = None
    for mark in _MARKS:
        rows = _sampled(text, mark)
        widths = Counter(map(len, rows))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = count / len(rows) if width > 1 and (len(rows) >= 3 or named) else 0.0
        if score and (best is None or (score, width) > (best[0], len(best[1][0]))):
            best = (score, rows, mark)
    if best is None or best[0] < (0.4 if named else 0.9):
        if not named or not text.strip():
            return None
        best = (0.0, _sampled(text, "\t" if blob.name.lower().endswith("tsv") else ","), ",")
    rows = best[1]
    header = header_of(rows)
    usual = Counter(map(len, rows)).most_common(1)[0][0] if rows else 1
    width = max(usual, len(rows[header])) if header is not None else usual
    return Dialect(best[2], line_end, names_of(rows[header] if header is not None else None, width), header)


def _sampled(text: str, mark: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=mark):
            if row:
                rows.append(row)
            if len(rows) >= 60:
                break
    except csv.Error:
        pass
    return rows


def read_delimited(
    blob: Blob, place: Place, limits: Limits, state: Any, dialect: Dialect, encoding: str, begin: int
) -> Pieces:
    """The rows of a table in batches."""
    at, given, row = state if state is not None else (begin, 0, 0)
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.block_bytes))
    batches = Batches(place, limits, dialect.columns, blob.size)
    while at < blob.size:
        raw = blob.read(min(limits.block_bytes, blob.size - at), at)
        if not raw:
            break
        whole, ends = _lines(raw, encoding, dialect.line_end, at + len(raw) >= blob.size)
        header = dialect.header if at == begin else None
        table = _by_arrow(whole, dialect, header, encoding) if ends else None
        if table is not None:
            used = len(whole)
            for values in table.slice(given).to_batches(max_chunksize=limits.rows):
                given, row = given + values.num_rows, row + values.num_rows
                yield batches.record_batch(values, row - values.num_rows, [at, given, row], at + used)
        else:
            rows, used = (
                _by_csv(whole, dialect, encoding) if ends else ([[whole.decode(encoding, "replace")]], len(whole))
            )
            if header is not None and header < len(rows):
                del rows[header]
            for portion in batches.portions(rows[given:]):
                given, row = given + len(portion), row + len(portion)
                yield batches.batch(portion, row - len(portion), [at, given, row], at + used)
        at, given = at + used, 0
    yield place.finished(at, row)


def _lines(raw: bytes, encoding: str, line_end: str, last: bool) -> tuple[bytes, bool]:
    """The whole lines at the beginning of a block, and True; or, of a line without an end, what
    can be cut off, and False."""
    if last:
        return raw, True
    mark = line_end.encode(encoding)
    place = raw.rfind(mark)
    while place > 0 and place % len(mark):
        place = raw.rfind(mark, 0, place + len(mark) - 1)
    if place >= 0:
        return raw[: place + len(mark)], True
    if encoding == "utf-8":
        return raw[: len(raw) - min(LOOK, len(raw)) + cut_of(raw[-LOOK:])], False
    return raw[: len(raw) & ~1], False


def _by_arrow(raw: bytes, dialect: Dialect, header: int | None, encoding: str) -> Any | None:
    """The block as a pyarrow Table of strings; None if it isn't regular or pyarrow isn't there."""
    try:
        import pyarrow as pa
        from pyarrow import csv as arrow
    except ImportError:
        return None
    if encoding != "utf-8":
        try:
            raw = raw.decode(encoding).encode()
        except UnicodeError:
            return None
    quotes = raw.count(b'"')
    if quotes % 2 or dialect.line_end != "\n" or b"\x00" in raw:
        return None
    text = pa.string()
    try:
        table = arrow.read_csv(
            pa.BufferReader(raw),
            arrow.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=dialect.columns),
            arrow.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=quotes > 0),
            arrow.ConvertOptions(column_types=dict.fromkeys(dialect.columns, text), strings_can_be_null=False),
        )
    except pa.ArrowException:
        return None
    if header is not None:
        table = pa.concat_tables([table.slice(0, header), table.slice(header + 1)])
    return table.combine_chunks()


def _by_csv(raw: bytes, dialect: Dialect, encoding: str) -> tuple[list[list[str]], int]:
    """The rows of whole records in the block, and how many bytes they take."""
    text = raw.decode(encoding, "replace")
    if dialect.line_end == "\r":
        text = text.replace("\r", "\n")
    try:
        rows = list(csv.reader(_with_end(text), delimiter=dialect.delimiter))
    except csv.Error:
        return _unquoted(text.replace("\r\n", "\n").replace("\r", "\n"), dialect), len(raw)
    last = rows.pop()
    if last == [_END]:
        return [row for row in rows if row], len(raw)
    open_lines = sum(cell.count("\n") for cell in last)
    lines = text.count("\n") + (0 if text.endswith("\n") else 1)
    closed = lines - open_lines
    used = _bytes_of(raw, dialect.line_end.encode(encoding), closed)
    if closed <= 0 or used <= 0:
        return _unquoted(text, dialect), len(raw)
    return [row for row in rows if row], used


def _with_end(text: str) -> Iterator[str]:
    yield from io.StringIO(text if text.endswith("\n") else text + "\n", newline="\n")
    yield _END


def _unquoted(text: str, dialect: Dialect) -> list[list[str]]:
    return [
        row
        for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
        if row
    ]


def _bytes_of(raw: bytes, mark: bytes, lines: int) -> int:
    """The length of the first `lines` lines."""
    place = 0
    for _ in range(lines):
        found = raw.find(mark, place)
        while found >= 0 and (found - 0) % len(mark):
            found = raw.find(mark, found + 1)
        if found < 0:
            return 0
        place = found + len(mark)
    return place
