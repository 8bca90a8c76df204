"""Runs the web server and the worker in one foreground process, and the demo before them.

Starts granian (WSGI, one thread a worker: measured best on SQLite) and the worker as children, restarts the worker
where it dies, and stops both cleanly on Ctrl-C. Not for a province: there each runs under the system's own supervisor.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from tongban.config.demo_keys import demo_keys

console = Console(stderr=True)


def end_with_parent() -> None:
    """In a new child: be told to stop when the parent dies, even by kill -9, so that nobody keeps the port. Linux
    only; elsewhere nothing."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The command line of the web server."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers",
        str(workers),
        "--blocking-threads", "1", "--backlog", "2048", "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "tongban.config.wsgi:application",
    ]  # fmt: skip


def serve(*, demo: bool, host: str, port: int, workers: int, data: Path | None, fresh: bool) -> int:
    """Serve until stopped. Returns the exit code: 0 after Ctrl-C, 2 where the start was refused."""
    data = data or Path(os.environ.get("TONGBAN_DATA", "data"))
    if fresh and demo:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    os.environ["TONGBAN_DATA"] = str(data.absolute())
    os.environ.setdefault("TONGBAN_ORIGIN", f"http://{host}:{port}")
    if demo:
        os.environ.update(demo_keys(data), TONGBAN_DEMO="1")
        os.environ.setdefault("TONGBAN_SECOND_FACTOR", "1")
        os.environ.setdefault("TONGBAN_LEDGER_DELAY", "20")
        os.environ.setdefault("TONGBAN_SMS", "console")
    refusal = _refusal(demo, host)
    if refusal:
        console.print(refusal, style="red", markup=False)
        return 2
    _prepare(demo)
    return _run(host, port, workers, demo)


def _refusal(demo: bool, host: str) -> str | None:
    from tongban.config.environment import Environment, PublishedKeys, refuse_published

    try:
        refuse_published(Environment())
    except PublishedKeys as refused:
        return str(refused)
    if demo and host not in ("127.0.0.1", "localhost", "::1"):
        return "The demo has published passwords; it listens on 127.0.0.1 only."
    return None


def _prepare(demo: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    import django

    with console.status("Preparing the database …"):
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    if demo:
        from tongban.demo.load import load_demo

        load_demo(console)
    from django.db import connections

    connections.close_all()


def _run(host: str, port: int, workers: int, demo: bool) -> int:
    children: dict[str, subprocess.Popen[bytes]] = {}
    commands = {
        "server": server_command(host, port, workers),
        "worker": [sys.executable, "-m", "tongban", "worker"],
    }
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    for name, command in commands.items():
        children[name] = subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_parent)
    _announce(host, port, demo)
    code = 0
    while not stopping:
        time.sleep(0.3)
        if children["server"].poll() is not None:
            console.print("The web server stopped; is the port taken?", style="red")
            code = 1
            break
        if children["worker"].poll() is not None:
            time.sleep(1)
            children["worker"] = subprocess.Popen(
                commands["worker"], start_new_session=True, preexec_fn=end_with_parent
            )
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
    console.print("Stopped.")
    return code


def _announce(host: str, port: int, demo: bool) -> None:
    base = f"http://{host}:{port}"
    console.print(f"\n[bold]Tongban 通办[/bold] is at [link={base}]{base}[/link]  (Ctrl-C stops it)")
    if not demo:
        return
    from tongban.demo.load import accounts
    from tongban.demo.signing_in import PASSWORD

    console.print(f"\nDemo accounts, password [bold]{PASSWORD}[/bold]:", highlight=False)
    if os.environ.get("TONGBAN_SECOND_FACTOR") == "1":
        console.print(f"  their codes, which change every half minute, are at {base}/demo/", highlight=False)
    for who, name, where in accounts():
        console.print(f"  {name:<24} {who}\n  {'':<24} {base + where}", markup=False, highlight=False, soft_wrap=True)
