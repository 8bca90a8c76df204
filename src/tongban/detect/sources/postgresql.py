"""PostgreSQL: every table and materialised view in the order of its storage, by a server-side cursor in
a READ ONLY transaction.

The order is that of `ctid`, so any table can be resumed, with or without a key. The state is [ctid of the last row,
rows given, whether a cut is yet to be said]; a sample takes evenly spaced pages. Rows that others move while a reading
is interrupted may be seen twice or not at all; within one reading all is of one moment. A value over `record_bytes`
characters is cut there, which is said. Foreign tables are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg.types.string import TextLoader

from .pieces import Limits, Pieces, Place, SourceError
from .rows import Batches
from .sqltables import WINDOWS, Column, Table, quoted, read_each

_FIRST, _MOST = 64, 2_000
_TABLES = """
SELECT c.oid, n.nspname, c.relname, c.relkind,
       greatest(c.reltuples, 0)::bigint, pg_relation_size(c.oid) / current_setting('block_size')::int,
       coalesce(pg_relation_filenode(c.oid), 0)::bigint, NOT has_table_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%'
"""
_COLUMNS = """
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod),
       coalesce(col_description(a.attrelid, a.attnum), ''), a.atttypid = 'bytea'::regtype
FROM pg_attribute a WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection whose transactions are all read only; SourceError without the password."""
    try:
        connection = psycopg.connect(
            url, connect_timeout=10, application_name="tongban scan", options="-c default_transaction_read_only=on"
        )
    except (psycopg.Error, UnicodeError):
        raise SourceError("postgresql_refused") from None
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.adapters.register_loader("text", TextLoader)
    return connection


def read_postgresql(
    url: str, place: Place, limits: Limits, state: Any, asked: Sequence[str] | None, sample: int | None
) -> Pieces:
    """The tables that one may read, of all schemas."""
    with closing(connect(url)) as connection:
        with connection.transaction():
            connection.execute("SET synchronize_seqscans = off")  # the order of storage, from the first page
        tables = list(_tables(connection))
        pages = {table.name: size for table, size, _ in tables}
        storage = {table.name: str(node) for table, _, node in tables}

        def read(table: Table, part: Place, inner: Any) -> Pieces:
            with connection.transaction():
                yield from _rows_of(
                    connection, table, pages[table.name], storage[table.name], part, limits, inner, sample
                )

        with connection.transaction():
            yield from read_each((table for table, _, _ in tables), asked, place, state, read, (psycopg.Error,))


def _tables(connection: psycopg.Connection[Any]) -> Iterator[tuple[Table, int, int]]:
    """(table, pages, number of the file that it lies in)."""
    with connection.transaction():
        listed = connection.execute(_TABLES).fetchall()
        columns: dict[int, list[Column]] = {}
        for oid, *rest in connection.execute(_COLUMNS, [[row[0] for row in listed]]).fetchall():
            columns.setdefault(oid, []).append(Column(*rest))
    for oid, schema, name, kind, rows, pages, node, refused in listed:
        shown = name if schema == "public" else f"{schema}.{name}"
        yield (
            Table(
                shown,
                f"{quoted(schema)}.{quoted(name)}",
                tuple(columns.get(oid, ())),
                (),
                rows,
                kind != "f",
                bool(refused),
            ),
            pages,
            node,
        )


def _rows_of(
    connection: psycopg.Connection[Any],
    table: Table,
    pages: int,
    storage: str,
    place: Place,
    limits: Limits,
    state: Any,
    sample: int | None,
) -> Pieces:
    last, row, cut = state if state is not None else ("(0,0)", 0, False)
    if not re.fullmatch(r"\(\d+,\d+\)", str(last)):
        raise SourceError("wrong_place")
    page, row = int(last[1:].partition(",")[0]), int(row)
    if cut:
        yield place.skipped("long_value", [last, row, False], "只读取了开头部分")
    batches = Batches(
        place, limits, tuple(column.name for column in table.read), pages, table.comments, table.types, True, storage
    )
    for begin, end, wanted in _spans(pages, sample):
        if (end is not None and end <= page) or (wanted is not None and row >= wanted):
            continue
        since = last if page >= begin else f"({begin},0)"
        for rows, last, long in _range(
            connection, table, since, end, limits, wanted - row if wanted is not None else None
        ):
            row += len(rows)
            yield batches.batch(
                rows, row - len(rows), [last, row, long], min(int(last[1:].partition(",")[0]) + 1, pages)
            )
            if long:
                yield place.skipped("long_value", [last, row, False], "只读取了开头部分")
    yield place.finished(None, row)


def _spans(pages: int, sample: int | None) -> list[tuple[int, int | None, int | None]]:
    """(first page, page after the last, rows wanted by its end): everything, or the windows of a sample."""
    if sample is None:
        return [(0, None, None)]
    count = max(1, min(WINDOWS, sample, pages))
    return [
        (pages * number // count, pages * (number + 1) // count or 1, sample * (number + 1) // count)
        for number in range(count)
    ]


def _range(
    connection: psycopg.Connection[Any], table: Table, since: str, end: int | None, limits: Limits, wanted: int | None
) -> Iterator[tuple[list[tuple[str | None, ...]], str, bool]]:
    """(rows, ctid of the last, whether a value was cut) for the rows after `since` and
    before page `end`, in batches."""
    until = f" AND ctid < '({end},0)'::tid" if end is not None else ""
    most = f" LIMIT {wanted}" if wanted is not None else ""
    cells = "".join(f", left({quoted(column.name)}::text, {limits.record_bytes})" for column in table.read)
    sql = f"SELECT ctid::text{cells} FROM ONLY {table.quoted} WHERE ctid > '{since}'::tid{until}{most}"  # noqa: S608  names are quoted, values are parameters
    with connection.cursor(f"tongban_{id(table)}") as cursor:
        cursor.execute(sql.encode())
        kept: list[tuple[str | None, ...]] = []
        size, count, long, last = 0, _FIRST, False, since
        while rows := cursor.fetchmany(min(count, limits.rows - len(kept))):
            fetched = sum(sum(map(len, filter(None, row))) for row in rows)
            long = long or (
                fetched >= limits.record_bytes
                and any(len(cell or "") >= limits.record_bytes for row in rows for cell in row)
            )
            count = max(1, min(_MOST, (limits.batch_bytes // 4) * len(rows) // (fetched + 1)))
            last, size = rows[-1][0], size + fetched
            kept += [row[1:] for row in rows]
            if len(kept) >= limits.rows or size >= limits.batch_bytes:
                yield kept, last, long
                kept, size, long = [], 0, False
        if kept:
            yield kept, last, long
