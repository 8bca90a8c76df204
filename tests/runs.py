"""Which run of the tests this is: short or long, on one database or on two; and how tests reach the
processes that run them.

The short run is what a commit has to pass: fixed seeds, every test once on SQLite, and where a PostgreSQL server is
named (`TONGBAN_TEST_POSTGRESQL`) the tests marked `both_databases` a second time there, under the same name with
`@postgresql` behind it. The long run (`TONGBAN_TEST_LONG=1`, `bash .ci/run --long`) draws new seeds, runs every test
that uses a database on both, and everything that stands under `if LONG`. docs/testing.md describes both.

A database is chosen when Django starts, so one process tests on one database. `pytest-xdist` starts the
processes; one of them more, on PostgreSQL, takes the tests with `@postgresql` in their name, and those of
libraries that use no database.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
POSTGRESQL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
LONG = os.environ.get("TONGBAN_TEST_LONG", "") not in ("", "0")
MARK = "both_databases"
AGAIN = "@postgresql"
"""What the name of a test holds that is run a second time, on PostgreSQL."""
WORKER_ON = "TONGBAN_TEST_WORKER_ON"
"""The environment of a worker process: `postgresql`, or not set. tests/settings.py reads it."""
WITHOUT_DATABASE = tuple(f"tests/{room}/" for room in ("workdays", "text", "detect", "merkle"))
"""Tests that any process may run, whatever its database."""


def on_two_databases(config: pytest.Config) -> bool:
    """Whether this run has a process on PostgreSQL beside those on SQLite; the processes ask the same of
    the one that started them."""
    if hasattr(config, "workerinput"):
        return bool(config.workerinput.get("two_databases"))
    return bool(POSTGRESQL) and not os.environ.get("DATABASE_URL") and bool(config.getoption("tx", None))


def workers(config: pytest.Config) -> int:
    """How many processes `-n auto` means: one a core; none, but this one, where a single file or test was named."""
    named = config.option.file_or_dir
    if config.option.collectonly or (len(named) == 1 and Path(named[0].split("::")[0]).is_file()):
        return 0
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def add_worker_on_postgresql(config: pytest.Config) -> None:
    """One process more, on PostgreSQL, where processes are started and a server is named."""
    if not hasattr(config, "workerinput") and on_two_databases(config):
        config.option.tx = [*config.option.tx, f"popen//env:{WORKER_ON}=postgresql"]


def compile_ahead(config: pytest.Config) -> None:
    """Compile the scanning loops beside the first tests, once: else each process would for half a
    minute, when it comes to them."""
    kept = ROOT / "src" / "tongban" / "detect" / "__pycache__"
    named = config.option.file_or_dir
    wanted = not named or any(Path(name).name in ("tests", "detect") for name in named)
    if hasattr(config, "workerinput") or not config.getoption("tx", None) or not wanted or any(kept.glob("*.nbi")):
        return
    child = subprocess.Popen([sys.executable, ROOT / ".ci" / "compile_loops.py"], stdout=subprocess.DEVNULL)
    config.add_cleanup(lambda: (child.kill(), child.wait()))


def described(config: pytest.Config) -> str:
    """The line that says what this run was."""
    if os.environ.get("DATABASE_URL"):
        where = "on the database of DATABASE_URL"
    elif on_two_databases(config):
        where = f"on SQLite; {'what uses a database' if LONG else f'what is marked {MARK}'} on PostgreSQL too"
    elif POSTGRESQL:
        where = "on SQLite alone: one file runs in one process (add -n 1 for PostgreSQL)"
    else:
        where = "on SQLite alone: TONGBAN_TEST_POSTGRESQL names no server"
    return f"tongban: the {'long' if LONG else 'short'} run, {where}"


def is_for_both(metafunc: pytest.Metafunc) -> bool:
    """Whether a test runs on both databases, but for some of its values (`is_left_out`): it uses one, and is
    marked, or tests what several connections see of each other, or what an attacker gets; in the long run every
    test that uses a database."""
    path = metafunc.definition.path.as_posix()
    database = metafunc.definition.get_closest_marker("django_db")
    if "/tests/browser/" in path or (database is None and {"db", "transactional_db"}.isdisjoint(metafunc.fixturenames)):
        return False
    marked = metafunc.definition.get_closest_marker(MARK) is not None
    return (
        LONG
        or marked
        or "/tests/security/" in path
        or (database is not None and database.kwargs.get("transaction", False))
    )


def houses_on(preferred: str) -> list[str]:
    """On which databases a test starts a house of its own to kill it or to bring it back: on the one it names,
    in the long run on both."""
    if LONG:
        return ["sqlite", "postgresql"]
    return [preferred if POSTGRESQL else "sqlite"]


def is_left_out(item: pytest.Item) -> bool:
    """A test with values that need not be tried on PostgreSQL by every commit: `@pytest.mark.both_databases(who=("a
    stranger",))` names those that are."""
    call, mark = getattr(item, "callspec", None), item.get_closest_marker(MARK)
    if LONG or call is None or mark is None or call.params.get("_on_its_database") != "postgresql":
        return False
    return any(call.params[name] not in values for name, values in mark.kwargs.items())


def scheduler(config: pytest.Config, log: Any) -> Any:
    """Whole files to a process, in the order in which they were collected, to one that is on the right database."""
    from xdist.scheduler import LoadFileScheduling
    from xdist.workermanage import WorkerController

    class ByDatabase(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            """Tests that stay together: those of a file on one database; the browser's all, for they share a demo and a
            Chromium that take long to start; each by itself where a file takes long and its tests share nothing."""
            if nodeid.startswith("tests/browser/"):
                return "browser"
            together = nodeid if nodeid.startswith(ONE_BY_ONE) else super()._split_scope(nodeid)
            return together + AGAIN if AGAIN in nodeid and AGAIN not in together else together

        def schedule(self) -> None:
            """As the class above, but no process is sent home because there are more of them than files."""
            if self.collection is None:
                if not self._check_nodes_have_same_collection():
                    return
                self.collection = list(next(iter(self.registered_collections.values())))
                for nodeid in self.collection:
                    self.workqueue.setdefault(self._split_scope(nodeid), {})[nodeid] = False
            for node in (
                self.nodes * 2
            ):  # two units each where there are enough: one is run while the next is on its way
                self._reschedule(node)

        def _assign_work_unit(self, node: WorkerController) -> None:
            """The first that this process may run; none left: it ends."""
            if node.shutting_down:
                return
            postgresql = WORKER_ON in (node.gateway.spec.env or {})
            for scope in self.workqueue:
                again = AGAIN in scope
                if again == postgresql or (scope.startswith(WITHOUT_DATABASE) and not again):
                    self.workqueue.move_to_end(scope, last=False)
                    super()._assign_work_unit(node)
                    return
            node.shutdown()

    return ByDatabase(config, log)


ONE_BY_ONE = (
    "tests/house/test_refusals.py",
    "tests/house/test_refused_acts.py",
    "tests/house/test_killed_",
    "tests/house/test_tutorial.py",
    "tests/api/test_schemathesis.py",
)
"""Files whose tests share nothing that takes long to make, and which take long."""
