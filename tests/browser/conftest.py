"""The demo, really served, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), ""
)
"""The same engine without a window of its own, where it is installed: it costs a sixth less."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--min-semi-space-size=16",
]
"""The last: axe makes much that is soon forgotten; with a larger nursery a page costs a twelfth less."""


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(
        reason=(
            "Chromium is missing: install Debian's package chromium-headless-shell or chromium (and "
            "fonts-noto-cjk to see the characters)"
        )
    )
    for item in items:
        if "browser" in Path(item.fspath).parts and not CHROMIUM:
            item.add_marker(missing)


FORMER = "https://former.example"
"""An address that the served demo had before."""


def environment() -> dict[str, str]:
    """This process's environment without what would lead the demo elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TONGBAN_", "DATABASE_URL", "DJANGO_"))
    }


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The demo's data folder."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def new_official(site: str, folder: Path) -> Callable[[str, str, str], str]:
    """Make an official of the served demo; gives the first password."""

    def make(name: str, unit: str, role: str) -> str:
        command = [sys.executable, "-m", "tongban", "official", name, "--unit", unit, "--role", role]
        return subprocess.run(
            command, env={**environment(), "TONGBAN_DATA": str(folder)}, check=True, capture_output=True, text=True
        ).stdout.strip()

    return make


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[str]:
    """The address of a served demo."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "tongban", "serve", "--demo", "--data", str(folder), "--port", str(port), "--workers",
            "1"],
        env={
            **environment(), "TONGBAN_RATE_LIMITS": "0", "TONGBAN_LEDGER_DELAY": "1", "TONGBAN_FORMER_ORIGINS": FORMER,
        },
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(1_500):  # minutes on a busy machine that starts it for the first time: patience is no measurement
        try:
            urlopen(address + "/healthz", timeout=2).read()
            break
        except OSError:
            assert child.poll() is None, "the demo ended before it answered"
            time.sleep(0.2)
    else:
        child.kill()
        pytest.fail("the demo did not start within five minutes")
    yield address
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 0


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
