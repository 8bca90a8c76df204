"""Writes tables of the catalogue into files, row by row; what is written can be taken in again and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tongban.tables import csv_bytes, csv_lines, xlsx_bytes

from .taking import BATCH, stored

MOST_OF_SHEET = 1_048_575
"""Rows that a sheet of an XLSX holds below its header."""


class TooMany(ValueError):
    """A table has more rows than a sheet holds."""


def as_csv(name: str) -> bytes:
    """A table as CSV that a spreadsheet program opens."""
    return csv_bytes(stored(name))


def as_xlsx(name: str) -> bytes:
    """A table as XLSX, every cell text. Raises TooMany."""
    rows = list(stored(name))
    if len(rows) - 1 > MOST_OF_SHEET:
        raise TooMany(name)
    return xlsx_bytes(rows, name)


def write_csv(name: str, path: Path, progress: Callable[[int], None] | None = None) -> int:
    """A table into a file, in one move when it is whole; how many rows it has."""
    unfinished, number = path.with_suffix(".new"), -1
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:

        def rows() -> Iterator[Sequence[object]]:
            nonlocal number
            for number, row in enumerate(stored(name)):
                if progress is not None and number % BATCH == 0:
                    progress(number)
                yield row

        for piece in csv_lines(rows()):
            file.write(piece)
    os.replace(unfinished, path)
    return number
