"""XML without entities: a DOCTYPE is refused before anything of it is read, and text comes as it is
parsed, never as a tree.

Not a general XML reader: it gives texts of Word, PowerPoint, OpenDocument and OFD parts, told apart by local names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

_READ = 64 << 10


class Doctype(ValueError):
    """The document declares a type, and could declare entities in it."""


def parser() -> expat.XMLParserType:
    """An expat parser that refuses a DOCTYPE."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


def _refuse(*_: object) -> None:
    raise Doctype("DOCTYPE")


class Words:
    """Collects the text of a part: paragraphs and rows of tables become lines, cells are set apart by tabs."""

    def __init__(self, holders: frozenset[str]) -> None:
        self.parts: list[str] = []
        self._holders = holders
        self._within = 0
        self._cells = 0
        self._value = ""
        self._cell: list[str] = []
        self._box: tuple[float, float, float, float] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in self._holders:
            self._within += 1
        elif name in ("tab", "s"):
            self._add("\t" if name == "tab" else " ")
        elif name in ("br", "cr", "line-break"):
            self._add("\n")
        if name in ("tc", "table-cell"):
            self._cells += 1
            self._cell = []
            self._value = attributes.get(_VALUE, "")
        elif name == "TextObject":
            self._place(attributes.get("Boundary", ""))

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in self._holders:
            self._within -= 1
        if name in ("p", "h"):
            self._add(" " if self._cells else "\n")
        elif name in ("tc", "table-cell"):
            if self._value and self._value not in "".join(self._cell):
                self._add(_whole(self._value))
            self._cells -= 1
            self._value = ""
            self._add("\t")
        elif name in ("tr", "table-row") or name == "Page":
            self._add("\n")

    def characters(self, text: str) -> None:
        if self._within:
            self._add(text)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        if self._cells and len(self._cell) < 1000:
            self._cell.append(text)

    def _place(self, boundary: str) -> None:
        """OFD: text objects side by side on one line belong together, others stand on lines of their own."""
        try:
            left, top, width, height = map(float, boundary.split())
        except ValueError:
            self._add("\n")
            return
        last, self._box = self._box, (left, top, width, height)
        if last is None:
            return
        same = abs(last[1] - top) < max(height, 0.1) * 0.5
        self._add("\n" if not same else "" if abs(left - last[0] - last[2]) < max(height, 0.1) else "\t")


RUNS = frozenset({"t", "delText", "instrText", "TextCode"})
"""Elements that hold text in Office files and OFD."""
PARAGRAPHS = frozenset({"p", "h"})
"""The same of OpenDocument."""
_VALUE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value"


def _whole(value: str) -> str:
    """13800000000 for 1.38E+10: a number as it was meant."""
    try:
        number = float(value)
    except ValueError:
        return value
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e18 and not value.isdigit() else value


def text_of(stream: IO[bytes], holders: frozenset[str]) -> Iterator[str]:
    """The text of an XML part in chunks; characters count within the elements `holders`. Doctype, expat.ExpatError."""
    words = Words(holders)
    made = parser()
    made.StartElementHandler = words.start
    made.EndElementHandler = words.end
    made.CharacterDataHandler = words.characters
    while raw := stream.read(_READ):
        made.Parse(raw, False)
        if words.parts:
            yield "".join(words.parts)
            words.parts.clear()
    made.Parse(b"", True)
    if words.parts:
        yield "".join(words.parts)
