"""The door of reports: addresses looked up, a policy zone of a million names, and how long a decision, a lifting, a
restart and a kill take until real resolvers say what was decided.

BIND and Unbound are Debian's own, with the set-up files that the house ships, on loopback; where one is missing the
line says so. The door is reached by name, as everything here: the bench imports none.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import resolvers
from .load import Job
from .resolvers import ANSWER, KEY, RECENT, ZONE, NotInstalled, Resolver
from .server import database, drive, machine, run_python, running, say

PEERS = {
    "measured on another machine of this kind": (
        "RPZ of 2 M records as strings 0.97 s, dnspython 100,000 names in 20 s; BIND open for 124 s while it reloads "
        "2 M, a change live after 73 s by default; ada and a set walk in Python about 100,000 URLs/s"
    )
}
REFUSED = "NXDOMAIN"


def run(*, names: int, rounds: int, seconds: float, database: str) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="reports", machine=machine(), load=os.getloadavg(), peers=PEERS)
    _looked_up(names)
    failed = _zone_from_strings(names)
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        failed |= _reports_taken(which, seconds)
    failed |= _resolvers(names, rounds)
    return 1 if failed else 0


def _looked_up(names: int) -> None:
    """Addresses read and looked up in a list of so many names, on one core; the floor is ada and a walk over a set."""
    from ada_url import URL

    from tongban.webaddr import Names

    dice = random.Random(17)  # noqa: S311
    listed = [f"n{number}.list{number % 997}.example" for number in range(names)]
    hosts = [
        dice.choice(listed) if number % 10 == 0 else f"site{number}.good{number % 991}.example"
        for number in range(200_000)
    ]
    asked = [f"https://www.{host}/a/{number}?q=1" for number, host in enumerate(hosts)]
    began = time.process_time()
    found = Names.build(listed)
    built = time.process_time() - began
    known = set(listed)

    def floor() -> int:
        hits = 0
        for text in asked[:50_000]:
            labels = URL(text).hostname.split(".")
            hits += any(".".join(labels[at:]) in known for at in range(len(labels)))
        return hits

    began = time.process_time()
    floor()
    floored = 50_000 / (time.process_time() - began)
    rates = []
    for _round in range(3):
        began = time.process_time()
        places = found.find_addresses(asked)
        rates.append(len(asked) / (time.process_time() - began))
    say(
        bench="reports",
        step="addresses read and looked up",
        names=names,
        hits=int((places >= 0).sum()),
        built_s=round(built, 2),
        per_second=round(max(rates)),
        floor_per_second=round(floored),
        ratio_to_floor=round(max(rates) / floored, 2),
        wanted="≥ 250,000/s",
    )


def _zone_from_strings(names: int) -> bool:
    """The form RPZ of so many rows, in a process of its own, beside writing the same lines with nothing else."""
    said = json.loads(
        run_python("tongban.bench.reports_steps", {**os.environ, "TONGBAN_DEMO": "1"}, ["zone", str(names)])
    )
    say(bench="reports", step="RPZ from rows", wanted="< 2 s, < 300 MB", **said)
    return False


def _reports_taken(which: str, seconds: float) -> bool:
    """Reports through the public API at 16, beside letters on the same server."""
    with database(which) as environment:
        if environment is None:
            say(bench="reports", step="reports taken", database=which, skipped="set TONGBAN_TEST_POSTGRESQL")
            return False
        run_python("tongban.bench.reports_steps", environment, ["city"])
        with running(environment) as port:
            body = {
                "matter": "6001",
                "found": "收到短信说积分到期 http://bank-{n}.example/login",
                "body": "点开要输银行卡密码和验证码。",
                "email": "someone@example.org",
            }
            job = Job(
                port, "POST", "/api/v1/reports", body, headers={"Idempotency-Key": "bench-report-key-{n}"},
                concurrency=16, seconds=1.5, expect=201,
            )  # fmt: skip
            bare_body = {"subject": "s {n}", "body": "点开要输银行卡密码和验证码。", "place": "610000"}
            floor = Job(
                port, "POST", "/bench/insert", bare_body, form=True, concurrency=16, seconds=seconds / 2, expect=201
            )
            drive(job)
            bare = drive(floor)
            job.seconds, job.offset = seconds, 10_000_000
            found = drive(job)
        say(
            bench="reports",
            step="reports taken at 16",
            database=which,
            **found,
            floor_per_second=bare["per_second"],
            wanted="≥ 300/s",
        )
        return bool(found["errors"])


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-m", "tongban", "worker"], env=environment, start_new_session=True)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(20)


def _resolvers(names: int, rounds: int) -> bool:
    with database("sqlite") as environment, tempfile.TemporaryDirectory(prefix="tongban-dns-") as folder:
        assert environment is not None
        run_python("tongban.bench.reports_steps", environment, ["city"])
        run_python("tongban.bench.reports_steps", environment, ["fill", str(names)])
        made = json.loads(run_python("tongban.bench.reports_steps", environment, ["publish"]))
        say(bench="reports", step="RPZ published from the register, judged and signed", names=names, **made)
        upstream = resolvers.Upstream()
        try:
            bind, unbound = _started(Path(folder), environment, Path(made["file"]), upstream)
        except NotInstalled as missing:
            say(bench="reports", step="resolvers", skipped=str(missing))
            return False
        with resolvers.ended(bind, unbound):
            _loaded(bind, unbound, names)
            environment |= {
                "TONGBAN_FEED_DNS": f"127.0.0.1:{bind.port}/{ZONE}+{RECENT}",
                "TONGBAN_FEED_DNS_KEY": KEY,
            }
            failed = _live(bind, unbound, environment, rounds)
            failed |= _killed(bind, unbound, names)
        upstream.close()
    return failed


def _started(
    folder: Path, environment: dict[str, str], zone: Path, upstream: resolvers.Upstream
) -> tuple[Resolver, Resolver]:
    manual = json.loads(run_python("tongban.bench.reports_steps", environment, ["manuals"]))
    port = resolvers.free_port()
    bind = resolvers.bind(folder / "bind", manual, upstream, [port])
    began = time.monotonic()
    resolvers.compiled(folder / "bind", zone)
    say(bench="reports", step="zone compiled for BIND", seconds=round(time.monotonic() - began, 1))
    unbound = resolvers.unbound(folder / "unbound", manual["unbound"], upstream, bind.port, port)
    bind.start()
    return bind, unbound


def _listed(names: int) -> str:
    return f"www.n{names - 1}.list{(names - 1) % 997}.example"


def _loaded(bind: Resolver, unbound: Resolver, names: int) -> None:
    took = {"bind": bind.until(_listed(names), REFUSED, 600)}
    unbound.start()
    took["unbound"] = unbound.until(_listed(names), REFUSED, 900)
    say(
        bench="reports",
        step="first start until a listed name is refused",
        seconds={name: round(value, 1) for name, value in took.items()},
        megabytes={name: _megabytes(one) for name, one in (("bind", bind), ("unbound", unbound))},
    )


def _megabytes(one: Resolver) -> int:
    assert one.process is not None
    for line in Path(f"/proc/{one.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def _live(bind: Resolver, unbound: Resolver, environment: dict[str, str], rounds: int) -> bool:
    """From the committed act to the answer of each resolver, with the worker of the house between."""
    took: dict[str, list[float]] = {}
    with _worker(environment):
        acting = subprocess.Popen(
            [sys.executable, "-m", "tongban.bench.reports_steps", "acts", str(rounds)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert acting.stdin is not None
        assert acting.stdout is not None
        time.sleep(5)  # the worker's first look
        for _act in range(2 * rounds):
            acting.stdin.write("go\n")
            acting.stdin.flush()
            what, name = acting.stdout.readline().split()
            began = time.monotonic()
            wanted = REFUSED if what == "decided" else ANSWER
            seen: dict[str, float] = {}

            def ask(which: str, one: Resolver, name: str = name, wanted: str = wanted, seen: Any = seen) -> None:
                one.until(f"www.{name}", wanted, 180)
                seen[which] = time.monotonic() - began  # noqa: B023

            askers = [threading.Thread(target=ask, args=pair) for pair in (("bind", bind), ("unbound", unbound))]
            for one in askers:
                one.start()
            for one in askers:
                one.join()
            for which in ("bind", "unbound"):
                took.setdefault(f"{what}, {which}", []).append(seen.get(which, float("inf")))
        acting.stdin.close()
        acting.wait(30)
    say(
        bench="reports",
        step="from the act until the resolver says so",
        rounds=rounds,
        median_s={name: round(statistics.median(found), 2) for name, found in took.items()},
        most_s={name: round(max(found), 2) for name, found in took.items()},
        wanted="< 3 s",
    )
    return any(max(found) == float("inf") for found in took.values())


def _killed(bind: Resolver, unbound: Resolver, names: int) -> bool:
    failed = False
    for which, one in (("bind", bind), ("unbound", unbound)):
        for how in (signal.SIGKILL, signal.SIGTERM):
            one.kill(how)
            one.start()
            opened, refused, first = _asked_at_random(one, names, 900)
            failed |= opened > 0
            say(
                bench="reports",
                step=f"{which} after {how.name}",
                listed_names_open=opened,
                refused=refused,
                first_answer_s=round(first, 1),
                wanted="0 open",
            )
    return failed


def _asked_at_random(one: Resolver, names: int, most: float) -> tuple[int, int, float]:
    """Listed names by lot, until 2,000 were answered: how many were open, how many refused, seconds until the first."""
    began, opened, refused, first = time.monotonic(), 0, 0, -1.0
    dice = random.Random(3)  # noqa: S311
    while opened + refused < 2_000 and time.monotonic() - began < most:
        number = dice.randrange(names)
        said = one.says(f"w.n{number}.list{number % 997}.example", resolvers.DEAD)
        if said in (ANSWER, REFUSED) and first < 0:
            first = time.monotonic() - began
        opened += said == ANSWER
        refused += said == REFUSED
    return opened, refused, first
