"""Moves sealed values from old keys of the ring to the newest, in batches, resumable by nature.

A value already sealed with the newest key is passed over, so an interrupted run simply starts again. Not for files
(`cases.attachments.reseal`) nor for blind indexes: they are made with the index key, which has to stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models, transaction

from .fields import SealedJSONField
from .keyring import ring


def sealed_columns() -> list[tuple[type[models.Model], SealedJSONField]]:
    """Every sealed column of the house."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, SealedJSONField)
    ]


def rotate(model: type[models.Model], field: SealedJSONField, batch: int = 500) -> Iterator[int]:
    """Re-seal every value of one column; yields the number of rows looked at after each batch."""
    keys = ring()
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(field.column))
    primary = quote(str(model._meta.pk.column))
    last: int | None = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            where = f"AND {primary} > %s" if last is not None else ""
            lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
            cursor.execute(
                f"SELECT {primary}, {column} FROM {table} WHERE {column} IS NOT NULL {where} "
                f"ORDER BY {primary} LIMIT %s{lock}",
                [*([last] if last is not None else []), batch],
            )
            rows = cursor.fetchall()
            moved = [
                (keys.seal(keys.open(bytes(value), field.purpose), field.purpose), row)
                for row, value in rows
                if not keys.sealed_with_current(bytes(value))
            ]
            if moved:
                cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {primary} = %s", moved)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)
