"""JSON and JSON lines: nested keys become column paths, `a.b[].c`; each object or element is a row.

Several values of one array stand in one cell, one a line. The elements of a long array, at the top or one key below it,
are read one by one. A document that is no proper JSON, or has an element over `record_bytes`, goes on as plain text
from there, so nothing is left out.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import orjson

from .blobs import Blob
from .pieces import DONE, Limits, Pieces, Place, TableBatch
from .raw import read_raw

_LONE = re.compile("[\ud800-\udfff]")
_MORE = "…"
_BLOCK = 1 << 20
_CELLS = 2_000_000
"""Cells of a batch: rows whose keys all differ would make it wide."""
_FLAT = frozenset({str, int, float, bool, type(None)})
_TEXT = frozenset({str, type(None)})
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False, parse_constant=str)


def form_of(blob: Blob, begin: int) -> str:
    """jsonl, json, or empty for what is neither. UTF-8 only."""
    head = blob.read(min(64 << 10, blob.size - begin), begin)
    stripped = head.lstrip()
    if stripped[:1] not in (b"{", b"["):
        return ""
    lines = [line for line in head.split(b"\n")[:3] if line.strip()]
    whole = lines if len(head) + begin >= blob.size or b"\n" in head else []
    if (
        whole
        and _parses(whole[0])
        and (len(whole) == 1 or whole[1].lstrip()[:1] in (b"{", b"["))
        and (len(whole) > 1 or stripped[:1] == b"{")
    ):
        return "jsonl"
    return "json" if re.match(rb"\s*(?:\[\s*(?:[\[{\"\]]|-?[0-9]|true|false|null)|\{\s*[\"}])", head) else ""


def _parses(line: bytes) -> bool:
    try:
        loaded(line)
    except ValueError:
        return False
    return True


def loaded(raw: bytes) -> Any:
    """One JSON value; lone surrogates, which orjson refuses, become U+FFFD. ValueError for
    what is no JSON or too deep."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return _mended(_DECODER.decode(raw.decode("utf-8", "replace")))
        except RecursionError as error:
            raise ValueError("too deep") from error


def _mended(value: Any) -> Any:
    """The value without lone surrogates, which no encoding can write."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


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
    if value is None or type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


Row = dict[str, Any]
"""Path to value; values are texts, numbers, truth values or None until they stand in a column."""


def row_of(value: Any, limits: Limits, prefix: str = "") -> Row:
    """One row. A flat object is its own row. Columns past the limit are put together into one."""
    if type(value) is dict and not prefix and _FLAT.issuperset(map(type, value.values())):
        row: Row = value
    else:
        found: dict[str, list[str | None]] = {}
        flat(value, prefix, found)
        row = {
            path: cells[0] if len(cells) == 1 else "\n".join(cell for cell in cells if cell is not None)
            for path, cells in found.items()
        }
    return row if len(row) <= limits.columns else _narrowed(row, limits.columns)


def _narrowed(row: Row, columns: int) -> Row:
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


def _rows(stream: Stream, limits: Limits) -> Iterator[Row]:
    try:
        for prefix, value in stream.elements():
            yield row_of(value, limits, prefix)
    except (ValueError, RecursionError):
        stream.broken = True


class Stream:
    """Finds and parses the elements of a JSON document without holding more of it than one element and a block.

    `begun` is the byte after the last element that was given whole, `at` about how far it is;
    `broken` is for who reads it.
    """

    def __init__(self, blob: Blob, begin: int, limits: Limits) -> None:
        self._blob, self._limits = blob, limits
        self._text, self._place, self._whole = "", 0, 0
        self._base, self.at, self.broken, self._ended = begin, begin, False, False
        self._suspect = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    @property
    def begun(self) -> int:
        return self._base + len(self._text[: self._whole].encode("utf-8", "surrogateescape"))

    def elements(self) -> Iterator[tuple[str, Any]]:
        """(path, value): of an array each element, of an object each member, of a member that is an
        array each element of it."""
        opening = self._next()
        if opening == "[":
            yield from (("", value) for value in self._array())
        elif opening == "{":
            yield from self._members()
        else:
            raise ValueError("no array or object")
        if self._peek():
            raise ValueError("something after the end")

    def _members(self) -> Iterator[tuple[str, Any]]:
        if self._peek() == "}":
            self._next()
            return
        while True:
            key = self._value()
            if not isinstance(key, str) or self._next() != ":":
                raise ValueError("no key")
            if self._peek() == "[":
                self._next()
                yield from ((f"{key}[]", value) for value in self._array())
            else:
                value = self._value()
                self._whole = self._place
                yield key, value
            if self._closed("}"):
                return

    def _array(self) -> Iterator[Any]:
        if self._peek() == "]":
            self._next()
            return
        while True:
            value = self._value()
            self._whole = self._place
            yield value
            if self._closed("]"):
                return

    def _closed(self, closing: str) -> bool:
        mark = self._next()
        if mark not in (closing, ","):
            raise ValueError("no comma")
        self._whole = self._place
        return mark == closing

    def _value(self) -> Any:
        """The next value. One that the block cuts is parsed again with more of it, up to the limit."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
                if end < len(self._text) or self._ended:
                    self._place = end
                    return _mended(value) if self._suspect else value
            except ValueError:
                if self._ended:
                    raise
            if len(self._text) - self._place > self._limits.record_bytes:
                raise ValueError("an element without an end")
            self._fill()

    def _peek(self) -> str:
        while True:
            match = _SPACE.match(self._text, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if self._ended:
                return ""
            self._fill()

    def _next(self) -> str:
        mark = self._peek()
        self._place += len(mark)
        return mark

    def _fill(self) -> None:
        """Forgets what was given and reads a block more."""
        self._base = self.begun
        raw = self._blob.read(_BLOCK, self.at)
        self.at += len(raw)
        self._ended = not raw
        self._text, self._place, self._whole = (
            self._text[self._whole :] + self._decoder.decode(raw, not raw),
            self._place - self._whole,
            0,
        )
        self._suspect = (
            self._suspect or "\\ud" in self._text or "\\uD" in self._text or _LONE.search(self._text) is not None
        )


class _Table:
    """Batches of rows that are dicts: the columns of a batch are those that its rows have, in the
    order in which they came."""

    def __init__(self, place: Place, limits: Limits, total: int) -> None:
        self._place, self._limits, self._total = place, limits, total

    def batch(self, rows: list[Row], first_row: int, state: Any, done: int) -> TableBatch:
        union: dict[str, None] = {}
        for row in rows:
            if row.keys() != union.keys():
                union.update(dict.fromkeys(row))
        names = list(union)
        if len(names) > self._limits.columns:
            rows, names = self._narrow(rows, names)
        values = {name: _texts(column) for name, column in zip(names, _turned(rows, names), strict=True)}
        place = self._place
        return TableBatch(
            place.source,
            place.part,
            tuple(names),
            {},
            {},
            values,
            first_row,
            len(rows),
            place.at(state),
            done,
            self._total,
        )

    def _narrow(self, rows: list[Row], names: list[str]) -> tuple[list[Row], list[str]]:
        kept = dict.fromkeys(names[: self._limits.columns - 1])
        narrow = []
        for row in rows:
            rest = "\n".join(
                f"{name}: {value}" for name, value in row.items() if name not in kept and value is not None
            )
            narrow.append({**{name: value for name, value in row.items() if name in kept}, _MORE: rest or None})
        return narrow, [*kept, _MORE]

    def portions(self, rows: Iterator[Row], given: int) -> Iterator[list[Row]]:
        """The rows after the first `given`, in lists that keep to the limits of rows and of cells."""
        kept: list[Row] = []
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


def _turned(rows: list[Row], names: list[str]) -> Iterable[Sequence[Any]]:
    """The rows as columns, with None where a row has no such key."""
    if len(names) > 1:
        try:
            return zip(*map(itemgetter(*names), rows), strict=True)
        except KeyError:
            pass
    return ([row.get(name) for row in rows] for name in names)


def _texts(column: Sequence[Any]) -> list[str | None]:
    return list(column) if _TEXT.issuperset(map(type, column)) else list(map(_shown, column))
