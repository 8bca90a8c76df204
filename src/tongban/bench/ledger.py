"""The ledger: entries into the log, acts while it grows, time until an act can be proved, proofs, verification,
what it costs the intake."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from .intake import submission
from .server import database, drive, machine, run_python, running, say

PEERS = {
    "prototype on this kind of machine": (
        "32,000–72,000 entries/s on SQLite, 19,000–57,000 on PostgreSQL, proofs p50 0.55 ms warm at 10 million, "
        "34 bytes of tiles per leaf"
    ),
    "Tessera": "documents about 10,000 writes/s on NVMe and 2–4 s until integrated",
}
SIZES = ("sqlite", "postgresql")


def sha256_floor() -> int:
    """Entries a second that this CPU could hash into a tree, and nothing else: a leaf of 300 bytes and a node each."""
    leaf, node, number = b"\x00" + b"x" * 300, b"\x01" + b"x" * 64, 300_000
    began = time.perf_counter()
    for _ in range(number):
        hashlib.sha256(leaf).digest()
        hashlib.sha256(node).digest()
    return round(number / (time.perf_counter() - began))


def run(*, database: str, size: int, seconds: float) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="ledger", machine=machine(), peers=PEERS)
    failed = False
    for which in SIZES if database == "both" else (database,):
        failed |= _one(which, size, seconds)
    return 1 if failed else 0


def _one(which: str, size: int, seconds: float) -> bool:
    floor = sha256_floor()
    say(bench="ledger", step="floor", sha256_entries_per_second=floor)
    with database(which) as environment:
        if environment is None:
            say(bench="ledger", database=which, skipped="set TONGBAN_TEST_POSTGRESQL to the URL of a server")
            return False
        for arguments in (
            ["batches", "200000", "1000"],
            ["batches", "1000000", "100000"],
            ["writers", "4", str(seconds)],
            ["grow", str(size)],
            ["proofs", "2000"],
            ["check", "500000"],
        ):
            print(
                run_python("tongban.bench.ledger_steps", environment, [which, str(floor), *arguments]),
                end="",
                flush=True,
            )
    return _intake(which, seconds)


def _intake(which: str, seconds: float) -> bool:
    """The intake with and without the ledger, in turns on one database, so that neither has the emptier disk."""
    failed = False
    from .intake import leaf_matter

    with database(which) as environment:
        if environment is None:
            return False
        rates: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(6):
            on = turn % 2 == 0
            with running({**environment, **({} if on else {"TONGBAN_BENCH_WITHOUT_LEDGER": "1"})}) as port:
                for seconds_now in (1.5, seconds):
                    job = submission(port, 16, seconds_now, (turn * 2 + (seconds_now == seconds)) * 10_000_000)
                    job.body["matter"] = leaf_matter()  # type: ignore[index]
                    found = drive(job)
                failed |= bool(found["errors"])
                rates[on].append(found["per_second"])
        on_rate, off_rate = (sum(rates[name]) / len(rates[name]) for name in (True, False))
        say(
            bench="ledger",
            step="intake at 16",
            database=which,
            with_ledger=rates[True],
            without_ledger=rates[False],
            slower_by=round(1 - on_rate / off_rate, 3),
        )
    return failed


def cold() -> bool:
    """Drop the page cache of the system; False where that is not allowed."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True
