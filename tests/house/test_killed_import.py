"""An import by several processes, killed with kill -9 and begun again: every letter is in
once, as if nothing had been."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.runs import houses_on
from tongban.bench.server import POSTGRESQL, database

LETTERS = 4_500
BAD = 17
"""Every so many rows one has no subject."""
LOOK = """
import django, json
django.setup()
from collections import Counter
from tongban.cases.models import Act, Case
from tongban.ledger.models import QueuedEntry
from tongban.published.index import matching
from tongban.intake.models import ImportedFile, RejectedRow
from tongban.letters.models import PublishedLetter
from tongban.scorecards.models import Tally
note = ImportedFile.objects.first()
found = matching("路灯坏了第11封")
print(json.dumps({
    "done": note.done_rows if note else 0, "taken": note.taken if note else 0, "known": note.known if note else 0,
    "letters": {
        case.source: [case.subject, case.state, case.published, case.sequence, case.code] for case in Case.objects.all()
    },
    "order": list(Case.objects.order_by("pk").values_list("source", flat=True)) if note and note.finished_at else [],
    "acts": Counter(Act.objects.values_list("act", flat=True)), "unsettled": Act.objects.filter(settled=False).count(),
    "queued": QueuedEntry.objects.count(), "public": PublishedLetter.objects.count(),
    "found": PublishedLetter.objects.filter(pk__in=found).count(),
    "rejected": list(RejectedRow.objects.values_list("line", flat=True)),
    "counted": sum(Tally.objects.filter(measure="published").values_list("count", flat=True)),
}))
"""


def letters(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "sender", "subject", "sent_at", "body", "reply", "replied_at"])
        for i in range(LETTERS):
            subject = "" if i % BAD == 5 else f"路灯坏了第{i}封"
            table.writerow(
                [
                    i,
                    f"网友{i}",
                    subject,
                    "2019-03-01T10:00:00+08:00",
                    f"路灯不亮已经{i}天，电话13800000000。",
                    "已修。",
                    "2019-03-04T10:00:00+08:00",
                ]
            )
    return path


def look(environment: dict[str, str]) -> Any:
    done = subprocess.run([sys.executable, "-c", LOOK], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def begin(environment: dict[str, str], path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tongban", "import", "letters", str(path), "--place", "610113", "--publish"]
    return subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def workers_of(command: subprocess.Popen[str]) -> list[int]:
    below = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
    return [int(pid) for pid in below if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def rows_in(environment: dict[str, str]) -> int:
    """How many rows the note says are in. Asked of the database itself: a process of Django would be late."""
    asked = "SELECT done_rows FROM letters_importedfile"
    if environment["DATABASE_URL"]:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            found = connection.execute(asked).fetchone()
    else:
        with closing(sqlite3.connect(Path(environment["TONGBAN_DATA"], "tongban.sqlite3"), timeout=60)) as file:
            found = file.execute(asked).fetchone()
    return int(found[0]) if found else 0


def wait_for_rows(environment: dict[str, str], command: subprocess.Popen[str], more_than: int) -> int:
    """Wait until the note says that more rows are in; the command must still be at work then."""
    for _ in range(4_000):
        done = rows_in(environment)
        if done > more_than or command.poll() is not None:
            return done
        time.sleep(0.05)
    pytest.fail("the import does not go on")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the processes of the import are found in /proc")
@pytest.mark.parametrize("which", houses_on("sqlite"))
def test_an_import_that_was_killed_goes_on_and_ends_like_one_that_was_not(which, tmp_path):
    if which == "postgresql" and not os.environ.get(POSTGRESQL):
        pytest.skip("no PostgreSQL server: set TONGBAN_TEST_POSTGRESQL")
    path = letters(tmp_path / "letters.csv")
    with database(which) as environment:
        assert environment is not None
        command = begin(environment, path)
        done = wait_for_rows(environment, command, 0)
        os.killpg(command.pid, signal.SIGKILL)  # the command and its workers at once
        command.wait(10)

        command = begin(environment, path)
        wait_for_rows(environment, command, done)
        others = workers_of(command)
        if command.poll() is None and others:
            os.kill(
                others[0], signal.SIGKILL
            )  # one worker alone: the command says so, and writes nothing behind the gap
            said, _ = command.communicate(timeout=120)
            assert command.returncode in (1, 2), said
            assert command.returncode == 1 or "run the command again" in said.replace("\n", "")

        command = begin(environment, path)
        said, _ = command.communicate(timeout=300)
        assert command.returncode == 1, said  # some rows were rejected
        found = look(environment)
        bad = [i for i in range(LETTERS) if i % BAD == 5]
        good = [i for i in range(LETTERS) if i % BAD != 5]
        assert set(found["letters"]) == {f"import:{i}" for i in good}
        assert found["order"] == [f"import:{i}" for i in good]
        assert all(
            row[:4] == [f"路灯坏了第{source[7:]}封", "answered", True, 3] for source, row in found["letters"].items()
        )
        assert found["acts"] == {"submit": len(good), "answer": len(good), "publish": len(good)}
        assert (found["done"], found["taken"], found["known"]) == (LETTERS, len(good), 0)
        assert found["rejected"] == [i + 2 for i in bad]
        assert (found["queued"], found["public"], found["counted"], found["unsettled"]) == (
            3 * len(good),
            len(good),
            len(good),
            0,
        )
        assert found["found"] == 1

        command = begin(environment, path)
        said, _ = command.communicate(timeout=120)
        assert f"0 taken, {len(good)} already there, {len(bad)} rejected" in said
        assert look(environment) == found
