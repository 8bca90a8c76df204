"""JSON and JSON lines: nested keys become column paths, `a.b[].c`; each object or element is a row.

Several values of one array stand in one cell, one a line. The elements of a long array, at the top or one key below it, are read one by one. A
document that is no proper JSON, or has an element over `record_bytes`, goes on as plain text from there, so nothing is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from .blobs import Blob
from .pieces import DONE, Limits, Pieces, Place
from .raw import read_raw
from .rows import Batches

_LONE = re.compile("[\ud800-\udfff]")
_MORE = "…"
_CELLS = 2_000_000
"""Cells of a batch: rows whose keys all differ would make it wide."""
_SPACE = b" \t\r\n"


def form_of(blob: Blob, begin: int) -> str:
    """jsonl, json, or empty for what is neither. UTF-8 only."""
    head = blob.read(min(64 << 10, blob.size - begin), begin)
    stripped = head.lstrip()
    if stripped[:1] not in (b"{", b"["):
        return ""
    lines = [line for line in head.split(b"\n")[:3] if line.strip()]
    whole = lines if len(head) + begin >= blob.size or b"\n" in head else []
    if whole and _parses(whole[0]) and (len(whole) == 1 or whole[1].lstrip()[:1] in (b"{", b"[")) and (len(whole) > 1 or stripped[:1] == b"{"):
        return "jsonl"
    return "json" if re.match(rb"\s*(?:\[\s*(?:[\[{\"\]]|-?[0-9]|true|false|null)|\{\s*[\"}])", head) else ""


def _parses(line: bytes) -> bool:
    try:
        loaded(line)
    except ValueError:
        return False
    return True


def loaded(raw: bytes) -> Any:
    """One JSON value; lone surrogates, which orjson refuses, become U+FFFD later. ValueError for what is no JSON or too deep."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return json.loads(raw.decode("utf-8", "replace"), parse_constant=str)
        except RecursionError as error:
            raise ValueError("too deep") from error


def flat(value: Any, path: str, into: dict[str, list[str | None]], depth: int = 0) -> None:
    """Puts the values of a JSON value under their paths."""
    if isinstance(value, dict) and depth < 32:
        for key, inner in value.items():
            flat(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
    elif isinstance(value, list) and depth < 32:
        for inner in value:
            flat(inner, f"{path}[]", into, depth + 1)
    else:
        into.setdefault(path or "value", []).append(_shown(value))


def _shown(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\ufffd", value)
    if value is None:
        return None
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def row_of(value: Any, limits: Limits, prefix: str = "") -> dict[str, str | None]:
    """One row: path to value. Columns past the limit are put together into one."""
    if isinstance(value, dict) and not prefix:
        row: dict[str, str | None] = {}
        for key, inner in value.items():
            if type(inner) is str and inner.isascii():
                row[key] = inner
            elif inner is None or isinstance(inner, str | int | float):
                row[key] = _shown(inner)
            else:
                break
        else:
            return row if len(row) <= limits.columns else _narrowed(row, limits.columns)
    found: dict[str, list[str | None]] = {}
    flat(value, prefix, found)
    row = {path: cells[0] if len(cells) == 1 else "\n".join(cell for cell in cells if cell is not None) for path, cells in found.items()}
    return row if len(row) <= limits.columns else _narrowed(row, limits.columns)


def _narrowed(row: dict[str, str | None], columns: int) -> dict[str, str | None]:
    names = list(row)
    kept = {name: row[name] for name in names[: columns - 1]}
    kept[_MORE] = "\n".join(f"{name}: {row[name]}" for name in names[columns - 1 :] if row[name] is not None)
    return kept


def read_jsonl(blob: Blob, place: Place, limits: Limits, state: Any, begin: int) -> Pieces:
    """JSON lines. The state is [byte where a block begins, rows of it already given, number of the next row]."""
    if isinstance(state, dict):
        yield from read_raw(blob, _rest(place), limits, state["raw"])
        return
    at, given, row = state if state is not None else (begin, 0, 0)
    table = _Table(place, limits, blob.size)
    while at < blob.size:
        raw = blob.read(min(limits.block_bytes, blob.size - at), at)
        if not raw:
            break
        last = at + len(raw) >= blob.size
        end = len(raw) if last else raw.rfind(b"\n") + 1
        if not end:
            yield _rest(place).skipped("structure", at)
            yield from read_raw(blob, _rest(place), limits, at)
            return
        rows = (row_of(_line(line), limits) for line in raw[:end].split(b"\n") if line and not line.isspace())
        for portion in table.portions(rows, given):
            given, row = given + len(portion), row + len(portion)
            yield table.batch(portion, row - len(portion), [at, given, row], at + end)
        at, given = at + end, 0
    yield place.finished(at, row)


def _line(line: bytes) -> Any:
    """A line's value; a line that is no JSON is a text in the column of values."""
    try:
        return loaded(line)
    except ValueError:
        return {"value": line.decode("utf-8", "replace").strip()}


def read_json(blob: Blob, place: Place, limits: Limits, state: Any, begin: int) -> Pieces:
    """One JSON document. The state is the number of rows given: going on reads what is before it again, quickly."""
    if isinstance(state, dict):
        yield from read_raw(blob, _rest(place), limits, state["raw"])
        return
    resumed = int(state) if state is not None else 0
    table = _Table(place, limits, blob.size)
    stream = Stream(blob, begin, limits)
    row = 0
    for portion in table.portions(_rows(stream, limits), 0):
        row += len(portion)
        if row > resumed:
            yield table.batch(portion, row - len(portion), row, stream.at)
    if stream.broken:
        yield _rest(place).skipped("structure", stream.begun)
        yield from read_raw(blob, _rest(place), limits, stream.begun)
    else:
        yield place.finished(blob.size, row)


def _rest(place: Place) -> Place:
    """The place of what is read as plain text after the JSON broke off."""
    return Place(place.source, place.part, lambda rest: place.wrap({"raw": rest} if rest != DONE else DONE))


def _rows(stream: Stream, limits: Limits) -> Iterator[dict[str, str | None]]:
    try:
        for prefix, raw in stream.elements():
            yield row_of(loaded(raw), limits, prefix)
    except ValueError:
        stream.broken = True


class Stream:
    """Finds the elements of a JSON document without holding more of it than one element."""

    def __init__(self, blob: Blob, begin: int, limits: Limits) -> None:
        self.blob, self.limits = blob, limits
        self.at = self.begun = begin
        self.broken = False
        self._raw, self._base, self._place = b"", begin, 0

    def elements(self) -> Iterator[tuple[str, bytes]]:
        """(path, raw value): of an array each element, of an object each member, of a member that is an array each element of it."""
        opening = self._next()
        if opening == b"[":
            yield from (("", raw) for raw in self._array())
        elif opening == b"{":
            yield from self._members()
        else:
            raise ValueError("no array or object")
        if self._peek():
            raise ValueError("something after the end")

    def _members(self) -> Iterator[tuple[str, bytes]]:
        if self._peek() == b"}":
            self._next()
            return
        while True:
            key = loaded(self._value())
            if not isinstance(key, str) or self._next() != b":":
                raise ValueError("no key")
            if self._peek() == b"[":
                self._next()
                yield from ((f"{key}[]", raw) for raw in self._array())
            else:
                yield key, self._value()
            mark = self._next()
            if mark == b"}":
                return
            if mark != b",":
                raise ValueError("no comma")
            self.begun = self._base + self._place

    def _array(self) -> Iterator[bytes]:
        if self._peek() == b"]":
            self._next()
            return
        while True:
            yield self._value()
            self.begun = self._base + self._place
            mark = self._next()
            if mark == b"]":
                return
            if mark != b",":
                raise ValueError("no comma")

    def _value(self) -> bytes:
        """The bytes of one value: up to its closing bracket or quotation mark, which are matched here, not understood."""
        self._peek()
        end = self._end_of()
        while end < 0:
            if len(self._raw) - self._place > self.limits.record_bytes or not self._fill():
                raise ValueError("an element without an end")
            end = self._end_of()
        raw = self._raw[self._place : end]
        self._place = end
        self.at = self._base + end
        if not raw:
            raise ValueError("no value")
        return raw

    def _end_of(self) -> int:
        depth = 0
        for match in _TOKEN.finditer(self._raw, self._place):
            mark = match.group()[:1]
            if mark in b"{[":
                depth += 1
            elif mark in b"}]":
                depth -= 1
                if depth < 0:
                    return match.start()
            elif mark in b",:" and depth == 0:
                return match.start()
            if mark == b'"' and not match.group(1):
                return -1
            if depth == 0 and mark in b'}]"':
                return match.end()
        return -1

    def _peek(self) -> bytes:
        while True:
            while self._place < len(self._raw) and self._raw[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._raw):
                return self._raw[self._place : self._place + 1]
            if not self._fill():
                return b""

    def _next(self) -> bytes:
        mark = self._peek()
        self._place += len(mark)
        return mark

    def _fill(self) -> bool:
        self._base += self._place
        more = self.blob.read(1 << 20, self._base + len(self._raw) - self._place)
        self._raw, self._place = self._raw[self._place :] + more, 0
        return bool(more)


_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[{}\[\],:]', re.DOTALL)


class _Table:
    """Batches of rows that are dicts: the columns of a batch are those that its rows have, in the order in which they came."""

    def __init__(self, place: Place, limits: Limits, total: int) -> None:
        self._place, self._limits, self._total = place, limits, total

    def batch(self, rows: list[dict[str, str | None]], first_row: int, state: Any, done: int) -> Any:
        names: dict[str, None] = {}
        for row in rows:
            if row.keys() != names.keys():
                names.update(dict.fromkeys(row))
        columns = tuple(map(_clean, names))
        if len(columns) > self._limits.columns:
            rows, columns = self._narrow(rows, list(names))
            names = dict.fromkeys(columns)
        listed = [list(map(row.get, names)) for row in rows]
        return Batches(self._place, self._limits, columns, self._total).batch(listed, first_row, state, done)

    def _narrow(self, rows: list[dict[str, str | None]], names: list[str]) -> tuple[list[dict[str, str | None]], tuple[str, ...]]:
        kept = dict.fromkeys(names[: self._limits.columns - 1])
        narrow = []
        for row in rows:
            rest = "\n".join(f"{name}: {value}" for name, value in row.items() if name not in kept and value is not None)
            narrow.append({**{name: value for name, value in row.items() if name in kept}, _MORE: rest or None})
        return narrow, (*kept, _MORE)

    def portions(self, rows: Iterator[dict[str, str | None]], given: int) -> Iterator[list[dict[str, str | None]]]:
        """The rows after the first `given`, in lists that keep to the limits of rows and of cells."""
        kept: list[dict[str, str | None]] = []
        seen: set[str] = set()
        for number, row in enumerate(rows):
            if number < given:
                continue
            kept.append(row)
            if not row.keys() <= seen:
                seen.update(row)
            if len(kept) >= self._limits.rows or len(kept) * len(seen) >= _CELLS:
                yield kept
                kept, seen = [], set()
        if kept:
            yield kept


def _clean(name: str) -> str:
    return name if name.isascii() else _LONE.sub("\ufffd", name)
