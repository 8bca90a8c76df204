"""Moves what is sealed from old keys of the ring to the newest, in batches, resumable by nature.

Sealed columns are known by themselves; whatever else is sealed with the ring (files, second factors, segments of an
index) makes itself known with `register`. What has the newest key is passed over, so that an interrupted run simply
starts again. Not for blind indexes: they are made with the index key, which has to stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from .fields import Sealed, SealedJSONField
from .keyring import ring

BATCH = 500


@dataclass(frozen=True)
class Resealable:
    """A kind of sealed things: `count()` of them for the progress, `run()` re-seals and yields how many it has looked
    at."""

    name: str
    count: Callable[[], int]
    run: Callable[[], Iterator[int]]


_registered: dict[str, Resealable] = {}


def register(name: str, run: Callable[[], Iterator[int]], count: Callable[[], int]) -> None:
    """Have a change of keys re-seal what `run` knows. Called when a room is made ready; the same name again replaces.

    `run` must pass over what `ring().sealed_with_current` says is done, and commit as it goes.
    """
    _registered[name] = Resealable(name, count, run)


def everything() -> list[Resealable]:
    """All that a change of keys has to go through: every sealed column, then what was registered."""
    columns = [
        Resealable(f"{model._meta.label}.{field.name}", model._base_manager.count, _rotation_of(model, field))
        for model, field in sealed_columns()
    ]
    return [*columns, *_registered.values()]


def _rotation_of(model: type[models.Model], field: SealedJSONField) -> Callable[[], Iterator[int]]:
    return lambda: rotate(model, field)


def sealed_columns() -> list[tuple[type[models.Model], SealedJSONField]]:
    """Every sealed column of the house."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, SealedJSONField)
    ]


def rotate(model: type[models.Model], field: SealedJSONField, batch: int = BATCH) -> Iterator[int]:
    """Re-seal every value of one column; yields the number of rows looked at after each batch."""
    keys, name = ring(), str(field.attname)
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(field.column))
    primary = quote(str(model._meta.pk.column))
    paths = [path.replace(".", "__") for path in field.identity]
    related = {path.rpartition("__")[0] for path in paths} - {""}
    rows = model._base_manager.exclude(**{name: None}).order_by("pk").only("pk", name, *paths)
    if related:
        rows = rows.select_related(*related)
    last = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(of=("self",)).filter(pk__gt=last)[:batch])
            moved = []
            for row in found:
                value = row.__dict__[name]
                if isinstance(value, Sealed) and not keys.sealed_with_current(value):
                    getattr(row, name)
                    moved.append((field.sealed(row), row.pk))
            if moved:
                with connection.cursor() as cursor:
                    cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {primary} = %s", moved)
        if not found:
            return
        last = found[-1].pk
        yield len(found)
