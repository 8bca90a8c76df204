"""Backup and restore on SQLite, by the steps of docs/operations.md: an older backup comes back, the log goes on as
one log, the files open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tongban.bench.server import database

LIVE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
import django; django.setup()
from tongban.cases import attachments
from tongban.cases.actor import NEWCOMER
from tongban.cases.writer import Submission, submit
from tongban.commands.working import work
for number in sys.argv[1:]:
    attachments.keep("photo.txt", f"seen on day {number}".encode(), f"draft {number}")
    sent = Submission("letter", "0202", "610113", f"letter {number}", "The roof leaks.", draft=f"draft {number}")
    submit(sent, NEWCOMER)
work(once=True)
"""
LOOK = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
import django; django.setup()
from tongban.cases import attachments
from tongban.cases.models import Attachment, Case
files = sorted(attachments.content_of(item).decode() for item in Attachment.objects.all())
print(sorted(case.subject for case in Case.objects.all()), files)
"""


@pytest.fixture
def house(tmp_path):
    """The environment of a house on SQLite whose second place is not in its data folder."""
    with database("sqlite") as environment:
        yield {
            **environment,
            "TONGBAN_LEDGER_GUARD": str(tmp_path / "second" / "last-checkpoint"),
            "TONGBAN_SECOND_FACTOR": "1",
            "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
        }


def run(house: dict[str, str], *arguments: str, code: int = 0) -> str:
    done = subprocess.run([sys.executable, *arguments], env={**os.environ, **house}, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join(done.stdout.split())


def tongban(house: dict[str, str], *arguments: str, code: int = 0) -> str:
    return run(house, "-m", "tongban", *arguments, code=code)


def test_an_older_backup_is_restored_and_the_log_does_not_fork(house, tmp_path):
    data, backup, copy = Path(house["TONGBAN_DATA"]), tmp_path / "backup", tmp_path / "copy"
    run(house, "-c", LIVE, "1", "2", "3")
    backup.mkdir()
    with sqlite3.connect(data / "tongban.sqlite3") as live, sqlite3.connect(backup / "tongban.sqlite3") as kept:
        live.backup(kept)
    live.close(), kept.close()
    shutil.copytree(data / "attachments", backup / "attachments")

    run(house, "-c", LIVE, "4", "5")
    tongban(house, "ledger", "export", str(copy))
    vkey = (copy / "log.vkey").read_text().strip()
    assert "5 entries, every signature" in tongban(
        house, "ledger", "verify", str(copy), "--key", vkey, "--save", str(tmp_path / "kept")
    )

    for name in ("tongban.sqlite3", "tongban.sqlite3-wal", "tongban.sqlite3-shm"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "attachments")
    shutil.copy(backup / "tongban.sqlite3", data)
    shutil.copytree(backup / "attachments", data / "attachments")
    assert "No migrations to apply" in tongban(house, "migrate")
    assert "has 3 entries, but a checkpoint of 5 has been signed" in tongban(house, "doctor", code=1)
    assert "2 entries brought back; the log has 5 again" in tongban(house, "ledger", "recover", str(copy))
    assert "✗" not in tongban(house, "doctor")

    run(house, "-c", LIVE, "6")
    tongban(house, "ledger", "export", str(copy))
    assert "6 entries, every signature" in tongban(
        house, "ledger", "verify", str(copy), "--key", vkey, "--since", str(tmp_path / "kept")
    )
    told = run(house, "-c", LOOK)
    assert "['letter 1', 'letter 2', 'letter 3', 'letter 6']" in told
    assert "['seen on day 1', 'seen on day 2', 'seen on day 3', 'seen on day 6']" in told
