"""The same behaviours on PostgreSQL: the tests that touch a database run once more against the server that is there.

Set TONGBAN_TEST_POSTGRESQL to the URL of a PostgreSQL ≥ 15 server (a user that may create databases); CI does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name not in ("house", "browser", "workdays", "text", "detect", "merkle", "interop", "portal", "__pycache__"))
ROOMS.append("house/test_refusals.py")
URL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
REASON = "PostgreSQL is missing: install it, start it, and set TONGBAN_TEST_POSTGRESQL=postgresql://user:password@host:port/name"


@pytest.mark.skipif(not URL, reason=REASON)
@pytest.mark.skipif(URL != "" and os.environ.get("DATABASE_URL", "") == URL, reason="already running on PostgreSQL")
def test_every_behaviour_holds_on_postgresql():
    """One process for all rooms: starting and migrating would cost more than some of them take."""
    environment = {**os.environ, "DATABASE_URL": URL}
    environment.pop("PYTEST_ADDOPTS", None)
    rooms = [f"tests/{room}" for room in ROOMS]
    done = subprocess.run([sys.executable, "-m", "pytest", *rooms, "-p", "no:cacheprovider"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", done.stdout)
