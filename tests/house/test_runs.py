"""How tests reach the processes that run them: each once, on the right database, and what
shares much stays together."""

from __future__ import annotations

import re
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from tests import runs

COLLECTED = [
    "tests/browser/test_a.py::test_one",
    "tests/browser/test_b.py::test_two",
    *(f"tests/cases/test_a.py::test_{number}{again}" for again in ("", "[@postgresql]") for number in range(5)),
    *(
        f"tests/house/test_refusals.py::test_x[{number}{again}]"
        for again in ("", "-@postgresql")
        for number in range(4)
    ),
    *(f"tests/detect/test_{name}.py::test_it" for name in "abc"),
    "tests/house/test_killed_house.py::test_a_house[postgresql]",
]


class Process:
    """A process of the run, without the process."""

    def __init__(self, postgresql: bool) -> None:
        self.gateway = SimpleNamespace(
            id=str(id(self)), spec=SimpleNamespace(env={runs.WORKER_ON: "postgresql"} if postgresql else {})
        )
        self.shutting_down = False
        self.given: deque[int] = deque()
        self.ran: list[str] = []

    def send_runtest_some(self, numbers: list[int]) -> None:
        assert not self.shutting_down
        self.given.extend(numbers)

    def shutdown(self) -> None:
        self.shutting_down = True


def run(*processes: Process) -> None:
    """Give the collected tests to these processes, which run one each in turn."""
    config: Any = SimpleNamespace(getvalue=lambda _name: ["popen"] * len(processes))
    schedule = runs.scheduler(config, None)
    for process in processes:
        schedule.add_node(process)
    for process in processes:
        schedule.add_node_collection(process, COLLECTED)
    schedule.schedule()
    while any(process.given for process in processes):
        for process in processes:
            if process.given:
                number = process.given.popleft()
                process.ran.append(COLLECTED[number])
                schedule.mark_test_complete(process, number)
    assert schedule.tests_finished
    assert all(process.shutting_down for process in processes)


@pytest.mark.parametrize("lite", [1, 2, 5, 30])
def test_every_test_runs_once_and_on_its_database(lite):
    on_sqlite, on_postgresql = [Process(False) for _ in range(lite)], Process(True)
    run(*on_sqlite, on_postgresql)
    ran = [test for process in (*on_sqlite, on_postgresql) for test in process.ran]
    assert sorted(ran) == sorted(COLLECTED)
    again = {test for test in COLLECTED if runs.AGAIN in test}
    assert again <= set(on_postgresql.ran)
    assert all(test in again or test.startswith(runs.WITHOUT_DATABASE) for test in on_postgresql.ran)


def test_the_browsers_tests_share_one_process():
    processes = [Process(False), Process(False), Process(True)]
    run(*processes)
    assert sorted(sum(test.startswith("tests/browser/") for test in process.ran) for process in processes) == [0, 0, 2]


def test_what_a_commit_has_to_pass_draws_the_same_examples_each_time():
    """And the long run new ones, by a seed that it prints (.ci/run). Nothing else in the tests draws by chance."""
    assert settings.get_profile("short").derandomize
    assert not settings.get_profile("long").derandomize
    assert settings.default.derandomize is not runs.LONG
    by_chance = re.compile(
        r"\brandom\.(?:random|choice|choices|randint|randrange|shuffle|sample|randbytes|uniform)\(|default_rng\(\)|"
        r"Random\(\)"
    )
    for path in (runs.ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not by_chance.search(text) or "random.seed(" in text or path.samefile(__file__), path
