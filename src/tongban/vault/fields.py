"""Model fields whose values are sealed with the key ring before they reach the database.

The database, its backups and its logs hold ciphertext only. Not searchable: see `KeyRing.blind` for exact look-up.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from django.db import models

from .keyring import ring


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """A JSON value (dict or None), sealed. The table and column are authenticated with it."""

    description = "a sealed JSON value"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @cached_property
    def purpose(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.sealed(value), connection, prepared)

    def sealed(self, value: Any) -> bytes | None:
        """The sealed bytes of a value, with a fresh nonce; None for None."""
        return None if value is None else ring().seal(orjson.dumps(value), self.purpose)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return orjson.loads(ring().open(bytes(value), self.purpose))

    def value_to_string(self, obj: Any) -> str:
        raise TypeError("sealed fields are not serialised")

    def to_python(self, value: Any) -> Any:
        return value
