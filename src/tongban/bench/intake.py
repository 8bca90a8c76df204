"""Submissions through the public API, whole path, beside the floor: a bare Django form insert on the same server."""

from __future__ import annotations

from .load import Job
from .server import database, drive, machine, running, say

PEERS = "Signalen on 2 cores: 9–16 submissions/s at 16 (p95 1.1–2.0 s); a bare Django form insert 450–630/s"
BODY = (
    "小区对面的工地每天夜里十二点以后还在施工，打桩机的声音很大，老人和孩子都睡不好，多次反映没有结果，"
    "请有关部门现场查看并处理。"
) * 3


def submission(port: int, concurrency: int, seconds: float, offset: int) -> Job:
    """A letter through POST /api/v1/letters, each with an idempotency key and a text of its own."""
    return Job(
        port, "POST", "/api/v1/letters",
        {"matter": "{matter}", "place": "610113", "subject": "工地夜间施工扰民 {n}", "body": BODY,
            "email": "someone@example.org"},
        headers={"Idempotency-Key": "bench-intake-key-{n}"}, concurrency=concurrency, seconds=seconds, expect=201,
        offset=offset,
    )  # fmt: skip


def bare(port: int, concurrency: int, seconds: float, offset: int) -> Job:
    """The floor."""
    return Job(
        port, "POST", "/bench/insert", {"subject": "工地夜间施工扰民 {n}", "body": BODY, "place": "610113"}, form=True,
        concurrency=concurrency, seconds=seconds, expect=201, offset=offset,
    )  # fmt: skip


def leaf_matter() -> str:
    """The code of a matter of the demo that letters can be about."""
    from tongban.demo.generate import matters

    parents = {row.parent for row in matters()}
    return next(row.code for row in matters() if row.code not in parents)


def run(*, seconds: float, database: str) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="intake", machine=machine(), peers=PEERS)
    failed = False
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        failed |= _one(which, seconds)
    return 1 if failed else 0


def _one(which: str, seconds: float) -> bool:
    matter = leaf_matter()
    failed = False
    with database(which) as environment:
        if environment is None:
            say(bench="intake", database=which, skipped="set TONGBAN_TEST_POSTGRESQL to the URL of a server")
            return False
        with running(environment) as port:
            offset = 0
            warm = submission(port, 4, 1.5, offset)
            warm.body["matter"] = matter  # type: ignore[index]
            drive(warm)
            drive(bare(port, 4, 1.0, offset))
            for concurrency in (1, 16, 64):
                offset += 10_000_000
                floor = drive(bare(port, concurrency, seconds / 2, offset))
                job = submission(port, concurrency, seconds, offset)
                job.body["matter"] = matter  # type: ignore[index]
                found = drive(job)
                failed |= bool(found["errors"])
                say(
                    bench="intake",
                    database=which,
                    concurrency=concurrency,
                    **found,
                    floor_per_second=floor["per_second"],
                    floor_p95_ms=floor["p95_ms"],
                    ratio_to_floor=round(found["per_second"] / max(floor["per_second"], 0.1), 3),
                )
    return failed
