"""Puts entries into the ledger's queue, inside the caller's transaction.

Not for integrating them: the integrator does that, one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from . import bulk
from .entry import LONGEST, VERSION, EntryError, canonical, time_ordered_key
from .models import QueuedEntry


def queued(entry: Mapping[str, Any]) -> QueuedEntry:
    """The row that queues an entry in its canonical form, not yet stored. Raises EntryError."""
    raw = canonical({**entry, "v": VERSION})
    if len(raw) > LONGEST:
        raise EntryError(f"an entry has at most {LONGEST:,} bytes; this one has {len(raw):,}")
    return bulk.fresh(QueuedEntry, key=time_ordered_key(), entry=raw)


def enqueue(entries: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Queue each entry in canonical form; returns their keys. Raises EntryError, and RuntimeError outside a
    transaction.

    Acts of cases come from `cases.writer`, statements from `scorecards`. A public register that is no case may queue
    its changes here too, with a `kind` of its own and without `link` (docs/ledger-entry.md, "Other entries").
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a ledger entry is queued in the transaction of its act")
    rows = [queued(entry) for entry in entries]
    if len(rows) > 1:
        bulk.insert(rows)
    elif rows:
        bulk.insert_linked([bulk.Linked(rows[0])])
    return [bytes(row.key) for row in rows]
