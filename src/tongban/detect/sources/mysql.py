"""MySQL and MariaDB: every table in the order of its primary key, unbuffered, in a READ ONLY transaction of
one moment. Needs pymysql.

The state is [key of the last row or null, rows given]. A table without a key, or with a key of bytes, is resumed by the
number of rows, which is right as long as nobody changes it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .pieces import Limits, Pieces, Place, SourceError
from .rows import Batches
from .sqltables import Column, Table, quoted, read_each, taken, windows

_OURS = ("mysql", "information_schema", "performance_schema", "sys")
_BINARY = (
    "binary",
    "varbinary",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "geometry",
    "point",
    "linestring",
    "polygon",
)
_TEXT = (
    "char",
    "varchar",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
)  # not enum: it is ordered by number and compared by name
_WHOLE = ("tinyint", "smallint", "mediumint", "int", "bigint")


def connect(url: str) -> Any:
    """A pymysql connection whose transactions are all read only; SourceError without the password."""
    try:
        import pymysql
        from pymysql.cursors import SSCursor
    except ImportError:
        raise SourceError("needs_mysql") from None
    try:
        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        socket = options.get("unix_socket")
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or None,
            unix_socket=socket,
            charset="utf8mb4",
            cursorclass=SSCursor,
            conv={},
            autocommit=True,
            connect_timeout=10,
        )
    except (pymysql.MySQLError, ValueError, RuntimeError, OSError):
        raise SourceError("mysql_refused") from None
    _all(connection, "SET SESSION TRANSACTION READ ONLY")
    _all(connection, "SET SESSION net_write_timeout = 86400")
    return connection


def _all(connection: Any, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(values) or None)
        return list(cursor.fetchall())


def read_mysql(
    url: str, place: Place, limits: Limits, state: Any, asked: Sequence[str] | None, sample: int | None
) -> Pieces:
    """The tables of the database that the URL names, or of all databases where it names none."""
    connection = connect(url)
    import pymysql

    try:
        tables = list(_tables(connection))
        _all(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _all(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield from read_each(
            tables,
            asked,
            place,
            state,
            lambda table, part, inner: _rows_of(connection, table, part, limits, inner, sample),
            (pymysql.MySQLError,),
        )
    finally:
        connection._force_close()  # close() would first read what is left of an unbuffered result


def _tables(connection: Any) -> Iterator[Table]:
    database = _all(connection, "SELECT DATABASE()")[0][0]
    where, values = (
        ("table_schema = %s", [database]) if database else ("table_schema NOT IN (%s, %s, %s, %s)", list(_OURS))
    )
    listed = _all(
        connection,
        f"SELECT table_schema, table_name, table_rows FROM information_schema.tables WHERE {where} AND table_type = "  # noqa: S608  names are quoted, values are parameters
        "'BASE TABLE'",
        values,
    )
    columns: dict[tuple[str, str], list[Column]] = {}
    keys: dict[tuple[str, str], list[tuple[int, str]]] = {}
    sql = f"""SELECT c.table_schema, c.table_name, c.column_name, c.column_type, c.column_comment, c.data_type,
            s.seq_in_index
        FROM information_schema.columns c LEFT JOIN information_schema.statistics s ON s.table_schema = c.table_schema
            AND s.table_name = c.table_name AND s.column_name = c.column_name AND s.index_name = 'PRIMARY'
        WHERE c.{where} ORDER BY c.table_schema, c.table_name, c.ordinal_position"""  # noqa: S608  names are quoted, values are parameters
    for schema, name, column, declared, comment, kind, place in _all(connection, sql, values):
        columns.setdefault((schema, name), []).append(Column(column, declared, comment or "", kind.lower() in _BINARY))
        if place is not None:
            keys.setdefault((schema, name), []).append((int(place), column))
    for schema, name, rows in listed:
        key = tuple(column for _, column in sorted(keys.get((schema, name), [])))
        shown = name if database else f"{schema}.{name}"
        at = f"{quoted(schema, '`')}.{quoted(name, '`')}"
        yield Table(shown, at, tuple(columns.get((schema, name), ())), key, int(rows) if rows is not None else None)


def _rows_of(connection: Any, table: Table, place: Place, limits: Limits, state: Any, sample: int | None) -> Pieces:
    last, row = state if state is not None else (None, 0)
    kinds = {column.name: column.type.lower().partition("(")[0].split()[0] for column in table.columns}
    by_key = bool(table.key) and all(kinds[name] in _WHOLE + _TEXT for name in table.key)
    numbered = by_key and len(table.key) == 1 and kinds[table.key[0]] in _WHOLE
    total = table.rows if sample is None else min(sample, table.rows or sample)
    spans: list[tuple[int | None, int | None, int | None]] = [(None, None, sample)]
    if sample is not None and numbered:
        key = quoted(table.key[0], "`")
        low, high = _all(connection, f"SELECT min({key}), max({key}) FROM {table.quoted}")[0]  # noqa: S608  names are quoted, values are parameters
        if low is not None:
            spans = list(windows(int(low), int(high), sample))
    batches = Batches(
        place, limits, tuple(column.name for column in table.read), total, table.comments, table.types, by_key
    )
    width = len(table.key) if by_key else 0
    for begin, end, wanted in spans:
        if (wanted is not None and row >= wanted) or (end is not None and last and int(last[0]) >= end - 1):
            continue
        if begin is not None and (not last or int(last[0]) < begin):
            last = [str(begin - 1)]
        sql, values = _statement(
            table, last if by_key else None, row, end, wanted - row if wanted is not None else None, width
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            for rows in taken(cursor, limits):
                last, row = list(rows[-1][:width]) or None, row + len(rows)
                yield batches.batch(
                    [line[width:] for line in rows] if width else rows, row - len(rows), [last, row], row
                )
    yield place.finished(None, row)


def _statement(
    table: Table, last: list[Any] | None, row: int, end: int | None, most: int | None, width: int
) -> tuple[str, list[Any]]:
    keys = [quoted(name, "`") for name in table.key]
    terms, values = [], list(last or [])
    if last:
        terms.append(f"({', '.join(keys)}) > ({', '.join(['%s'] * len(keys))})" if len(keys) > 1 else f"{keys[0]} > %s")
    if end is not None:
        terms.append(f"{keys[0]} < {end}")
    where = f" WHERE {' AND '.join(terms)}" if terms else ""
    order = f" ORDER BY {', '.join(keys)}" if keys else ""
    skipped = int(row) if row and not width else 0
    limit = f" LIMIT {skipped}, {most if most is not None else (1 << 64) - 1}" if skipped or most is not None else ""
    cells = [f"CAST({quoted(column.name, '`')} AS CHAR CHARACTER SET utf8mb4)" for column in table.read]
    listed = ", ".join([*(f"CAST({key} AS CHAR)" for key in keys[:width]), *cells]) or "NULL"
    return f"SELECT {listed} FROM {table.quoted}{where}{order}{limit}", values  # noqa: S608  names are quoted, values are parameters
