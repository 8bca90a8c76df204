"""The demo, really served, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="Chromium is missing: install Debian's package chromium (and fonts-noto-cjk to see the characters)")
    for item in items:
        if "browser" in Path(item.fspath).parts and not CHROMIUM:
            item.add_marker(missing)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[str]:
    """The address of a served demo."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL", "DJANGO_"))}
    environment["TONGBAN_RATE_LIMITS"] = "0"
    child = subprocess.Popen(
        [sys.executable, "-m", "tongban.cli", "serve", "--demo", "--data", str(folder), "--port", str(port), "--workers", "1"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urlopen(address + "/healthz", timeout=2).read()
            break
        except OSError:
            time.sleep(0.2)
    else:
        child.kill()
        pytest.fail("the demo did not start within a minute")
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
