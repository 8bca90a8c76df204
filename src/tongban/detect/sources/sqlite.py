"""SQLite files: every table in the order of its rowid or primary key, a page of rows at a time, so nobody who
writes is kept waiting long.

Opened read only, with `query_only` and without trust in the file's own schema. The state is [key of
the last row, rows given].
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import quote

from .pieces import Limits, Pieces, Place
from .rows import Batches
from .sqltables import Column, Row, Table, quoted, read_each, taken, windows

_ROWIDS = ("rowid", "_rowid_", "oid")


def connect(path: str, limits: Limits) -> sqlite3.Connection:
    """A connection that cannot write. A file that nobody writes to (no -wal beside it) is opened without
    leaving files beside it."""
    how = "mode=ro" if os.path.exists(path + "-wal") or not _is_wal(path) else "immutable=1"
    connection = sqlite3.connect(
        f"file:{quote(os.path.abspath(path))}?{how}", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.cell_bytes)
    for rule in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {rule}")
    return connection


def _is_wal(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"


def read_sqlite(
    path: str, place: Place, limits: Limits, state: Any, asked: Sequence[str] | None = None, sample: int | None = None
) -> Pieces:
    """The tables of a SQLite file. sqlite3.DatabaseError if it is none."""
    connection = connect(path, limits)
    try:
        tables = list(_tables(connection))
        yield from read_each(
            tables,
            asked,
            place,
            state,
            lambda table, part, inner: _rows_of(connection, table, part, limits, inner, sample),
            (sqlite3.Error,),
        )
    finally:
        connection.close()


def _tables(connection: sqlite3.Connection) -> Iterator[Table]:
    for _, name, kind, _, without_rowid, _ in connection.execute("PRAGMA main.table_list").fetchall():
        if kind not in ("table", "virtual") or name.startswith("sqlite_"):
            continue
        if kind == "virtual":
            yield Table(name, quoted(name), (), readable=False)
            continue
        listed = connection.execute(f"PRAGMA main.table_xinfo({quoted(name)})").fetchall()
        columns = tuple(Column(row[1], row[2], "", "BLOB" in row[2].upper()) for row in listed if row[6] != 1)
        there = {column.name.lower() for column in columns}
        rowid = next((alias for alias in _ROWIDS if alias not in there), None)
        primary = tuple(row[1] for row in sorted(listed, key=lambda row: row[5]) if row[5])
        key = primary if without_rowid or rowid is None else (rowid,)
        yield Table(name, quoted(name), columns, key)


def _rows_of(
    connection: sqlite3.Connection, table: Table, place: Place, limits: Limits, state: Any, sample: int | None
) -> Pieces:
    last, row = state if state is not None else (None, 0)
    numbered = len(table.key) == 1 and table.key[0] in _ROWIDS
    low, high = _range(connection, table) if numbered else (None, None)
    total = high - low + 1 if low is not None and high is not None else None  # counting would read the whole table
    spans: list[tuple[int | None, int | None, int | None]] = [(None, None, sample)]
    if sample is not None:
        total = min(sample, total) if total is not None else sample
        if low is not None and high is not None:
            spans = list(windows(low, high, sample))
    batches = Batches(place, limits, tuple(column.name for column in table.read), total, table.comments, table.types)
    for begin, end, wanted in spans:
        if end is not None and last and last[0] >= end - 1:
            continue
        if begin is not None and (not last or last[0] < begin):
            last = [begin - 1]
        while wanted is None or row < wanted:
            query = _Query(
                connection, table, last, row, end, min(limits.rows, wanted - row if wanted is not None else limits.rows)
            )
            rows = next(taken(query, limits), [])
            if rows:
                last, row = query.key, query.row
                yield batches.batch(rows, row - len(rows), [last, row], row)
            elif query.too_long:
                last = query.after_long()
                if last is None:
                    yield place.skipped("failed", more="单个值超过上限")
                    return
                yield place.skipped("long_value", [last, row])
            else:
                break
    yield place.finished(None, row)


class _Query:
    """The rows after a key (or after a number of rows, where keys are bytes), as texts. `key` and `row` are those of
    the last row that was given; `too_long` says that it ended before a row with a value over the limit."""

    def __init__(
        self, connection: sqlite3.Connection, table: Table, key: list[Any] | None, row: int, end: int | None, count: int
    ) -> None:
        self._connection, self._table, self._end, self._count = connection, table, end, count
        self.key, self.row, self.too_long = key, row, False
        self._numbered = len(table.key) == 1 and table.key[0] in _ROWIDS
        pages, size = (connection.execute(f"PRAGMA main.{name}").fetchone()[0] for name in ("page_count", "page_size"))
        self._most = pages * size

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self._rows(str)
        except sqlite3.OperationalError as error:
            if "decode" not in str(error).lower():
                raise
            yield from self._rows(lambda raw: raw.decode("utf-8", "replace"))

    def _rows(self, factory: Any) -> Iterator[Row]:
        before, self._connection.text_factory = self._connection.text_factory, factory
        try:
            yield from self._selected(self._count)
        except sqlite3.DataError:
            yield from self._carefully()
        finally:
            self._connection.text_factory = before

    def _selected(self, count: int) -> Iterator[Row]:
        sql, values = self._statement(count)
        width = len(self._table.key)
        with closing(self._connection.execute(sql, values)) as cursor:
            for line in cursor:
                if self.row >= self._most or (self._numbered and self.key and line[0] <= self.key[0]):
                    raise sqlite3.DatabaseError("rows in a circle")  # a damaged tree would be read for ever
                self.key, self.row = [None if isinstance(one, bytes) else one for one in line[:width]], self.row + 1
                yield line[width:]

    def _carefully(self) -> Iterator[Row]:
        """Row by row, as sqlite3 has already thrown away the row before the one that it complains about."""
        for _ in range(self._count):
            row = self.row
            try:
                yield from self._selected(1)
            except sqlite3.DataError:
                self.too_long = True
                return
            if self.row == row:
                return

    def _statement(self, count: int) -> tuple[str, list[Any]]:
        table = self._table
        keys = ", ".join(map(_key, table.key))
        by_key = bool(table.key) and (self.key is None or None not in self.key)
        terms, values = [], list(self.key) if by_key and self.key else []
        if values:
            terms.append(f"({keys}) > ({', '.join('?' * len(values))})")
        if self._end is not None:
            terms.append(f"{keys} < ?")
            values.append(self._end)
        where = f" WHERE {' AND '.join(terms)}" if terms else ""
        order = f" ORDER BY {keys}" if table.key else ""
        skip = "" if by_key or not self.row else f" OFFSET {int(self.row)}"
        cells = [f"CAST({quoted(column.name)} AS TEXT)" for column in table.read]
        listed = ", ".join([*map(_key, table.key), *cells]) or "NULL"
        return f"SELECT {listed} FROM main.{table.quoted}{where}{order} LIMIT {count}{skip}", values  # noqa: S608  names are quoted, values are parameters

    def after_long(self) -> list[Any] | None:
        """The key of the row that was too long, by a query that does not touch its values;
        None where keys can't tell."""
        keys = ", ".join(map(_key, self._table.key))
        if not keys or (self.key is not None and None in self.key):
            return None
        where = f" WHERE ({keys}) > ({', '.join('?' * len(self.key))})" if self.key else ""
        sql = f"SELECT {keys} FROM main.{self._table.quoted}{where} ORDER BY {keys} LIMIT 1"  # noqa: S608  names are quoted, values are parameters
        found = list(self._connection.execute(sql, self.key or []).fetchone())
        return None if any(isinstance(one, bytes) for one in found) else found


def _key(name: str) -> str:
    return name if name in _ROWIDS else quoted(name)


def _range(connection: sqlite3.Connection, table: Table) -> tuple[int | None, int | None]:
    """The lowest and highest rowid, each by one look into the tree."""
    key = table.key[0]
    low = connection.execute(f"SELECT min({key}) FROM main.{table.quoted}").fetchone()[0]  # noqa: S608  names are quoted, values are parameters
    high = connection.execute(f"SELECT max({key}) FROM main.{table.quoted}").fetchone()[0]  # noqa: S608  names are quoted, values are parameters
    return low, high
