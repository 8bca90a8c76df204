"""Published pages through the cache, the tray of a full unit, and the import; each beside its floor."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
            floor = drive(Job(port, "GET", "/healthz", concurrency=16, seconds=seconds / 2))
            for path in ("/", "/letters/published/"):
                for concurrency in (1, 16, 64):
                    found = drive(Job(port, "GET", path, concurrency=concurrency, seconds=seconds))
                    failed |= bool(found["errors"])
                    say(bench="pages", database=which, page=path, concurrency=concurrency, **found, floor_per_second=floor["per_second"])
        began = time.perf_counter()
        run_python("tongban.bench.prepare", environment, ["tray", str(tray)])
        say(bench="pages", database=which, step="fill the tray by the one way", cases=tray, per_second=round(tray / (time.perf_counter() - began), 1))
        print(run_python("tongban.bench.tray", environment, [which]), end="", flush=True)
        for publish in (False, True):
            _import(which, environment, publish)
    return failed


def _import(which: str, environment: dict[str, str], publish: bool, number: int = 20_000) -> None:
    """The whole command: start of the program, the way of every letter, masking and publishing where told, the index."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "letters.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "sender", "subject", "sent_at", "body", "reply", "replied_at"])
            for index in range(number):
                writer.writerow([
                    f"bench-{publish}-{index}", f"网友{index}", f"关于路灯的第{index}封信", "2019-03-01T10:00:00+08:00", "路灯不亮，晚上出行不便，希望尽快维修。" * 10,
                    "您好，路灯已经修复，感谢您的监督。" * 10, "2019-03-05T10:00:00+08:00",
                ])  # fmt: skip
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "tongban.cli", "import", "letters", str(path), "--place", "610113", *(["--publish"] if publish else [])], env=environment, stderr=subprocess.PIPE, text=True)
        took = time.perf_counter() - began
        say(bench="import", database=which, letters=number, answered=True, published=publish, indexed=True, exit=done.returncode, seconds=round(took, 2), per_second=round(number / took, 1))


if __name__ == "__main__":
    print(json.dumps(machine()))
