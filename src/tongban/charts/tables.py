"""A small table as plain values; `tongban/parts/table.html` of the portal writes it.

For tables of figures and of short lists; a page with its own markup writes its own `<table class="table">`.
Not for paging or sorting: the query does that.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a data table. `label` repeats its column's heading, for the cards that a phone shows."""

    label: str
    text: str
    numeric: bool = False
    href: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and whether it holds numbers (set to the right)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class DataTable:
    """What `parts/table.html` writes. The first cell of a row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
