"""Spark and Ray, as real engine processes on this machine, find in a table what the local scanner finds.

They are large (700 MB) and Spark needs Java 17, so they are not in the test group: TONGBAN_TEST_CLUSTER names a folder
into which `uv pip install --target` put pyspark, pandas<3 and ray[data]. CI does.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tongban.detect.checks import luhn_ok
from tongban.detect.scan import Options, Scan
from tongban.detect.tally import Tally, unpacked

CLUSTER = os.environ.get("TONGBAN_TEST_CLUSTER", "")


def table(path: Path, rows: int = 3000) -> list[list[str]]:
    """Invented people, and decoys beside them."""
    chance = random.Random(11)
    lines = []
    for number in range(rows):
        body = "622202" + "".join(chance.choices("0123456789", k=12))
        lines.append(
            [
                str(number),
                chance.choice("王李张刘陈") + "".join(chance.choices("伟芳娜敏静丽强磊军洋", k=2)),
                f"1{chance.choice('358')}{chance.randrange(10**9):09d}",
                next(body + str(check) for check in range(10) if luhn_ok(body + str(check))),
                "".join(chance.choices("0123456789", k=16)),
                "" if number % 3 else f"请打13{chance.randrange(10**9):09d}，\n谢谢",
            ]
        )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "xm", "sjh", "yhkh", "order_no", "备注"], *lines])
    return lines


def told(report: dict) -> list[tuple]:
    return [
        (f["column"], f["type"], f["share"], f["persons"], f["rows"], f["filled"], f["level"], f["found"])
        for f in report["fields"]
    ]


@pytest.mark.parametrize("engine", ["spark", "ray"])
def test_a_cluster_finds_what_one_machine_finds(engine, tmp_path):
    if not CLUSTER:
        pytest.skip("TONGBAN_TEST_CLUSTER is not set: no folder with pyspark and ray[data]")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java 17: install openjdk-17-jre-headless")
    (tmp_path / "in").mkdir()
    table(tmp_path / "in" / "a.csv")
    running = Scan(str(tmp_path / "in" / "a.csv"), Options())
    list(running.run())
    source = Path(__file__).parents[2] / "src"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{source}:{CLUSTER}",
        "PYSPARK_PYTHON": sys.executable,
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    environment["JDK_JAVA_OPTIONS"] = (
        # for one small table: with all its compilers Java works a third longer
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "scan", str(tmp_path / "in"), "--engine", engine, "--format", "json", "-q",
            "-o", str(tmp_path / "out.json")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert told(json.loads((tmp_path / "out.json").read_text())) == told(json.loads(running.report.as_json()))


def test_a_tally_travels_as_bytes_and_comes_back_the_same(tmp_path):
    lines = table(tmp_path / "a.csv", 400)
    columns = ("id", "xm", "sjh", "yhkh", "order_no", "备注")
    whole, first, second = Tally(columns, watched=(1,)), Tally(columns, watched=(1,)), Tally(columns, watched=(1,))
    whole.feed_values([list(column) for column in zip(*lines, strict=True)])
    first.feed_values([list(column) for column in zip(*lines[:150], strict=True)])
    second.feed_values([list(column) for column in zip(*lines[150:], strict=True)])
    joined = unpacked(first.packed())
    joined.join(unpacked(second.packed()))
    assert (joined.rows, list(joined.filled), joined.whole, joined.inside) == (
        whole.rows,
        list(whole.filled),
        whole.whole,
        whole.inside,
    )
    assert {key: value.tolist() for key, value in joined.registers.items()} == {
        key: value.tolist() for key, value in whole.registers.items()
    }
    assert joined.sample == whole.sample
    with pytest.raises(ValueError, match="not a tally"):
        unpacked(b"\x00" * 7 + b"\x02{}")
