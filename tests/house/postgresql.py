"""The same behaviours on PostgreSQL: the tests that touch a database run once more against the server that is there.

Set TONGBAN_TEST_POSTGRESQL to the URL of a PostgreSQL ≥ 15 server (a user that may create databases); CI does. Two files run a
half each, so that two processes share them; within a half one process runs all, for starting and migrating costs more than some
rooms take.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_DATABASE = {"house", "browser", "workdays", "text", "detect", "merkle", "interop", "portal", "__pycache__"}
ROOMS = sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name not in WITHOUT_DATABASE)
DOORS = ["house/test_refusals.py", "house/test_refused_acts.py", "api", "letters_desk"]
"""The half about who is let in, and what is seen and done there."""
URL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
REASON = "PostgreSQL is missing: install it, start it, and set TONGBAN_TEST_POSTGRESQL=postgresql://user:password@host:port/name"


def on_postgresql(test):
    """Skip where no server is named, and where the whole run is on it already."""
    test = pytest.mark.skipif(not URL, reason=REASON)(test)
    return pytest.mark.skipif(URL != "" and os.environ.get("DATABASE_URL", "") == URL, reason="already running on PostgreSQL")(test)


def holds(rooms: Sequence[str]) -> None:
    """All tests of these rooms pass."""
    environment = {**os.environ, "DATABASE_URL": URL}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *(f"tests/{room}" for room in rooms), "-p", "no:cacheprovider"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", done.stdout)
