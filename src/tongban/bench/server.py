"""Starts the real server on a database of its own, fills it with the demo registry, and stops it again."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .load import Job

POSTGRESQL = "TONGBAN_TEST_POSTGRESQL"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


def say(**line: Any) -> None:
    """One JSON line on standard output."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def postgresql_database() -> Iterator[str | None]:
    """The URL of a fresh database on the server that TONGBAN_TEST_POSTGRESQL names; None where it names none."""
    url = os.environ.get(POSTGRESQL)
    if not url:
        yield None
        return
    import psycopg

    name = "tongban_bench_" + uuid.uuid4().hex[:8]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path="/" + name))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def database(which: str) -> Iterator[dict[str, str] | None]:
    """Environment for a fresh database of one kind, migrated and with the demo registry; None where it can't be had."""
    from tongban.config.demo_keys import demo_keys

    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, postgresql_database() as url:
        if which == "postgresql" and url is None:
            yield None
            return
        environment: dict[str, str] = {
            "TONGBAN_LEDGER_DELAY": "1",
            **os.environ,
            **demo_keys(Path(folder)),
            "TONGBAN_DATA": folder,
            "DATABASE_URL": (url or "") if which == "postgresql" else "",
            "DJANGO_SETTINGS_MODULE": "tongban.bench.settings",
            "TONGBAN_RATE_LIMITS": "0",
        }
        run_python("tongban.bench.prepare", environment, ["registry"])
        yield environment


def run_python(module: str, environment: dict[str, str], arguments: list[str]) -> str:
    """Run a module to its end with this environment; returns its output. Raises CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def running(environment: dict[str, str], worker: bool = True, workers: int = 2) -> Iterator[int]:
    """The server (and the worker) under this environment; yields the port."""
    from tongban.commands.serving import server_command

    port = free_port()
    commands = [server_command("127.0.0.1", port, workers)]
    if worker:
        commands.append([sys.executable, "-m", "tongban", "worker"])
    children = [subprocess.Popen(command, env=environment, start_new_session=True) for command in commands]
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def drive(job: Job) -> dict[str, Any]:
    """Run the driver in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tongban.bench.load"],
        input=json.dumps(asdict(job)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]
