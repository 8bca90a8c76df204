"""Writes many rows of one model at once, without the ORM's work per field; keys are taken beforehand.

For the one writer's batches (an import of a million letters takes the same way as one letter). COPY on PostgreSQL,
`executemany` on SQLite. Only for models whose values need no validation: they were decided by pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models


def take_ids(model: type[models.Model], number: int) -> list[int]:
    """`number` fresh primary keys, in order. In the caller's transaction (on SQLite that one holds the only writer)."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        first = int(cursor.fetchone()[0]) + 1
        return list(range(first, first + number))


def _plain(value: Any) -> Any:
    return value


def _sqlite_time(value: datetime | None) -> Any:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


@lru_cache(maxsize=32)
def _columns(model: type[models.Model], vendor: str) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    found = []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            convert: Callable[[Any], Any] = _plain
        elif isinstance(field, models.DateTimeField) and vendor == "sqlite":
            convert = _sqlite_time
        elif isinstance(field, models.CharField | models.IntegerField | models.BooleanField | models.DateTimeField):
            convert = _plain
        else:
            convert = _prepared(field)
        found.append((str(field.attname), str(field.column), convert))
    return tuple(found)


def _prepared(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    return convert


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model; each has its primary key already."""
    if not rows:
        return
    model = type(rows[0])
    columns = _columns(model, connection.vendor)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for _attribute, column, _convert in columns)
    table = quote(model._meta.db_table)
    values = ([convert(getattr(row, attribute)) for attribute, _column, convert in columns] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values))
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias
