"""Services over real HTTP: a page of a draft saved, an application with forty facts sent, at sixteen at once; and a
catalogue of many offerings taken in and searched. Each beside a floor of the same run: a bare Django form insert on the
same server, the count of a place's rows.

Every saved page is of a browser of its own, as a draft moves on to a new key each time. The browser's page is posted
with its cookie and form token; the program's application goes through the API.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from .intake import bare
from .load import Job
from .server import POSTGRESQL, database, drive, machine, run_python, running, say
from .service_steps import FACTS, KEY, MATTER, PAGES, PLACE, answers

STEPS = "tongban.bench.service_steps"
TOKEN = "b" * 32
AT_ONCE = 16
ID_NUMBER = "11010519491231002X"


def saved(port: int, seconds: float, offset: int, concurrency: int = AT_ONCE) -> Job:
    """A page of ten questions saved by a browser, as often as there are drafts."""
    cookies = f"tongban_draft_application={KEY}; tongban_csrf={TOKEN}"
    body: dict[str, Any] = {"csrfmiddlewaretoken": TOKEN, "version": f"{MATTER}:1", **answers(0, FACTS // PAGES)}
    return Job(
        port, "POST", "/new/application/q1/", body, form=True, headers={"Cookie": cookies}, concurrency=concurrency,
        seconds=seconds, expect=302, offset=offset,
    )  # fmt: skip


def sent(port: int, seconds: float, offset: int, concurrency: int = AT_ONCE) -> Job:
    """An application with forty facts, through the API."""
    body = {
        "matter": MATTER, "place": PLACE, "name": "李明 {n}", "id_number": ID_NUMBER, "declared": True,
        "answers": answers(),
    }  # fmt: skip
    return Job(
        port, "POST", "/api/v1/applications", body, headers={"Idempotency-Key": "bench-application-{n}"},
        concurrency=concurrency, seconds=seconds, expect=201, offset=offset,
    )  # fmt: skip


def run(*, seconds: float, database: str) -> int:
    """Measure drafts and applications; 1 where a request failed."""
    say(bench="services", what="over HTTP", machine=machine(), load=round(os.getloadavg()[0], 1))
    failed = False
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        failed |= _one(which, seconds)
    return 1 if failed else 0


def _one(which: str, seconds: float) -> bool:
    failed = False
    with database(which) as environment:
        if environment is None:
            say(bench="services", database=which, skipped=f"set {POSTGRESQL}")
            return False
        run_python(STEPS, environment, ["form"])
        prepared = int(1500 * (seconds + 1))
        run_python(STEPS, environment, ["drafts", "0", str(prepared)])
        with running(environment) as port:
            drive(bare(port, 4, 1.0, 0))
            drive(saved(port, 1.0, 0, 4))
            drive(sent(port, 1.0, 0, 4))
            floor = drive(bare(port, AT_ONCE, seconds, 10_000_000))
            for name, job in (("a page of a draft saved", saved(port, seconds, 1500)),
                              ("an application with 40 facts", sent(port, seconds, 20_000_000))):  # fmt: skip
                found = drive(job)
                failed |= bool(found["errors"])
                say(
                    bench="services", what=name, database=which, concurrency=AT_ONCE, **found,
                    floor_per_second=floor["per_second"], floor_p95_ms=floor["p95_ms"],
                    ratio_to_floor=round(found["per_second"] / max(floor["per_second"], 0.1), 3),
                    load=round(os.getloadavg()[0], 1),
                )  # fmt: skip
    return failed


def catalogue(*, offerings: int, database: str) -> int:
    """Take so many offerings in as a file, and search; 0 where no row was refused."""
    refused = 0
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        refused += _catalogue(which, offerings)
    return 1 if refused else 0


def _catalogue(which: str, offerings: int) -> int:
    with database(which) as environment, tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        if environment is None:
            say(bench="services", database=which, skipped=f"set {POSTGRESQL}")
            return 0
        file = str(Path(folder) / "offerings.csv")
        run_python(STEPS, environment, ["wide", "1500", "12"])
        run_python(STEPS, environment, ["offerings", file, str(offerings)])
        taken = json.loads(run_python(STEPS, environment, ["take", file]))
        say(bench="services", what="offerings taken in", database=which, **taken, load=round(os.getloadavg()[0], 1))
        found = json.loads(run_python(STEPS, environment, ["search", "100"]))
        say(bench="services", what="a search", database=which, **found, load=round(os.getloadavg()[0], 1))
        return int(taken["rejected"])
