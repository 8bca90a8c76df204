"""The page on adding a kind of case: its blocks are written to files as they stand, and its own test runs, on both databases."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "add-a-kind-of-case.md"
BLOCK = re.compile(r"^```\w+\n(?:#|\{#) (\S+)(?: #\})?\n(.*?)^```$", re.S | re.M)
POSTGRESQL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
REASON = "PostgreSQL is missing: install it, start it, and set TONGBAN_TEST_POSTGRESQL=postgresql://user:password@host:port/name"


def blocks() -> dict[str, str]:
    """Path → content of every block of the page."""
    return dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture
def city(tmp_path):
    """The tutorial's folder as a reader would have it."""
    for name, content in blocks().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return tmp_path


def run(city: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTEST_ADDOPTS", "DATABASE_URL", "TONGBAN_DATA")}
    environment |= {"PYTHONPATH": str(city), "DJANGO_SETTINGS_MODULE": "inspections.settings", "TONGBAN_DATA": str(city / "data"), **more}
    done = subprocess.run([sys.executable, "-m", *command], cwd=city, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done


def test_every_block_names_its_file_and_none_stands_twice():
    text = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == len(blocks()) == len(re.findall(r"^```\w+$", text, re.M)) == 14


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRESQL, reason=REASON))])
def test_the_tutorial_runs_as_it_is_written(city, database):
    words = run(city, "tongban.cli", "messages", "inspections").stdout
    assert words.strip() == "{'en': 0, 'zh_Hant': 0}", "every word of the tutorial is translated"
    done = run(city, "pytest", "inspections", "-p", "no:cacheprovider", DATABASE_URL=POSTGRESQL.rsplit("/", 1)[0] + "/tutorial" if database == "postgresql" else "")
    assert "9 passed" in done.stdout.replace("\n", " ")


def test_every_route_of_the_tutorial_declares_who_may_use_it(city):
    run(city, "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--ds", "inspections.settings", "-p", "no:cacheprovider",
        f"{ROOT}/tests/house/test_meta.py::test_every_route_declares_who_may_use_it")  # fmt: skip
