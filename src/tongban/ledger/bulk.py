"""Writes many rows of one model at once, without the ORM's work per field; keys are taken beforehand.

For the one writer: batches (an import of a million letters takes the same way as one letter) go by COPY on PostgreSQL
and `executemany` on SQLite; the few rows of one act go in one statement. Only for models whose values need no
validation: they were decided by pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from django.db import connection, models
from django.db.models.base import ModelState

from tongban.vault.fields import SealedJSONField

Row = TypeVar("Row", bound=models.Model)


def take_ids(model: type[models.Model], number: int) -> list[int]:
    """`number` fresh primary keys, in order. In the caller's transaction (on SQLite that one holds the only writer)."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        first = int(cursor.fetchone()[0]) + 1
        return list(range(first, first + number))


def _plain(value: Any) -> Any:
    return value


@lru_cache(maxsize=4096)
def _sqlite_time(value: datetime | None) -> Any:
    return None if value is None else value.astimezone(UTC).isoformat(" ")[:-6]  # without +00:00


@dataclass(frozen=True, slots=True)
class OfRow:
    """A conversion that needs the row, not the value alone: a sealed value is sealed to its row."""

    take: Callable[[models.Model], Any]


Conversion = Callable[[Any], Any] | OfRow


def _value(row: models.Model, name: str, convert: Conversion) -> Any:
    return convert.take(row) if isinstance(convert, OfRow) else convert(getattr(row, name))


@lru_cache(maxsize=32)
def _columns(model: type[models.Model], vendor: str) -> tuple[tuple[str, str, Conversion], ...]:
    return tuple(
        (str(column.attname), str(column.column), _conversion(column, vendor)) for column in model._meta.concrete_fields
    )


def _conversion(column: models.Field[Any, Any], vendor: str) -> Conversion:
    """What makes of an attribute the value that the driver takes; once per column, not a question per value."""
    if isinstance(column, SealedJSONField):
        return OfRow(column.sealed)
    if isinstance(column, models.DateTimeField):
        return _sqlite_time if vendor == "sqlite" else _plain
    if isinstance(column, models.DateField):
        return _sqlite_day if vendor == "sqlite" else _plain
    if type(column) is models.JSONField and column.encoder is None:
        return _json
    if isinstance(
        column,
        models.ForeignKey
        | models.CharField
        | models.TextField
        | models.IntegerField
        | models.BooleanField
        | models.BinaryField,
    ):
        return _plain
    return _prepared(column)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _sqlite_day(value: date | None) -> Any:
    return None if value is None else value.isoformat()


def _prepared(column: models.Field[Any, Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        return column.get_db_prep_save(value, connection)

    return convert


@lru_cache(maxsize=32)
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    plain, made = {}, []
    for column in model._meta.concrete_fields:
        name = str(column.attname)
        if column.has_default() and callable(column.default):
            made.append((name, column.get_default))
        else:
            plain[name] = column.get_default()
    return plain, tuple(made)


def fresh(model: type[Row], related: Mapping[str, models.Model] | None = None, **values: Any) -> Row:
    """A row that is not stored yet, as `model(**values)` makes it, without the work per field
    that this costs in Django.

    `values` by the names of attributes (`unit_id`, not `unit`); `related`: rows that foreign keys point to, which may
    lack their key as yet. Only for models whose rows nobody listens to being made.
    """
    plain, made = _defaults(model)
    row = model.__new__(model)
    row.__dict__.update(plain)
    for name, default in made:
        if name not in values:
            row.__dict__[name] = default()
    row.__dict__.update(values)
    row._state = ModelState()
    for name, other in (related or {}).items():
        row._state.fields_cache[name] = other
        row.__dict__[f"{name}_id"] = other.pk
    return row


@dataclass(frozen=True)
class Linked:
    """One row to insert. `refers` maps a column's attribute to the place in the list of the
    earlier row it points to."""

    row: models.Model
    refers: Mapping[str, int] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _linked_sql(
    shape: tuple[tuple[type[models.Model], tuple[tuple[str, int], ...]], ...],
) -> tuple[str, tuple[bool, ...]]:
    """One statement for rows of this shape, for PostgreSQL; and which of them get their key from the database."""
    quote = connection.ops.quote_name
    parts, wanted, fresh = [], [], []
    numbers = count(1)
    for place, (model, refers) in enumerate(shape):
        earlier = dict(refers)
        auto = isinstance(model._meta.pk, models.AutoField)
        columns = [
            item for item in _columns(model, connection.vendor) if not (auto and item[0] == model._meta.pk.attname)
        ]
        marks = ", ".join(
            f"(SELECT id FROM r{earlier[name]})" if name in earlier else f"${next(numbers)}"
            for name, _column, _convert in columns
        )
        names = ", ".join(quote(column) for _name, column, _convert in columns)
        back = f" RETURNING {quote(str(model._meta.pk.column))} AS id" if auto else ""
        parts.append(f"r{place} AS (INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks}){back})")
        fresh.append(auto)
        if auto:
            wanted.append(f"(SELECT id FROM r{place})")
    return f"WITH {', '.join(parts)} SELECT {', '.join(wanted)}", tuple(fresh)


@lru_cache(maxsize=64)
def _row_sql(model: type[models.Model]) -> tuple[str, tuple[tuple[str, str, Conversion], ...], bool]:
    quote = connection.ops.quote_name
    auto = isinstance(model._meta.pk, models.AutoField)
    columns = tuple(
        item for item in _columns(model, connection.vendor) if not (auto and item[0] == model._meta.pk.attname)
    )
    names, marks = ", ".join(quote(column) for _name, column, _convert in columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", columns, auto


def _cursor() -> Any:
    """A cursor; on PostgreSQL one that binds on the server, so that the statement is parsed and
    planned once a connection."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    import psycopg

    connection.ensure_connection()
    raw: Any = psycopg.RawCursor(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)


def insert_linked(items: Sequence[Linked]) -> None:
    """Insert a few rows that point at each other, and set their keys: one statement on PostgreSQL, one a row on SQLite.

    On PostgreSQL it is whole by itself; on SQLite the caller's transaction makes it so. Raises IntegrityError.
    """
    with _cursor() as cursor:
        if connection.vendor == "postgresql":
            sql, fresh = _linked_sql(tuple((type(item.row), tuple(item.refers.items())) for item in items))
            values = [
                _value(item.row, name, convert)
                for item in items
                for name, _column, convert in _row_sql(type(item.row))[1]
                if name not in item.refers
            ]
            cursor.execute(sql, values)
            keys = iter(cursor.fetchone() or ())
            for item, auto in zip(items, fresh, strict=True):
                if auto:
                    item.row.pk = next(keys)
        for item in items:
            for name, place in item.refers.items():
                _point(item.row, name, items[place].row)
            if connection.vendor != "postgresql":
                sql, columns, auto = _row_sql(type(item.row))
                cursor.execute(sql, [_value(item.row, name, convert) for name, _column, convert in columns])
                if auto:
                    item.row.pk = cursor.lastrowid
            item.row._state.adding = False
            item.row._state.db = connection.alias


def _point(row: models.Model, name: str, at: models.Model) -> None:
    """Set a key of `row` to that of `at`. What it is the key of stays known: to ask for it would read `at` again."""
    setattr(row, name, at.pk)
    field: Any = row._meta.get_field(name)
    if field.is_relation and isinstance(at, field.related_model):
        field.set_cached_value(row, at)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model; each has its primary key already."""
    if not rows:
        return
    model, vendor, alias = type(rows[0]), connection.vendor, connection.alias
    columns = _columns(model, vendor)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for _attribute, column, _convert in columns)
    table = quote(model._meta.db_table)
    values = list(_values(rows, columns))  # before the statement begins: nothing else can be asked while it runs
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
    for row in rows:
        row._state.adding = False
        row._state.db = alias


def _values(rows: Sequence[models.Model], columns: Sequence[tuple[str, str, Conversion]]) -> Iterator[list[Any]]:
    """The values of each row as the driver takes them; read past Django's descriptors, which ask once per value."""
    take = itemgetter(*(attribute for attribute, _column, _convert in columns))
    changed, of_row = [], []
    for place, (_attribute, _column, convert) in enumerate(columns):
        if isinstance(convert, OfRow):
            of_row.append((place, convert.take))
        elif convert is not _plain:
            changed.append((place, convert))
    for row in rows:
        value = list(take(row.__dict__))
        for place, convert in changed:
            value[place] = convert(value[place])
        for place, take_from in of_row:
            value[place] = take_from(row)
        yield value
