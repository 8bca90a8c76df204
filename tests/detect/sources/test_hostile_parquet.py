"""Parquet files made to exhaust or crash the reader: the file is left with a reason, and the next one is read."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.detect.sources.reading import rows_of, whys
from tongban.detect.sources import Finished, Limits, columnar, read_path


def repeated(path: Path, length: int, rows: int) -> Path:
    """A small file in which every row holds the same long text, once in a dictionary."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows), pa.array(["电" * (length // 3)]))
    parquet.write_table(pa.table({"a": column}), path, store_schema=False, compression="zstd")
    return path


def good(path: Path) -> Path:
    parquet.write_table(pa.table({"a": ["b"]}), path)
    return path


def test_a_tiny_file_with_gigabytes_in_it_is_read_a_few_rows_at_a_time(tmp_path):
    path = repeated(tmp_path / "a.parquet", 300_000, 6_000)
    assert path.stat().st_size < 10_000
    code = (
        "import sys; from tongban.bench.memory import peak_bytes; from tongban.detect.sources import read_path\n"
        "rows = sum(getattr(p, 'rows', 0) or 0 for p in read_path(sys.argv[1]) if hasattr(p, 'values'))\n"
        "print(rows, peak_bytes() >> 20)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
    )
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 6_000
    assert megabytes < 400


def test_rows_that_no_memory_holds_are_left_with_the_reason_and_the_scan_goes_on(tmp_path):
    repeated(tmp_path / "a.parquet", 60_000_000, 100)
    good(tmp_path / "b.parquet")
    pieces = list(read_path(tmp_path, limits=Limits(parquet_memory=700 << 20)))
    assert whys(pieces) == ["memory"]
    assert [row["a"] for row in rows_of(pieces)] == ["b"]


@pytest.mark.parametrize("signal", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_parser_that_crashes_ends_one_file_and_not_the_scan(tmp_path, monkeypatch, signal):
    child = tmp_path / "child.py"
    text = columnar._CHILD.read_text("utf-8")
    child.write_text(
        text.replace(
            "    import pyarrow as pa\n",
            f"    if 'a.parquet' in path:\n        import os, signal\n        os.kill(os.getpid(), signal.{signal})\n"
            "    import pyarrow as pa\n",
            1,
        ),
        "utf-8",
    )
    monkeypatch.setattr(columnar, "_CHILD", child)
    monkeypatch.setattr(columnar, "_waiting", [])
    folder = tmp_path / "data"
    folder.mkdir()
    good(folder / "a.parquet")
    good(folder / "b.parquet")
    pieces = list(read_path(folder))
    assert whys(pieces) == ["crashed"]
    assert [row["a"] for row in rows_of(pieces)] == ["b"]
    for waiting in columnar._waiting:
        waiting.close()


def test_a_parser_that_hangs_is_ended(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(600)\n", "utf-8")
    monkeypatch.setattr(columnar, "_CHILD", child)
    monkeypatch.setattr(columnar, "_waiting", [])
    good(tmp_path / "a.parquet")
    assert whys(list(read_path(tmp_path / "a.parquet", limits=Limits(parquet_seconds=1)))) == ["timeout"]
    assert columnar._waiting == []


def test_one_child_reads_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(columnar, "_waiting", [])
    begun = []
    start = columnar._Child.__init__
    monkeypatch.setattr(columnar._Child, "__init__", lambda self, memory: (begun.append(1), start(self, memory))[1])
    for number in range(5):
        good(tmp_path / f"{number}.parquet")
    (tmp_path / "9.parquet").write_bytes(b"PAR1" + b"x" * 100 + b"PAR1")
    pieces = list(read_path(tmp_path))
    assert (len(rows_of(pieces)), whys(pieces), len(begun)) == (5, ["damaged"], 1)
    columnar._waiting.pop().close()


def test_mutated_files_are_read_or_left_with_a_reason(tmp_path):
    drawn = random.Random(3)
    good(tmp_path / "seed")
    table = pa.table(
        {
            "a": [f"1380013{number:04d}" for number in range(200)],
            "n": list(range(200)),
            "l": [[number, 1] for number in range(200)],
        }
    )
    parquet.write_table(table, tmp_path / "seed", compression="none", row_group_size=60)
    seed = (tmp_path / "seed").read_bytes()
    for _ in range(150):
        raw = bytearray(seed)
        for _ in range(drawn.choice([1, 3, 20])):
            at = drawn.randrange(4, len(raw) - 8)
            raw[at : at + drawn.choice([0, 1, 4])] = drawn.choice([b"\xff" * 4, b"\x00", b"", drawn.randbytes(3)])
        (tmp_path / "a.parquet").write_bytes(raw)
        pieces = list(read_path(tmp_path / "a.parquet"))
        assert isinstance(pieces[-1], Finished) or whys(pieces)
