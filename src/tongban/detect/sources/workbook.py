"""The parts of an XLSX file, parsed as they stream by: its sheets, its table of strings, its date formats, the
rows of a sheet as texts.

Several times faster than openpyxl's read-only mode, whose rules for dates and number formats it uses; openpyxl is
loaded with the first workbook, as it takes a third of a second. A DOCTYPE is refused in every part. Not for formulas
(their last value counts), comments or styles.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from .xmltext import parser

_READ = 16 << 10
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]*")


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the rows of its sheets need: (title, part) of the sheets, the strings, the numbers of styles that
    are dates, the first day."""

    sheets: tuple[tuple[str, str], ...]
    strings: list[str]
    dates: frozenset[str]
    first_day: datetime


def _each(archive: zipfile.ZipFile, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
    """Calls `start` for every element of a part, with its local name; a part that isn't there has none."""
    if name not in archive.namelist():
        return
    made = parser()
    made.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
    with archive.open(name) as stream:
        while raw := stream.read(_READ):
            made.Parse(raw, False)
        made.Parse(b"", True)


def workbook_of(archive: zipfile.ZipFile) -> Workbook:
    """The workbook but for its rows. xmltext.Doctype, expat.ExpatError, zipfile.BadZipFile."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []
    mac = False

    def related(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = posixpath.normpath(
                posixpath.join("/xl", attributes.get("Target", ""))
            ).lstrip("/")

    def listed(name: str, attributes: dict[str, str]) -> None:
        nonlocal mac
        if name == "sheet":
            key = next((value for attribute, value in attributes.items() if attribute.endswith(" id")), "")
            sheets.append((attributes.get("name", ""), targets.get(key, "")))
        elif name == "workbookPr":
            mac = attributes.get("date1904", "0") in ("1", "true")

    _each(archive, "xl/_rels/workbook.xml.rels", related)
    _each(archive, "xl/workbook.xml", listed)
    there = set(archive.namelist())
    kept = tuple((title, part) for title, part in sheets if part in there and "chartsheets/" not in part)
    first_day = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900
    return Workbook(kept, _strings(archive), _dates(archive), first_day)


def _dates(archive: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the cell styles that show dates."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    styles: list[str] = []
    within = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal within
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            within = name == "cellXfs"
        elif name == "xf" and within:
            styles.append(attributes.get("numFmtId", "0"))

    _each(archive, "xl/styles.xml", start)
    return frozenset(str(index) for index, number in enumerate(styles) if is_date_format(formats.get(number)))


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """The table of strings, without the readings of names (rPh)."""
    strings: list[str] = []
    if "xl/sharedStrings.xml" not in archive.namelist():
        return strings
    made = parser()
    parts: list[str] = []
    texts = readings = 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal texts, readings
        name = tag.rpartition(" ")[2]
        texts += name == "t"
        readings += name == "rPh"

    def end(tag: str) -> None:
        nonlocal texts, readings
        name = tag.rpartition(" ")[2]
        texts -= name == "t"
        readings -= name == "rPh"
        if name == "si":
            strings.append("".join(parts))
            parts.clear()

    def characters(text: str) -> None:
        if texts and not readings:
            parts.append(text)

    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = start, end, characters
    with archive.open("xl/sharedStrings.xml") as stream:
        while raw := stream.read(_READ):
            made.Parse(raw, False)
        made.Parse(b"", True)
    return strings


class Rows:
    """The rows of one sheet as lists of texts, without empty cells at their ends; empty rows are left out.

    `count` is the number of rows that the sheet says it has, once its first row has come; None where it doesn't say.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str, book: Workbook, columns: int) -> None:
        self._archive, self._part, self._book, self._columns = archive, part, book, columns
        self.count: int | None = None
        self._done: list[list[str | None]] = []
        self._row: list[str | None] = []
        self._value: list[str] = []
        self._kind = self._style = self._reference = ""
        self._within = self._readings = 0

    def __iter__(self) -> Iterator[list[str | None]]:
        made = parser()
        made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = (
            self._start,
            self._end,
            self._characters,
        )
        with self._archive.open(self._part) as stream:
            while raw := stream.read(_READ):
                made.Parse(raw, False)
                if self._done:
                    done, self._done = self._done, []
                    yield from done
            made.Parse(b"", True)
        yield from self._done

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind(" ") + 1 :]
        if name == "c":
            self._kind, self._style, self._reference = (
                attributes.get("t", "n"),
                attributes.get("s", ""),
                attributes.get("r", ""),
            )
            self._value = []
        elif name in ("v", "t"):
            self._within += 1
        elif name == "rPh":
            self._readings += 1
        elif name == "dimension":
            last = re.search(r":[A-Z]+([0-9]+)$", attributes.get("ref", ""))
            self.count = int(last.group(1)) if last else None

    def _end(self, tag: str) -> None:
        name = tag[tag.rfind(" ") + 1 :]
        if name in ("v", "t"):
            self._within -= 1
        elif name == "c":
            if self._value:
                self._put("".join(self._value))
        elif name == "rPh":
            self._readings -= 1
        elif name == "row":
            if self._row:
                self._done.append(self._row)
            self._row = []

    def _characters(self, text: str) -> None:
        if self._within and not self._readings:
            self._value.append(text)

    def _put(self, raw: str) -> None:
        """A cell at its place; one past the limit of columns follows the last one, so it is kept."""
        match = _REFERENCE.match(self._reference)
        place = _column(match.group(1)) if match else len(self._row)
        row = self._row
        if place >= self._columns or place < len(row):
            place = len(row)
        if place > len(row):
            row.extend([None] * (place - len(row)))
        row.append(self._shown(raw))

    def _shown(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            try:
                return self._book.strings[int(raw)]
            except (ValueError, IndexError):
                return raw
        if kind == "b":
            return "false" if raw == "0" else "true"
        if kind != "n":
            return raw
        if self._style in self._book.dates:
            return _dated(raw, self._book.first_day)
        return raw if raw.isdigit() else _number(raw)


_columns: dict[str, int] = {}


def _column(letters: str) -> int:
    """0 for A, 26 for AA."""
    place = _columns.get(letters)
    if place is None:
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - 64
        place = _columns[letters] = place - 1
    return place


def _number(raw: str) -> str:
    """13800000000 for 1.38E+10, and what is written otherwise."""
    try:
        number = float(raw)
    except ValueError:
        return raw
    return str(int(number)) if number.is_integer() and abs(number) < 1e18 else repr(number)


def _dated(raw: str, first_day: datetime) -> str:
    """2026-01-31 or 2026-01-31 08:30:00 for the number of days that stands for it."""
    from openpyxl.utils.datetime import from_excel

    try:
        value: Any = from_excel(float(raw), first_day)
    except (ValueError, OverflowError, TypeError):
        return raw
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
