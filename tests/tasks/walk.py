"""Walks the ten tasks of docs/ten-tasks.md and says what each costs: `python tests/tasks/walk.py`.

Serves a demo of its own (or walks the one at --site, whose data folder --data names), puts in what the tasks find,
walks them one after the other in the system's Chromium, and prints a line of JSON for each and then a table.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HOUSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOUSE))

from tests.browser.conftest import CHROMIUM, FLAGS, environment  # noqa: E402
from tests.tasks import officials, residents  # noqa: E402
from tests.tasks.walking import Cannot, Cost, Lost, Walk  # noqa: E402

PHONE, DESK = (390, 844), (1280, 900)
Task = Callable[[Walk, Any], None]


def tasks() -> list[tuple[Task, tuple[int, int]]]:
    """The ten, in their order, each with the window it is walked in."""
    return [(task, PHONE) for task in residents.TASKS] + [(task, DESK) for task in officials.TASKS]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A demo of its own in the folder; gives its address."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "tongban", "serve", "--demo", "--data", str(folder), "--port", str(port)],
        env={**environment(), "TONGBAN_RATE_LIMITS": "0"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urlopen(address + "/healthz", timeout=2).read()
                break
            except OSError:
                if child.poll() is not None:
                    raise SystemExit("the demo ended before it answered") from None
                time.sleep(0.5)
        yield address
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def found(folder: Path) -> Any:
    """Put what the tasks find into the demo of the folder; gives the codes and secrets."""
    command = [sys.executable, str(Path(__file__).with_name("found.py"))]
    done = subprocess.run(
        command, env={**environment(), "TONGBAN_DATA": str(folder)}, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def walked(browser: Any, site: str, task: Task, window: tuple[int, int], hand: Any, shots: Path | None) -> Cost:
    """One task in a browser of its own."""
    context = browser.new_context(viewport={"width": window[0], "height": window[1]}, locale="zh-CN")
    cost = Cost(task.__name__, window[0])
    try:
        task(Walk(context.new_page(), site, cost, shots), hand)
        cost.done = True
    except Cannot as told:
        cost.why = f"cannot: {told}"
    except Lost as told:
        cost.why = f"lost: {told}"
    except Exception as error:  # one task that fails leaves the other nine
        cost.why = f"lost: {type(error).__name__}: {str(error).splitlines()[0]}"
    finally:
        context.close()
    return cost


def table(costs: list[Cost]) -> str:
    """The costs as a table in Markdown."""
    lines = [
        "| task | screens | fields | presses | typed | characters | words | seconds of reading |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for cost in costs:
        row = cost.row()
        named = cost.task.replace("_", " ") + ("" if cost.done else f" – {cost.why}")
        cells = [row[name] for name in ("screens", "fields", "presses", "typed", "han", "words", "seconds")]
        lines.append(f"| {named} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    """0 when every task was done or cannot be done, 1 when the walker lost its way."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--site", help="a served demo; its limits of rate must be off (TONGBAN_RATE_LIMITS=0)")
    options.add_argument("--data", type=Path, help="the data folder of --site")
    options.add_argument("--only", action="append", default=[], help="the name of a task; may stand several times")
    options.add_argument("--out", type=Path, help="write the rows as JSON into this file")
    options.add_argument("--shots", type=Path, help="keep a picture of each screen in this folder")
    asked = options.parse_args()
    if bool(asked.site) != bool(asked.data):
        options.error("--site and --data go together")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the demo is stopped on the way out
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as own:
        folder = asked.data or Path(own)
        if asked.site:
            costs = walk_all(asked.site, folder, asked)
        else:
            with served(folder) as site:
                costs = walk_all(site, folder, asked)
    print(table(costs))
    if asked.out:
        asked.out.write_text(json.dumps([cost.row() for cost in costs], ensure_ascii=False, indent=1) + os.linesep)
    return int(any(cost.why.startswith("lost") for cost in costs))


def walk_all(site: str, folder: Path, asked: argparse.Namespace) -> list[Cost]:
    """Every task that was asked for."""
    from playwright.sync_api import sync_playwright

    hand, costs = found(folder), []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for task, window in tasks():
            if asked.only and task.__name__ not in asked.only:
                continue
            cost = walked(browser, site, task, window, hand, asked.shots)
            costs.append(cost)
            print(json.dumps(cost.row(), ensure_ascii=False), flush=True)
        browser.close()
    return costs


if __name__ == "__main__":
    sys.exit(main())
