"""Every command of `tongban` without a database, with an empty one, and with one that cannot be reached: a line that
says what to do and exit status 2, never a traceback. The commands are found by introspection, so a new one is among
them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NEED_NONE = {
    "scan": "reads files", "mask": "reads a text", "keys new": "prints keys", "ledger key": "prints a key",
    "text evaluate": "reads files", "ledger verify": "reads a published log", "ledger audit": "reads a published log",
    "ledger verify-receipt": "reads a receipt", "witness key": "prints a key",
    "credential verify": "reads a certificate", "keys certificates new": "prints a key",
    "sealed keys": "prints a key", "sealed open": "reads envelopes",
    "feed verify": "reads a feed and its signature", "feed manual": "prints a set-up file",
}  # fmt: skip
"""Commands that work without this house's database: they must not ask for one."""
NOT_RUN = {
    "serve": "makes the database itself and serves until it is stopped", "migrate": "makes the database",
    "manage": "Django's own commands",
    "messages": "writes into the source", "screenshots": "serves a demo", "witness serve": "serves until it is stopped",
    "bench intake": "serves and measures", "bench pages": "serves and measures", "bench import": "serves and measures",
    "bench ledger": "measures", "bench scan": "measures", "bench text": "measures", "bench search": "measures",
    "bench ask": "measures", "bench reports": "serves and measures", "bench services": "serves and measures",
}  # fmt: skip
TELLS = {"doctor": "says all that is wrong, the database among it"}


def run(tmp_path: Path, *without: str, **more: str) -> dict[str, dict[str, object]]:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment |= {
        "TONGBAN_DATA": str(tmp_path / "data"),
        "COLUMNS": "300",
        "TONGBAN_ORIGIN": "https://city.example",
        **more,
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "all_commands.py"), str(tmp_path), *NOT_RUN, *without],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def stuck(found: dict[str, dict[str, object]], word: str) -> dict[str, object]:
    """The commands that did not say in at most three lines, with `word` in them, what to do."""
    return {
        name: came
        for name, came in found.items()
        if name not in NEED_NONE
        and name not in TELLS
        and (came["status"] != 2 or word not in str(came["said"]) or len(str(came["said"]).strip().splitlines()) > 3)
    }


def test_without_a_database_every_command_says_so_in_a_line(tmp_path):
    found = run(tmp_path)
    assert {
        name: came for name, came in found.items() if "Traceback" in str(came["said"]) or came["status"] == 99
    } == {}
    assert stuck(found, "tongban migrate") == {}
    assert not (tmp_path / "data" / "tongban.sqlite3").exists()
    assert "tongban migrate" in str(found["doctor"]["said"])
    assert {
        name for name, came in found.items() if name in NEED_NONE and "tongban migrate" in str(came["said"])
    } == set()
    assert set(NEED_NONE) | set(TELLS) <= set(found)


@pytest.mark.parametrize("how", ["empty", "published keys", "unreachable"])
def test_with_a_database_that_cannot_be_used_it_is_a_line_too(tmp_path, how):
    (tmp_path / "data").mkdir()
    more, word = {}, "tongban migrate"
    if how == "empty":
        sqlite3.connect(tmp_path / "data" / "tongban.sqlite3").close()
        (tmp_path / "data" / "tongban.sqlite3").touch()
    elif how == "published keys":
        from tongban.config.environment import Environment

        more, word = {"TONGBAN_SECRET_KEY": str(Environment.model_fields["secret_key"].default)}, "tongban keys new"
    else:
        more, word = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}, "DATABASE_URL"
    found = run(tmp_path, *NEED_NONE, **more)
    assert {
        name: came for name, came in found.items() if "Traceback" in str(came["said"]) or came["status"] == 99
    } == {}
    assert stuck(found, word) == {}
