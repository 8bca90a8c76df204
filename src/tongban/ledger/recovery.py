"""Brings entries back that were signed and published but are missing from a restored database.

The entries come from an exported or published copy and must lead to the checkpoint in the second place. Acts that were
lost with the database stay lost (the log only commits to them); the log itself does not fork.
"""

from __future__ import annotations

from django.db import connection, transaction

from tongban.merkle import Checkpoint, Edge, LogError
from tongban.merkle.audit import entries
from tongban.merkle.errors import Forked
from tongban.merkle.sources import Source

from . import integrator, log, signing


def recover(source: Source) -> tuple[int, Checkpoint]:
    """Append what is missing up to the last signed checkpoint; returns how many entries, and that
    checkpoint. Raises LogError."""
    last = signing.last_signed()
    if last is None:
        raise LogError("there is no signed checkpoint in the second place, so nothing is known to be missing")
    target = last[1]
    with transaction.atomic():
        if not integrator._alone():
            raise LogError("an integrator is at work; stop the worker first")
        here = log.standing()
        if here.size >= target.size:
            return 0, target
        found = [entry for _first, rows in entries(source, here.size, target.size) for entry in rows]
        edge = log.edge(here.size)
        check = Edge(here.size, edge.tiles)
        from tongban.merkle import leaf_hash

        check.append([leaf_hash(entry) for entry in found])
        if check.root() != target.root:
            raise Forked(
                f"the copy does not continue the database's {here.size} entries to the signed checkpoint of "
                f"{target.size}"
            )
        keys = _queued_keys(found)
        integrator.append(found, [])
        _place(keys, here.size, found)
    return len(found), target


def _queued_keys(found: list[bytes]) -> dict[bytes, bytes]:
    """Entries that the restored database still has in its queue: (entry → key). They are
    taken out, not logged twice."""
    wanted = set(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, entry FROM ledger_queuedentry")
        again = {bytes(entry): bytes(key) for key, entry in cursor.fetchall() if bytes(entry) in wanted}
        cursor.executemany("DELETE FROM ledger_queuedentry WHERE key = %s", [(key,) for key in again.values()])
    return again


def _place(keys: dict[bytes, bytes], start: int, found: list[bytes]) -> None:
    rows = [(keys[entry], number) for number, entry in enumerate(found, start=start) if entry in keys]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO ledger_position (key, number) VALUES (%s, %s)", rows)
