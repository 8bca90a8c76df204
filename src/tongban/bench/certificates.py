"""Certificates: how many a core issues and verifies, and how long a revoked one is still called good.

`python -m tongban.bench.certificates [sqlite|postgresql|both]` prints JSON lines. The floor of issuing and verifying is
the bare signature of the same machine in the same run. For the status: the whole act through the writer, then the list
asked of the view, its signature and the entry checked as a verifier does. The network is not in it.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")

SECONDS = 2.0
CLAIMS = {f"claim_{number:02}": f"第{number}项内容" for number in range(20)}
ISSUER, TYPE = "https://city.example/issuer/1", "https://city.example/verify/types/one"
READINGS = 20


def rate(work: Callable[[], object], seconds: float) -> int:
    """How often a second of processor time."""
    work()
    done, began = 0, time.process_time()
    while time.process_time() - began < seconds:
        work()
        done += 1
    return round(done / (time.process_time() - began))


def library(seconds: float = SECONDS) -> None:
    """Issue and verify 20 claims, beside the bare signature and the bare check."""
    from tongban.credentials import SigningKey, StatusList, from_paper, issue, status_list, status_list_cwt, to_paper
    from tongban.credentials import verify as check

    key, now = SigningKey.generate("2026"), 1_800_000_000
    given: dict[str, Any] = {
        "type": TYPE, "issuer": ISSUER, "key": key, "issued_at": now, "status": (f"{ISSUER}/status", 7),
    }  # fmt: skip
    made, code, keys = issue(CLAIMS, **given), to_paper(CLAIMS, **given), {ISSUER: [key.public]}
    signature = key.sign(b"x" * 600)
    entries = StatusList(1 << 20)
    for index in random.Random(7).sample(range(1 << 20), (1 << 20) // 100):
        entries[index] = 1
    published: dict[str, Any] = {"uri": ISSUER, "issuer": ISSUER, "key": key, "issued_at": now}
    jwt = status_list(entries, **published)
    print(json.dumps({
        "bench": "certificates", "claims": len(CLAIMS),
        "issued_per_core_second": rate(lambda: issue(CLAIMS, **given), seconds),
        "verified_per_core_second": rate(lambda: check(made, keys=keys, now=now), seconds),
        "paper_issued_per_core_second": rate(lambda: to_paper(CLAIMS, **given), seconds),
        "paper_verified_per_core_second": rate(lambda: from_paper(code, keys=keys, now=now), seconds),
        "bare_signatures": rate(lambda: key.sign(b"x" * 600), seconds),
        "bare_checks": rate(lambda: key.public.verifies(b"x" * 600, signature), seconds),
        "letters_of_a_code": len(code),
        "list_of_a_million_jwt_bytes": len(jwt),
        "list_of_a_million_jwt_gzip_bytes": len(gzip.compress(jwt.encode(), 6)),
        "list_of_a_million_cwt_bytes": len(status_list_cwt(entries, **published)),
    }), flush=True)  # fmt: skip


def house(database: str) -> None:
    """Grant and revoke licences, and ask the list after each."""
    from tongban.demo.load import load_tables
    from tongban.gate.door import loaded

    load_tables()
    grants, revoked, seen, kept = [], [], [], []
    for one in loaded("tongban.services.certificates.measuring:revocations")(READINGS):
        grants.append(one["grant_ms"])
        revoked.append(one["revoke_ms"])
        seen.append(one["until_the_list_says_so_ms"])
        kept.append(one["asked_again_ms"])
    print(json.dumps({
        "bench": "certificates", "database": database, "readings": READINGS,
        "grant_with_certificate_ms": round(statistics.median(grants), 2),
        "revoke_ms": round(statistics.median(revoked), 2),
        "until_the_list_says_so_ms": round(statistics.median(seen), 2),
        "until_the_list_says_so_max_ms": round(max(seen), 2),
        "asked_again_304_ms": round(statistics.median(kept), 2),
    }), flush=True)  # fmt: skip


def run(*, database: str) -> int:
    """Measure the library once, and the house on one database or on both; 1 where one of them is not there."""
    from . import server

    server.say(bench="certificates", machine=server.machine(), load=round(os.getloadavg()[0], 1))
    library()
    missing = 0
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        with server.database(which) as environment:
            if environment is None:
                missing = 1
                server.say(bench="certificates", database=which, skipped=f"set {server.POSTGRESQL}")
                continue
            sys.stdout.write(server.run_python("tongban.bench.certificates", environment, ["house", which]))
            sys.stdout.flush()
    return missing


def main() -> None:
    """With `house NAME` in the database of the environment, which has the demo's registry; else the whole run."""
    if sys.argv[1:2] == ["house"]:
        import django

        django.setup()
        house(sys.argv[2])
        return
    raise SystemExit(run(database=sys.argv[1] if len(sys.argv) > 1 else "both"))


if __name__ == "__main__":
    main()
