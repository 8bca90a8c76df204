"""Model fields whose values are sealed with the key ring before they reach the database, each to its own row.

The database, its backups and its logs hold ciphertext only. A value is authenticated with its table, its column and
what its row is known by (`identity`), so that who can write to the database but has no key cannot show one person
another's words: a value that was moved does not open. Opened when it is asked for, not when its row is read. Not
searchable: see `KeyRing.blind` for exact look-up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import orjson
from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from .keyring import KeyRingError, ring
from .packing import packed, unpacked


class Sealed(bytes):
    """A value as it lies in the database; what `values()` and `values_list()` give, for lack of the row it opens
    with."""


def new_seal() -> str:
    """A random identity, for the column `seal` of rows that nothing else names: `CharField(max_length=32,
    default=new_seal)`."""
    return secrets.token_hex(16)


def seal_now(rows: Iterable[models.Model]) -> None:
    """Seal all sealed values of rows that are about to be stored, by this process; another one may be writing."""
    fields: dict[type[models.Model], list[SealedJSONField]] = {}
    for row in rows:
        model = type(row)
        if model not in fields:
            fields[model] = [field for field in model._meta.local_fields if isinstance(field, SealedJSONField)]
        for field in fields[model]:
            field.seal_now(row)


class SealedAttribute(DeferredAttribute):
    """Opens a sealed value with its row the first time it is asked for, and fetches it where it was deferred."""

    field: SealedJSONField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        values, name = instance.__dict__, self.field.attname
        if name not in values:
            rows = type(instance)._base_manager.db_manager(instance._state.db).filter(pk=instance.pk)
            values[name] = rows.values_list(name, flat=True).get()
        value = values[name]
        if isinstance(value, Sealed):
            value = values[name] = self.field.opened(value, instance)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """A JSON value (dict or None), sealed to its row.

    `identity`: the attributes that the row is known by and that are set before it is stored, as `("case.code",
    "sequence")`. They must name one row: a natural unique key, or a random column where there is none. What they are
    made of may change only together with the value, opened before. A queryset's `update()` takes None alone: a value is
    written with its row.
    """

    description = "a sealed JSON value"
    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, identity: Sequence[str] = (), **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        self.identity = tuple(identity)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not self.identity:
            hint = 'Say what its row is known by: SealedJSONField(identity=("code",)).'
            found.append(checks.Error("A sealed value has no identity.", hint=hint, obj=self, id="vault.E001"))
        return found

    @cached_property
    def purpose(self) -> bytes:
        """The table and the column."""
        return f"{self.model._meta.db_table}.{self.column}".encode()

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(path.split(".")) for path in self.identity)

    def bound_to(self, row: models.Model) -> bytes:
        """What is authenticated with the value of `row`: table, column and the row's identity. Raises KeyRingError for
        a row that has none yet."""
        parts = []
        for path in self._paths:
            part: Any = row
            for name in path:
                part = None if part is None else getattr(part, name)
            parts.append(part)
        if not parts or parts[0] in (None, ""):
            known_by = self.identity or "identity"
            raise KeyRingError(
                f"{self.model._meta.label}.{self.name} is sealed to a row, and this one has no {known_by}"
            )
        return self.purpose + b"\x00" + orjson.dumps(parts)

    def sealed(self, row: models.Model) -> bytes | None:
        """The value of `row` as it is stored: with a fresh nonce, or as it was read where nobody opened it."""
        value = row.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return ring().seal(packed(orjson.dumps(value)), self.bound_to(row))

    def seal_now(self, row: models.Model) -> None:
        """Put in the place of the value of `row` what will be stored: who writes the row need not pack and seal it
        then. Asked for, it opens as ever."""
        value = self.sealed(row)
        if value is not None:
            row.__dict__[self.attname] = Sealed(value)

    def opened(self, value: bytes, row: models.Model) -> Any:
        """The value of `row`. Raises KeyRingError, which names the row, where it was changed or is another row's."""
        try:
            return orjson.loads(unpacked(ring().open(value, self.bound_to(row))))
        except KeyRingError as error:
            raise KeyRingError(f"{self.model._meta.label} {row.pk}: {self.column} does not open: {error}") from error

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.attname not in model_instance.__dict__:  # deferred: nothing to write but what is there
            getattr(model_instance, self.attname)
        value = self.sealed(model_instance)
        return None if value is None else Sealed(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(
                f"{self.model._meta.label}.{self.name} is sealed to its row: save the row, not update() of a queryset"
            )
        return super().get_db_prep_value(None if value is None else bytes(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Sealed(value)

    def value_to_string(self, obj: Any) -> str:
        raise TypeError("sealed fields are not serialised")

    def to_python(self, value: Any) -> Any:
        return value
