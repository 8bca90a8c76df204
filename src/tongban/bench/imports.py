"""The whole command `tongban import letters`, beside the floor: bare inserts of the same texts into a plain table.

The letters are of the bench's own making: as long as real ones (about 310 characters, answers 360), every one
different, some with a name, a number or an address to mask. Two times are told: until every letter is in with its acts,
entries and public page, and until the command ends, when all is found and counted too.
"""

from __future__ import annotations

import csv
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .server import database as fresh_database
from .server import machine, run_python, say

HEADER = ["id", "sender", "subject", "sent_at", "body", "reply", "replied_at"]
PIECES = (
    "小区门口的路灯不亮已经", "夜间施工的噪音很大，老人和孩子", "自来水发黄，物业说", "公交车改线以后，我们上班",
    "道路破损严重，雨天", "暖气不热，室内温度只有",
    "学校周边停车混乱，", "垃圾没有人清运，", "楼顶漏水，维修资金", "广场上的音响从早到晚，",
    "请有关部门现场查看并处理。", "多次反映没有结果，希望尽快答复。",
)  # fmt: skip
PRIVATE = ("我叫王小明，", "电话13800000000。", "住在3号楼2单元501室，", "联系人：李大海，")
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现"
    "实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反"
    "你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系"
)


def text(rng: random.Random, length: int, private: bool) -> str:
    """Sentences of so many characters."""
    parts, size = [rng.choice(PRIVATE)] if private else [], 0
    while size < length:
        parts += [
            rng.choice(PIECES),
            "".join(rng.choices(COMMON, k=rng.randint(6, 30))),
            "，" if rng.random() < 0.7 else "。\n",
        ]
        size += sum(map(len, parts[-3:]))
    return "".join(parts)[:length]


def write(path: Path, number: int, mark: str) -> None:
    """A file of so many letters."""
    rng = random.Random(mark)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for i in range(number):
            body = text(rng, max(30, int(rng.lognormvariate(5.5, 0.7))), i % 5 == 0)
            reply = text(rng, max(30, int(rng.lognormvariate(5.65, 0.7))), i % 9 == 0)
            day = f"2019-{i % 11 + 1:02d}-{i % 27 + 1:02d}"
            table.writerow(
                [
                    f"bench-{mark}-{i}",
                    f"网友{i}",
                    f"关于{text(rng, 10, False)}的来信",
                    f"{day}T10:00:00+08:00",
                    body,
                    reply,
                    f"{day}T16:00:00+08:00",
                ]
            )


def run(*, letters: int, database: str) -> int:
    """Measure; 0 where every import took every letter."""
    say(bench="import", machine=machine())
    failed = False
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        with fresh_database(which) as environment:
            if environment is None:
                say(bench="import", database=which, skipped="set TONGBAN_TEST_POSTGRESQL to the URL of a server")
                continue
            for publish in (False, True):
                failed |= measure(which, environment, publish, letters)
    return 1 if failed else 0


def measure(which: str, environment: dict[str, str], publish: bool, number: int) -> bool:
    """Import so many letters by the command, and say how long it took; True where it failed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "letters.csv"
        write(path, number, f"{which}-{publish}")
        floor = float(run_python("tongban.bench.imports", environment, [str(path)]))
        began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "tongban",
            "import",
            "letters",
            str(path),
            "--place",
            "610113",
            *(["--publish"] if publish else []),
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        took = time.perf_counter() - began
        told = re.search(r"in after ([0-9.]+) s", done.stderr)
        stored = float(told[1]) if told else None
        facts: dict[str, Any] = {
            "letters": number,
            "published": publish,
            "exit": done.returncode,
            "seconds_until_in": stored,
            "seconds_until_found_and_counted": round(took, 2),
        }
        if stored:
            facts |= {"in_per_second": round(number / stored, 1), "ratio_to_floor": round(number / stored / floor, 4)}
        say(
            bench="import",
            database=which,
            **facts,
            per_second=round(number / took, 1),
            floor_per_second=round(floor, 1),
        )
    return done.returncode != 0 or stored is None


def main() -> None:
    """Prints the floor: letters of a file a second by `executemany`, 500 in a transaction, into
    a table without an index."""
    import django

    django.setup()
    from django.db import connection, transaction

    with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
        rows = [tuple(row[name] for name in HEADER) for row in csv.DictReader(file)]
    columns = ", ".join(f"{name} text" for name in HEADER)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_floor ({columns})")
        began = time.perf_counter()
        for start in range(0, len(rows), 500):
            with transaction.atomic():
                cursor.executemany(
                    f"INSERT INTO bench_floor VALUES ({', '.join(['%s'] * len(HEADER))})", rows[start : start + 500]
                )
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_floor")
    print(len(rows) / took)


if __name__ == "__main__":
    main()
