"""Puts entries into the ledger's queue, inside the caller's transaction.

Not for integrating them: the integrator does that, one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from . import bulk
from .entry import VERSION, canonical, time_ordered_key
from .models import QueuedEntry


def enqueue(entries: Iterable[Mapping[str, Any]]) -> None:
    """Queue each entry in canonical form. Raises EntryError, and RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a ledger entry is queued in the transaction of its act")
    rows = [QueuedEntry(key=time_ordered_key(), entry=canonical({**entry, "v": VERSION})) for entry in entries]
    if len(rows) > 1:
        bulk.insert(rows)
    else:
        QueuedEntry.objects.bulk_create(rows)
