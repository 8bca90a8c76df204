"""A file of letters, as tests of the import write and bring it in."""

from __future__ import annotations

import csv
from pathlib import Path

from rich.console import Console

from tongban.intake.running import run

HEADER = ["id", "sender", "subject", "sent_at", "body", "reply", "replied_at"]
GOOD = ["1", "网友", "路灯", "2019-03-01T10:00:00+08:00", "路灯不亮", "已修", "2019-03-04T10:00:00+08:00"]
quiet = Console(quiet=True)


def table(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def go(path: Path, **more: object) -> int:
    options = {
        "unit": "610113-CG",
        "place": None,
        "dry_run": False,
        "rejected": None,
        "publish": True,
        "console": quiet,
        **more,
    }
    return run(path, **options)
