"""What was changed of one row of the registry: who, when, why, from what to what, as the record has it.

The record's private part is sealed, so that rows are looked for in the newest changes of the table, not by the
database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongban.record.models import Change

from .registry_words import Told, row_key, told

LOOKED_AT = 300
"""The newest changes of a table that are looked through."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a row."""

    change: Change
    by: str
    reason: str
    told: Told


@dataclass(frozen=True, slots=True)
class History:
    """The changes of a row, newest first; `more`: there are changes of the table that were not looked through or do not
    tell every row, so that some may be missing."""

    lines: tuple[Line, ...]
    more: bool


def history(name: str, row: Any) -> History:
    """The changes of this row."""
    key, lines, more = row_key(name, row), [], False
    changes = list(Change.objects.filter(table=name).order_by("-pk")[: LOOKED_AT + 1])
    for change in changes[:LOOKED_AT]:
        private = change.private or {}
        every = (private.get("details") or {}).get("changes") or []
        more = more or len(every) < change.rows
        for one in every:
            if one.get("key") == key:
                fields = one.get("fields") or {}
                lines.append(Line(change, private.get("by", ""), private.get("reason", ""), told(name, key, fields)))
    return History(tuple(lines), more or len(changes) > LOOKED_AT)
