"""The steps of `tongban bench ledger` that run in a process of their own, on the bench's database.
Each prints one JSON line."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")


def say(**line: Any) -> None:
    """One JSON line."""
    print(json.dumps({"bench": "ledger", **line}, ensure_ascii=False), flush=True)


def entries(number: int) -> Iterator[bytes]:
    """Entries as acts leave them: what is the same in all of them, and seals that are not."""
    head = b'{"act":"answered","at":"2026-11-24","commit":"'
    middle = b'","kind":"letter","link":"'
    tail = b'","v":2}'
    for at in range(0, number, 1000):
        random_hex = os.urandom(48 * min(1000, number - at)).hex().encode()
        for i in range(0, len(random_hex), 96):
            yield head + random_hex[i : i + 64] + middle + random_hex[i + 64 : i + 96] + tail


def queue(number: int) -> None:
    """Fill the queue, not timed."""
    from django.db import connection, transaction

    from tongban.ledger.entry import time_ordered_key

    rows = ((time_ordered_key(), entry) for entry in entries(number))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY ledger_queuedentry (key, entry) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["bytea", "bytea"])
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO ledger_queuedentry (key, entry) VALUES (%s, %s)", list(rows))


def batches(which: str, floor: int, number: int, batch: int) -> None:
    """Queue → log, until the queue is empty, and sign once a batch as the worker does."""
    from tongban.ledger import integrator, signing

    queue(number)
    began = time.perf_counter()
    count = 0
    while done := integrator.integrate(batch):
        count += done
        signing.publish()
    rate = count / (time.perf_counter() - began)
    say(
        step="queue to signed log",
        database=which,
        batch=batch,
        entries=count,
        entries_per_second=round(rate),
        ratio_to_floor=round(rate / floor, 3),
    )


def _write(which: int, seconds: float, answers: Any) -> None:
    import django

    django.setup()
    from tongban.cases.actor import NEWCOMER, resident
    from tongban.cases.models import Act
    from tongban.cases.writer import Step, Submission, perform, submit

    from .intake import leaf_matter

    case, _receipt = submit(Submission("letter", leaf_matter(), "610113", f"题{which}", "文"), NEWCOMER)
    until, count, seen = time.time() + seconds, 0, []
    while time.time() < until:
        performed = perform(case.pk, Step("supplement", resident(case.pk), {"text": f"补充{count}"}))
        count += 1
        if count % 20 == 0 and performed.act is not None:
            key = Act.objects.values_list("entry_key", flat=True).get(pk=performed.act.pk)
            seen.append((bytes(key or b""), time.time()))
    answers.put((count, seen))


def _integrate(stop: Any) -> None:
    import django

    django.setup()
    from tongban.ledger import keeping

    while not stop.is_set():
        if not keeping.keep(at_once=True):
            time.sleep(0.2)
    while keeping.keep(at_once=True):
        pass


def writers(which: str, floor: int, number: int, seconds: float) -> None:
    """So many processes act by the one way while another integrates and signs as the worker does."""
    from tongban.ledger.models import Position, SignedCheckpoint

    context = get_context("spawn")
    answers, stop = context.Queue(), context.Event()
    integrator = context.Process(target=_integrate, args=(stop,))
    integrator.start()
    people = [context.Process(target=_write, args=(i, seconds, answers)) for i in range(number)]
    for process in people:
        process.start()
    told = [answers.get() for _ in people]
    for process in people:
        process.join()
    time.sleep(1)
    stop.set()
    integrator.join()
    signed = sorted(SignedCheckpoint.objects.values_list("size", "signed_at"))
    waits = []
    for _count, seen in told:
        for key, moment in seen:
            index = Position.objects.values_list("number", flat=True).get(pk=key)
            waits.append(next(at.timestamp() for size, at in signed if size > index) - moment)
    waits.sort()
    say(
        step="writers while integrating",
        database=which,
        writers=number,
        acts_per_second=round(sum(count for count, _seen in told) / seconds, 1),
        until_provable_p50_ms=round(1000 * waits[len(waits) // 2]),
        until_provable_p99_ms=round(1000 * waits[int(len(waits) * 0.99)]),
        until_provable_max_ms=round(1000 * waits[-1]),
    )


def grow(which: str, floor: int, size: int) -> None:
    """The log up to `size` entries, with a key for each, as the integrator appends them; then its bytes."""
    from django.db import connection, transaction

    from tongban.ledger import integrator, log, signing
    from tongban.ledger.entry import time_ordered_key
    from tongban.ledger.models import Tile

    start = log.standing().size
    began = time.perf_counter()
    while (here := log.standing().size) < size:
        part = list(entries(min(100_000, size - here)))
        with transaction.atomic():
            integrator.append(part, [time_ordered_key() for _ in part])
    rate = (size - start) / (time.perf_counter() - began)
    signing.publish()
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(LENGTH(data)) FROM ledger_tile WHERE level >= 0")
        tiles = int(cursor.fetchone()[0])
        cursor.execute("SELECT SUM(LENGTH(data)) FROM ledger_tile WHERE level < 0")
        bundles = int(cursor.fetchone()[0])
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT SUM(pg_total_relation_size(name::regclass)) FROM unnest(ARRAY['ledger_tile', "
                "'ledger_position']) AS name"
            )
            stored = int(cursor.fetchone()[0])
        else:
            stored = os.path.getsize(connection.settings_dict["NAME"])
    say(
        step="grow", database=which, entries=size, append_entries_per_second=round(rate), rows=Tile.objects.count(),
        tile_bytes_per_entry=round(tiles / size, 2),
        bundle_bytes_per_entry=round(bundles / size, 1), stored_bytes_per_entry=round(stored / size, 1),
    )  # fmt: skip


def proofs(which: str, floor: int, number: int) -> None:
    """Receipts of random entries: the first ones after the system forgot the disk, then those with a
    warm cache; and their check."""
    from tongban.ledger import log, signing
    from tongban.merkle import leaf_hash

    from .ledger import cold

    size = log.standing().size
    dice = random.Random(1)

    def timed(count: int, forget: bool = False) -> list[float]:
        times = []
        for _ in range(count):
            index = dice.randrange(size)
            if forget:
                log.forget()
            began = time.perf_counter()
            receipt = log.receipt(index)
            times.append(1000 * (time.perf_counter() - began))
            assert receipt is not None
        return sorted(times)

    def told(times: list[float]) -> dict[str, float]:
        return {
            "p50_ms": round(times[len(times) // 2], 3),
            "p95_ms": round(times[int(len(times) * 0.95)], 3),
            "max_ms": round(times[-1], 3),
        }

    timed(3)
    log.forget()
    dropped = cold()
    first = timed(100, forget=True)
    forgotten = timed(300, forget=True)
    timed(number)
    warm = timed(number)
    say(
        step="receipts",
        database=which,
        entries=size,
        disk_cache_dropped=dropped,
        after_that=told(first),
        reader_empty=told(forgotten),
        warm=told(warm),
    )
    receipts = [
        (log.receipt(index), leaf_hash(log.entry_at(index))) for index in (dice.randrange(size) for _ in range(500))
    ]
    keys = signing.verifiers()
    began = time.perf_counter()
    for receipt, leaf in receipts:
        assert receipt is not None
        receipt.verify(leaf, keys)
    say(
        step="verify a receipt",
        database=which,
        p50_us=round(1e6 * (time.perf_counter() - began) / len(receipts)),
        bytes=len(str(receipts[0][0])),
    )


class Stored:
    """The log's own tables as the source of a check."""

    def get(self, path: str) -> bytes:
        """A tile or bundle."""
        from tongban.ledger import log
        from tongban.merkle.tiles import parse_path

        place = parse_path(path)
        return log.tile(place.level, place.number, place.width)


def check(which: str, floor: int, number: int) -> None:
    """The whole check of a log's first entries: every entry, every tile, the root."""
    from tongban.ledger import log
    from tongban.merkle import Checkpoint, Tiles, root_of
    from tongban.merkle.audit import check_log

    number = min(number, log.standing().size)
    reader = Tiles(log.tile, number)
    checkpoint = Checkpoint("bench.example/ledger", number, root_of(reader, number))
    began = time.perf_counter()
    check_log(Stored(), checkpoint)
    rate = number / (time.perf_counter() - began)
    say(
        step="check every entry and tile",
        database=which,
        entries=number,
        entries_per_second=round(rate),
        ratio_to_floor=round(rate / floor, 3),
    )


def main() -> None:
    """`ledger_steps DATABASE FLOOR STEP ARGUMENT …`."""
    import django

    django.setup()
    which, floor, step, *arguments = sys.argv[1:]
    does: Any = {"batches": batches, "writers": writers, "grow": grow, "proofs": proofs, "check": check}[step]
    does(which, int(floor), *(float(item) if "." in item else int(item) for item in arguments))


if __name__ == "__main__":
    main()
