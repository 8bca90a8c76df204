"""The served house, killed with kill -9 in the middle of its work and started again, round after round.

Residents send letters under idempotency keys and an official acts on them, over HTTP, while the web server and the
worker are killed, together and each alone. Afterwards every letter that was accepted is there once, every act is in the
queue or in the log once and its entry says what the act says, no notice is lost, none is sent more often than it was
tried, and the log verifies from outside.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.runs import houses_on
from tongban.bench.server import POSTGRESQL, database, free_port
from tongban.commands.serving import server_command

ROOT = Path(__file__).resolve().parents[2]
LETTER = {
    "matter": "0101",
    "place": "610113",
    "subject": "工地夜间施工噪音",
    "body": "每天夜里十二点以后还在施工。",
    "name": "王小明",
}
ROUNDS = ("both", "one of the web server's processes", "the worker", "the web server")
"""Which processes are killed, in turn."""
EACH = 30
"""Letters that are accepted between two kills."""


class Postbox:
    """A mail server that keeps for whom messages came: a message counts once its last line has arrived."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rwb") as line:
                self._serve(line)
        except OSError:
            return

    def _serve(self, line: Any) -> None:
        def say(text: str) -> None:
            line.write(text.encode() + b"\r\n")
            line.flush()

        say("220 postbox")
        to = ""
        while raw := line.readline():
            word = raw.decode().strip()
            if word.upper().startswith("RCPT TO:"):
                to = word.split(":", 1)[1].strip(" <>")
            if word.upper() == "DATA":
                say("354 go on")
                while (raw := line.readline()) and raw != b".\r\n":
                    pass
                if raw:
                    self.came[to] += 1
            say("221 bye" if word.upper() == "QUIT" else "250 ok")

    def close(self) -> None:
        self._socket.close()


class House:
    """The web server with two processes, and the worker, as `tongban serve` starts them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.environment = environment
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        commands = {
            "server": server_command("127.0.0.1", self.port, 2),
            "worker": [sys.executable, "-m", "tongban", "worker"],
        }
        for name, command in commands.items():
            child = self.children.get(name)
            if child is None or child.poll() is not None:
                self.children[name] = subprocess.Popen(
                    command,
                    env=self.environment,
                    start_new_session=True,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        for _ in range(3_000):
            try:
                if ask(self.port, "GET", "/healthz")[0] == 200:
                    return
            except (OSError, HTTPException):
                pass
            time.sleep(0.1)
        pytest.fail("the house did not start again within five minutes")

    def kill(self, what: str) -> None:
        """kill -9: of a whole process group, or of one process that the web server started."""
        if what.startswith("one"):
            parent = self.children["server"].pid
            below = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            os.kill(int(below[-1]), signal.SIGKILL)
            return
        for name in ("server", "worker"):
            if what == "both" or name in what.replace("web server", "server"):
                os.killpg(self.children[name].pid, signal.SIGKILL)
                self.children[name].wait(10)

    def stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait(10)


def ask(port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """One request on a connection of its own: status and what the JSON says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            method,
            path,
            json.dumps(body) if body is not None else None,
            {"Content-Type": "application/json", **(headers or {})},
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


class Crowd:
    """Residents and an official, each in a thread. What is not answered is sent again under
    the same key, but by some."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.numbers = itertools.count()
        self.accepted: dict[str, str] = {}  # key → tracking code
        self.given_up: set[str] = set()
        self.acted: dict[tuple[str, str], str] = {}  # (code, act) → key
        self.broken = 0
        self.strange: list[Any] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(4)] + [
            threading.Thread(target=self._act, args=(number,)) for number in range(2)
        ]
        for thread in self.threads:
            thread.start()

    def _send(self, path: str, body: Any, headers: dict[str, str], stubborn: bool) -> Any:
        """The answer, asked for again and again where none came; None where somebody not stubborn gave up."""
        while True:
            try:
                status, said = ask(self.port, "POST", path, body, headers)
            except (OSError, HTTPException, ValueError):
                self.broken += 1
                if not stubborn:
                    return None
                time.sleep(0.05)
                continue
            if status in (200, 201):
                return said
            if status not in (502, 503):
                self.strange.append((status, said))
                return None
            time.sleep(0.05)

    def _write(self, who: int) -> None:
        while not self.over.is_set():
            number = next(self.numbers)
            key = f"killed-house-{number:012d}"
            said = self._send(
                "/api/v1/letters",
                {**LETTER, "email": f"n{number}@example.org"},
                {"Idempotency-Key": key},
                stubborn=number % 4 != 0,
            )
            if said is None:
                self.given_up.add(key)
            else:
                self.accepted[key] = said["code"]

    def _act(self, who: int) -> None:
        done: set[str] = set()
        while not self.over.is_set():
            waiting = [
                code for key, code in list(self.accepted.items()) if code not in done and int(key[-12:]) % 2 == who
            ]
            if not waiting:
                time.sleep(0.02)
            for code in waiting[:5]:
                done.add(code)
                self._one(code, who)

    def _one(self, code: str, who: int) -> None:
        version = 1
        for act, given in (("accept", {}), ("note", {"text": "已到现场"}), ("answer", {"text": "已责令停工。"})):
            key = f"act-{act}-{code}".replace("_", "-")
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
            said = self._send(
                f"/api/v1/desk/cases/{code}/acts",
                {"act": act, "version": version, "payload": given},
                headers,
                stubborn=True,
            )
            if said is None:
                return
            self.acted[(code, act)] = key
            version = said["version"]

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


def in_house(environment: dict[str, str], *arguments: str) -> str:
    """Run a module of Python in the house's environment."""
    done = subprocess.run([sys.executable, "-m", *arguments], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@contextmanager
def fresh_house(which: str, postbox: Postbox) -> Iterator[House]:
    with database(which) as environment:
        assert environment is not None
        mail = {
            "TONGBAN_EMAIL_URL": f"smtp://127.0.0.1:{postbox.port}",
            "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
        }
        house = House({**environment, **mail})
        try:
            yield house
        finally:
            house.stop()


@pytest.mark.parametrize("which", houses_on("postgresql"))
def test_a_house_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(which, tmp_path):
    if which == "postgresql" and not os.environ.get(POSTGRESQL):
        pytest.skip(f"set {POSTGRESQL} to the URL of a PostgreSQL server")
    postbox = Postbox()
    with fresh_house(which, postbox) as house:
        token = json.loads(in_house(house.environment, "tests.house.killed", "prepare"))
        house.start()
        crowd = Crowd(house.port, token)
        try:
            for killed in ROUNDS:
                before = len(crowd.accepted)
                while len(crowd.accepted) < before + EACH:
                    assert not crowd.strange, crowd.strange
                    time.sleep(0.01)
                house.kill(killed)
                house.start()
        finally:
            crowd.stop()
        assert not crowd.strange, crowd.strange
        assert crowd.broken, "nobody noticed the kills: they came at no bad moment"
        again = [
            ask(
                house.port,
                "POST",
                "/api/v1/letters",
                {**LETTER, "email": f"n{int(key[-12:])}@example.org"},
                {"Idempotency-Key": key},
            )
            for key in crowd.accepted
        ]
        assert [(status, said["code"]) for status, said in again] == [
            (200, code) for code in crowd.accepted.values()
        ], "the receipt is the same when it is asked for again"
        os.killpg(house.children["worker"].pid, signal.SIGKILL)
        house.children["worker"].wait(10)
        found = json.loads(in_house(house.environment, "tests.house.killed", "examine"))
        look_at_letters(crowd, found)
        look_at_ledger(found)
        look_at_notices(crowd, found, postbox)
        print(
            in_house(
                house.environment,
                "tongban",
                "ledger",
                "verify",
                f"http://127.0.0.1:{house.port}/ledger/",
                "--save",
                str(tmp_path / "checkpoint"),
            )
        )
    postbox.close()


def look_at_letters(crowd: Crowd, found: dict[str, Any]) -> None:
    """Every accepted letter and every accepted act once; beyond them nothing but what somebody sent and gave up on."""
    codes = Counter(found["cases"])
    assert set(codes.values()) == {1}
    assert len(set(crowd.accepted.values())) == len(crowd.accepted)
    assert set(crowd.accepted.values()) <= set(codes)
    assert len(set(codes) - set(crowd.accepted.values())) <= len(crowd.given_up)
    done = found["done"]
    assert all(done[f"{code} submit"] == 1 for code in codes)
    assert all(done[f"{code} {act}"] == 1 for code, act in crowd.acted)
    assert set(done.values()) == {1}
    assert sum(done.values()) == len(codes) + len(crowd.acted)
    assert found["sequences"]


def look_at_ledger(found: dict[str, Any]) -> None:
    """Every act in the queue or in the log, in one of them, once; and once the worker is done, all
    in the log, as they were."""
    assert found["keys"] == found["acts"] == found["size"]
    assert (found["in both"], found["in neither"], found["of no act"]) == (0, 0, 0)
    assert found["not as its act"] == []
    assert found["root"]
    assert found["unsettled"] == 0
    assert found["doctor"] == []


def look_at_notices(crowd: Crowd, found: dict[str, Any], postbox: Postbox) -> None:
    """Every notice was sent; a second time only where a worker died between sending it and writing so down."""
    assert {state for _code, state, _tries in found["notices"]} == {"sent"}
    tries: dict[str, int] = defaultdict(int)
    notices: Counter[str] = Counter()
    for code, _state, count in found["notices"]:
        tries[code] += count
        notices[code] += 1
    acts = Counter(code for code, act in crowd.acted if act in ("accept", "answer"))
    twice = 0
    for key, code in crowd.accepted.items():
        came = postbox.came[f"n{int(key[-12:])}@example.org"]
        assert notices[code] == 1 + acts[code], "one for the letter, one for each act that its sender is told of"
        assert notices[code] <= came <= tries[code], (code, notices[code], came, tries[code])
        twice += came - notices[code]
    assert twice <= 200 * len(ROUNDS), "at most what one batch of a dead worker had in hand"


def test_what_serve_starts_ends_when_serve_itself_is_killed(tmp_path):
    """Else the next `tongban serve` finds the port taken by a house without a master."""
    script = (
        "import subprocess, sys, time\n"
        "from tongban.commands.serving import end_with_parent\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True, "
        "preexec_fn=end_with_parent)\n"
        "print(child.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(200):
        if not Path(f"/proc/{child}").exists() or " Z " in Path(f"/proc/{child}/stat").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child lives on without its parent")
