"""Published pages through the cache, and the tray of a full unit; each beside its floor. Not
the import: `imports.py`."""

from __future__ import annotations

import json
import time

from .load import Job
from .server import database, drive, machine, run_python, running, say


def run(*, seconds: float, database: str, tray: int) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="pages", machine=machine())
    failed = False
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        failed |= _one(which, seconds, tray)
    return 1 if failed else 0


def _one(which: str, seconds: float, tray: int) -> bool:
    failed = False
    with database(which) as environment:
        if environment is None:
            say(bench="pages", database=which, skipped="set TONGBAN_TEST_POSTGRESQL to the URL of a server")
            return False
        run_python("tongban.bench.prepare", environment, ["published", "2000"])
        with running(environment, worker=False) as port:
            drive(
                Job(port, "GET", "/", concurrency=16, seconds=3)
            )  # every process of the server loads itself at its first request
            floor = drive(Job(port, "GET", "/healthz", concurrency=16, seconds=seconds / 2))
            for path in ("/", "/letters/published/"):
                for concurrency in (1, 16, 64):
                    found = drive(Job(port, "GET", path, concurrency=concurrency, seconds=seconds))
                    failed |= bool(found["errors"])
                    say(
                        bench="pages",
                        database=which,
                        page=path,
                        concurrency=concurrency,
                        **found,
                        floor_per_second=floor["per_second"],
                    )
        began = time.perf_counter()
        run_python("tongban.bench.prepare", environment, ["tray", str(tray)])
        say(
            bench="pages",
            database=which,
            step="fill the tray by the one way",
            cases=tray,
            per_second=round(tray / (time.perf_counter() - began), 1),
        )
        print(run_python("tongban.bench.tray", environment, [which]), end="", flush=True)
    return failed


if __name__ == "__main__":
    print(json.dumps(machine()))
