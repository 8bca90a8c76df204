"""Moves queued entries into the log: one integrator at a time, each batch one transaction, shuffled.

Batches are taken at full ticks of the clock (every `TONGBAN_LEDGER_DELAY` seconds), so that whoever watches the log
grow learns neither at which moment of the last tick an act was done nor which of two acts was first.
It reloads the right edge, checks that it leads to the root it should, assigns indices then, writes bundles, tiles and
the head, and deletes the queue rows, all or nothing. Killed at any point, it leaves the log as it was or one batch
longer. It signs nothing: see `signing.py`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice
from random import SystemRandom

from django.db import connection, transaction
from django.utils import timezone

from tongban.merkle import LogError, decode_bundle, encode_bundle
from tongban.merkle.tiles import WIDTH

from . import log, signing
from .models import Head

BATCH = 10_000
CROWD = 10_000
"""So many waiting entries are taken without waiting for the tick."""
LAST_KEY = b"\xff" * 16
_dice = SystemRandom()
LOCK = 0x746F6E67
"""PostgreSQL's advisory lock of the one integrator ("tong")."""
_PUT_TILE = (
    "INSERT INTO ledger_tile (level, number, data) VALUES (%s, %s, %s) ON CONFLICT (level, number) DO UPDATE SET "
    "data = excluded.data"
)


class Broken(LogError):
    """The tiles in the database do not lead to the root they should; nothing more is
    integrated until that is mended."""


def _take(most: int, before: bytes = LAST_KEY) -> list[tuple[bytes, bytes]]:
    """Take the oldest queue rows with keys below `before` out of the queue: (key, entry), by key."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # By an array: with IN, a queue that grew before its statistics did is joined row by row, for minutes.
            cursor.execute(
                "DELETE FROM ledger_queuedentry WHERE key = ANY(ARRAY("
                "SELECT key FROM ledger_queuedentry WHERE key < %s ORDER BY key LIMIT %s)) RETURNING key, entry",
                [before, most],
            )
            return sorted((bytes(key), bytes(entry)) for key, entry in cursor.fetchall())
        cursor.execute("SELECT key, entry FROM ledger_queuedentry WHERE key < %s ORDER BY key LIMIT %s", [before, most])
        rows = cursor.fetchall()
        if rows:  # the transaction holds SQLite's only writer: no row can have come in between
            cursor.execute("DELETE FROM ledger_queuedentry WHERE key <= %s", [rows[-1][0]])
        return rows  # type: ignore[no-any-return]


def due_before(delay: float, now: float) -> bytes:
    """The key below which entries are due at `now` (seconds since 1970): those queued before the last full tick."""
    if not delay:
        return LAST_KEY
    tick = int(now // delay * delay * 1000)
    return tick.to_bytes(6, "big") + bytes(10)


def _due(delay: float) -> bytes | None:
    """The key below which entries are to be taken now; None where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ledger_queuedentry ORDER BY key LIMIT 1")
        first = cursor.fetchone()
        if first is None:
            return None
        before = due_before(delay, time.time())
        if bytes(first[0]) < before:
            return before
        cursor.execute("SELECT key FROM ledger_queuedentry ORDER BY key LIMIT 1 OFFSET %s", [CROWD - 1])
        return LAST_KEY if cursor.fetchone() else None


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True  # BEGIN IMMEDIATE
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def waiting() -> int:
    """How many entries wait; counts to 10,000 at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM (SELECT 1 FROM ledger_queuedentry LIMIT 10000) AS first_ones")
        return int(cursor.fetchone()[0])


def integrate(most: int = BATCH, delay: float = 0) -> int:
    """Integrate one batch; returns how many entries it had. Raises Broken, and WouldFork after an old backup was
    restored.

    `delay` seconds is the tick at which entries are taken; 0 takes what waits. The order within a batch is drawn by
    lot.
    """
    before = _due(delay)
    if before is None:
        return 0
    signing.refuse_behind()
    with transaction.atomic():
        if not _alone():
            return 0
        rows = _take(most, before)
        if rows:
            _dice.shuffle(rows)
            append([entry for _key, entry in rows], [key for key, _entry in rows])
    return len(rows)


def append(entries: Sequence[bytes], keys: Sequence[bytes]) -> None:
    """Put entries at the end of the log. In the integrator's transaction. `keys` may be empty
    (entries without a row)."""
    head = log.standing()
    edge = log.edge(head.size)
    if edge.root() != head.root:
        raise Broken(
            f"the tiles of the log of {head.size} entries do not lead to its root; restore the database from a backup"
        )
    tiles = [
        (level, number, raw)
        for (level, number), raw in edge.append([sha256(b"\x00" + entry).digest() for entry in entries]).items()
    ]
    tiles += _bundles(head.size, entries)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(_PUT_TILE, tiles)
            if keys:
                with cursor.copy("COPY ledger_position (key, number) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(["bytea", "int8"])
                    for number, key in enumerate(keys, start=head.size):
                        copy.write_row((key, number))
        else:
            cursor.executemany(_PUT_TILE, tiles)
            cursor.executemany(
                "INSERT INTO ledger_position (key, number) VALUES (%s, %s)",
                list(zip(keys, range(head.size, head.size + len(keys)), strict=True)),
            )
    Head.objects.update_or_create(pk=1, defaults={"size": edge.size, "root": edge.root(), "changed_at": timezone.now()})


def _bundles(size: int, entries: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
    number, width = divmod(size, WIDTH)
    found: list[tuple[int, int, bytes]] = []
    rest = iter(entries)
    begun = log.tile(-1, number, width) if width else b""
    while batch := list(islice(rest, WIDTH - width)):
        found.append((-1, number, begun + encode_bundle(batch)))
        number, width, begun = number + 1, 0, b""
    return found


def rebuilt_root() -> bytes:
    """The root computed from the entries alone, one bundle at a time: for doctor and tests."""
    from tongban.merkle import Edge

    size, edge = log.standing().size, Edge(0)
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        edge.append([sha256(b"\x00" + entry).digest() for entry in decode_bundle(log.tile(-1, number, width), width)])
    return edge.root()
