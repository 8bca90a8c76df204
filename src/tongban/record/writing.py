"""Writes the record, in the transaction of what it tells; rooms above may add to what becomes public of it.

Not for deciding who may do what (`accounts/officials.py`, `accounts/proposals.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Change, What

SALT_BYTES = 32


class ReasonMissing(ValueError):
    """Somebody changes something on a page and does not say why."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does it and why. On a page: an official, `second` the one who agreed where it takes two. Without an official:
    somebody at the server's own command line, who holds the database and the keys anyway."""

    official_id: int | None = None
    name: str = ""
    reason: str = ""
    way: Literal["page", "command"] = "command"
    second_id: int | None = None
    second_name: str = ""

    @property
    def alone(self) -> bool:
        """Whether one person on a page does it without another who agreed."""
        return self.way == "page" and self.second_id is None

    def agreed(self, official_id: int, name: str) -> By:
        """The same, agreed to by a second official."""
        return replace(self, second_id=official_id, second_name=name)


COMMAND = By()
_announcers: list[Callable[[Change, Mapping[str, Any]], bytes | None]] = []


def announced_by(announce: Callable[[Change, Mapping[str, Any]], bytes | None]) -> None:
    """Have `announce(change, private)` called for each row before it is stored, in its transaction; it gives the key of
    the public entry that it queued, or None. For the ledger, which stands above this room."""
    if announce not in _announcers:
        _announcers.append(announce)


def write(
    what: What,
    by: By,
    *,
    about: int | None = None,
    about_name: str = "",
    unit: str = "",
    role: str = "",
    since: date | None = None,
    until: date | None = None,
    table: str = "",
    rows: int = 0,
    details: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Change:
    """Store one row. Raises ReasonMissing for a page without a reason, RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("the record is written in the transaction of what it tells")
    reason = " ".join(by.reason.split())[:500]
    if by.way == "page" and not reason:
        raise ReasonMissing(_("请写明理由。"))
    private: dict[str, Any] = {"by": by.name, "reason": reason}
    private |= {"second": by.second_name} if by.second_id is not None else {}
    private |= {"about": about_name} if about is not None else {}
    private |= {"details": dict(details)} if details else {}
    change = Change(
        at=now or timezone.now(),
        what=what,
        way=by.way,
        by=by.official_id,
        second=by.second_id,
        about=about,
        unit=unit,
        role=role,
        since=since,
        until=until,
        table=table,
        rows=rows,
        private=private,
        salt=os.urandom(SALT_BYTES),
    )
    for announce in _announcers:
        key = announce(change, private)
        change.entry_key = key if key is not None else change.entry_key
    change.save()
    return change
