"""The rows of a file of cases, and the template of such a file. Not for judging them: `batches.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tongban import tables

from .parts import Format, UnreadableFile


@dataclass(frozen=True)
class Row:
    """One row with its line number in the file (the header is line 1)."""

    line: int
    values: Mapping[str, str]


def read_rows(path: Path, form: Format) -> list[Row]:
    """All rows of a file, by the names of the format's columns. Raises UnreadableFile, OSError."""
    try:
        rows = tables.read_table(path.read_bytes(), form.headings)
    except tables.UnreadableTable as unreadable:
        raise UnreadableFile(str(unreadable)) from None
    if rows and (missing := [name for name in form.required if name not in rows[0][1]]):
        raise UnreadableFile(f"columns missing: {', '.join(missing)}")
    return [Row(line, values) for line, values in rows]


def template(form: Format) -> bytes:
    """A CSV with the format's headings and its examples, for who fills in or exports such a file."""
    names = [column.name for column in form.columns]
    rows = ([row.get(name, "") for name in names] for row in form.examples)
    return tables.csv_bytes([[column.heading for column in form.columns], *rows])
