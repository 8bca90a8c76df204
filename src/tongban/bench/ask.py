"""The box at size: what `/ask/` takes in the server with many published letters, beside its own statements run bare.

`tongban bench ask` prints JSON lines for each database. The letters are of the bench's own making, a few troubles much
commoner than the others; they stand in the table of published cases alone, without their cases, of which the box reads
nothing. Not for a reader's wait: the network and the server's queue are not in it.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")

BATCH, WARM, READINGS = 1000, 5, 120
DAY = date(2026, 1, 1)
ASKED = (
    "电梯困人", "电梯坏了三天没人修", "暖气不热", "屋里冷得跟冰窖一样", "路灯不亮", "楼下广场舞太吵", "工钱一直不给",
    "自来水发黄", "公交车半天不来", "孩子上学要什么材料", "垃圾没人清", "停电了", "房产证办不下来", "医保怎么报销",
    "健身房跑路了退钱", "燈不亮", "the heating is cold", "street lamp broken", "我家在雁塔区，物业不管漏水",
    "碑林区有人占道经营，天天堵路", "你好", "养老金什么时候发",
    ("我们小区的电梯从上个月开始就经常停运，物业说在等维保公司，维保公司说没收到钱，老人孩子每天爬十几层楼，打了几次"
    "电话都没有人来修，想问问到底哪个单位管，能不能先把电梯修好，再查一查维修基金用到哪里去了，谢谢。"),
)  # fmt: skip


def fill(letters: int) -> float:
    """Write so many published letters and index them; seconds."""
    from django.db import connection
    from django.utils import timezone

    from tongban.published import index
    from tongban.published.models import PublishedCase
    from tongban.registry import snapshot
    from tongban.text import everyday

    picture, drawn = snapshot.current(), random.Random(1)
    lines = sorted({words for words in everyday().said.values() if len(words) > 8})
    common = [1 / (number + 1) for number in range(len(lines))]
    places = [code for code, row in picture.places.items() if row.level == "county"]
    matters = [row.code for row in picture.leaves("letter") if not row.conduct]
    unit, now, began = next(iter(picture.units)), timezone.now(), time.perf_counter()
    _without_cases()
    for start in range(0, letters, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, letters)):
            words = [word for word in drawn.choices(lines, common)[0] if not word.isascii()]
            told = drawn.sample(words, 4)
            place = picture.places[drawn.choice(places)]
            body = f"{place.name}第{number}号院，{told[0]}，{told[2]}已经{number % 30}天。"
            body += f"{told[1]}的问题反映过几次，{told[3]}。"
            answer = f"您好，现答复如下：\n我局派人到现场查看，{told[0]}已经处理，编号{number}。" * 3
            day = DAY + timedelta(days=number * 300 // letters)
            rows.append(PublishedCase(
                id=number + 1, case_id=number + 1, kind="letter", slug=f"bench{number}",
                matter_id=drawn.choice(matters), subject=f"{told[0]}{told[1]}没人管",
                body=body * 2, answer=answer, place_id=place.code, unit_id=unit,
                submitted_on=day, answered_on=day, published_at=now,
            ))  # fmt: skip
        PublishedCase.objects.bulk_create(rows)
        index.add(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return time.perf_counter() - began


def _without_cases() -> None:
    """Let published cases stand without their cases, in this database of the bench alone."""
    from django.db import connection

    from tongban.published.models import PublishedCase

    table = PublishedCase._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            return
        for name, found in connection.introspection.get_constraints(cursor, table).items():
            if found["foreign_key"] and found["columns"] == ["case_id"]:
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the readings stays within, in milliseconds with two decimals."""
    return round(sorted(times)[math.ceil(share * len(times)) - 1], 2)


def measure(letters: int) -> None:
    """Ask many times; prints one JSON line."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from .memory import peak_bytes

    settings.RATE_LIMITS = False
    client, found = Client(), 0
    times: list[float] = []
    worked: list[float] = []
    floors: list[float] = []
    before = peak_bytes()
    began = time.perf_counter()
    client.post("/ask/", {"text": ASKED[0]})
    client.get("/ask/")
    first = 1000 * (time.perf_counter() - began)
    for words in ASKED[:WARM]:
        client.post("/ask/", {"text": words})
        client.get("/ask/")
    for number in range(READINGS):
        client.post("/ask/", {"text": ASKED[number % len(ASKED)]})
        with CaptureQueriesContext(connection) as queries:
            client.get("/ask/")
        statements = [query["sql"].replace("%", "%%") for query in queries.captured_queries]
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.get("/ask/")
        worked.append(1000 * (time.process_time() - cpu))
        times.append(1000 * (time.perf_counter() - began))
        found += "/letters/published/bench" in answer.content.decode()
        began = time.perf_counter()
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
                cursor.fetchall()
        floors.append(1000 * (time.perf_counter() - began))
    p50, floor = statistics.median(times), statistics.median(floors)
    print(json.dumps({
        "bench": "ask", "database": connection.vendor, "letters": letters, "asked": len(ASKED), "readings": READINGS,
        "with_answers": found, "first_ms": round(first, 1), "p50_ms": round(p50, 2),
        "p95_ms": percentile(times, 0.95), "max_ms": percentile(times, 1.0),
        "cpu_p50_ms": percentile(worked, 0.5), "cpu_p95_ms": percentile(worked, 0.95),
        "bare_statements_ms": round(floor, 2), "bare_statements_p95_ms": percentile(floors, 0.95),
        "ratio": round(floor / p50, 3), "peak_memory_bytes": peak_bytes(), "of_it_before_asking": before,
    }), flush=True)  # fmt: skip


def run(*, letters: int, database: str) -> int:
    """Measure on one database or on both; 1 where one of them is not there."""
    from . import server

    server.say(bench="ask", machine=server.machine())
    missing = 0
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        with server.database(which) as environment:
            if environment is None:
                missing = 1
                server.say(bench="ask", database=which, skipped=f"set {server.POSTGRESQL}")
                continue
            sys.stdout.write(server.run_python("tongban.bench.ask", environment, [str(letters)]))
            sys.stdout.flush()
    return missing


def main() -> None:
    """`python -m tongban.bench.ask NUMBER`: in the database of the environment, which has the demo's registry."""
    import django

    django.setup()
    letters = int(sys.argv[1])
    spent = fill(letters)
    print(json.dumps({"bench": "ask", "step": "fill", "per_second": round(letters / spent)}), flush=True)
    measure(letters)


if __name__ == "__main__":
    main()
