"""A scan of two million rows needs no more memory than one of two hundred thousand. (Ten million
were seen at 200 MB, flat.)"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
sys.path[:0] = sys.argv[2:3]
from tongban.bench.memory import peak_bytes
from tongban.detect.scan import Options, Scan
scan = Scan(sys.argv[1], Options())
for _ in scan.run():
    pass
print(scan.report.rows, peak_bytes() >> 20)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path):
    block = "".join(f"{number},王小明,1380{number:07d},{number * 7919 % 100_003}\n" for number in range(100_000))
    source = str(Path(__file__).parents[2] / "src")
    seen = {}
    for times in (2, 20):
        path = tmp_path / f"{times}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("id,xm,sjh,amount\n")
            for _ in range(times):
                file.write(block)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(path), source], capture_output=True, text=True, check=True
        )
        rows, megabytes = map(int, done.stdout.split())
        assert rows == times * 100_000
        seen[times] = megabytes
        path.unlink()
    assert seen[20] < seen[2] + 80, seen
    assert seen[20] < 1000
