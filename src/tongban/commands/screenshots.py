"""Takes pictures of the gallery and of the main pages of a served site, at two widths, with the system's Chromium: for
a careful look before a release, and for the README.

Needs the test group (playwright) and Debian's chromium. Without a URL it serves a demo of its own and stops it again.
Not for judging a page: tests/browser does that.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tongban.demo.signing_in import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = (1280, 390)
HIGHEST = 12_000
"""Pixels; what is below on a longer page is left out of its picture."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to take: its picture's name, its path, who is signed in, and a link on it that is followed first."""

    name: str
    path: str
    who: str = ""
    follows: str = ""


PAGES = (
    Page("home", "/"),
    Page("write", "/new/letter/?about=家里暖气不热，只有十四度"),
    Page("follow", "/follow/"),
    Page("published", "/letters/published/"),
    Page("answer", "/letters/published/", follows="main a[href^='/letters/published/']:not([href*='?'])"),
    Page("reception", "/letters/reception/"),
    Page("responsible", "/responsible/?matter=0104&place=610113"),
    Page("figures", "/figures/"),
    Page("tray", "/desk/", "handler"),
    Page("case", "/desk/", "handler", "main tbody a[href]"),
    Page("administration", "/responsible/admin/", "administrator"),
    Page("protection", "/protection/", "dataofficer"),
    Page("gallery", "/gallery/"),
    Page("gallery-dark", "/gallery/?scheme=dark"),
    Page("gallery-elder", "/gallery/?mode=elder"),
)


def take(folder: Path, url: str, dark: bool = False) -> int:
    """Write one PNG for each page and width into `folder`; 0, or 2 where something is missing."""
    chromium = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is missing: uv run --group test tongban screenshots", file=sys.stderr)
        return 2
    if not chromium:
        print("Chromium is missing: install Debian's package chromium", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with _served(url) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in WIDTHS:
            _take_all(browser, address.rstrip("/"), folder, width, dark)
        browser.close()
    return 0


def _take_all(browser: Browser, url: str, folder: Path, width: int, dark: bool) -> None:
    contexts: dict[str, BrowserContext] = {}
    for page in PAGES:
        if page.who not in contexts:
            contexts[page.who] = browser.new_context(
                viewport={"width": width, "height": 844 if width < 500 else 900},
                locale="zh-CN",
                color_scheme="dark" if dark else "light",
            )
            if page.who:
                signing_in = contexts[page.who].new_page()
                sign_in(signing_in, url, page.who)
                signing_in.close()
        tab = contexts[page.who].new_page()
        tab.goto(url + page.path)
        if page.follows and tab.locator(page.follows).count():
            tab.locator(page.follows).first.click()
            tab.wait_for_load_state()
        height = min(HIGHEST, int(tab.evaluate("document.documentElement.scrollHeight")))
        name = page.name if width == WIDTHS[0] else f"{page.name}-{width}"
        tab.screenshot(
            path=str(folder / f"{name}.png"),
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
        )
        tab.close()
    for context in contexts.values():
        context.close()


@contextmanager
def _served(url: str) -> Iterator[str]:
    """The address of the site: as given, or of a demo that is served as long as the pictures are taken."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory() as data:
        port = _free_port()
        child = subprocess.Popen(
            [sys.executable, "-m", "tongban", "serve", "--demo", "--data", data, "--port", str(port)]
        )
        try:
            _wait(f"http://127.0.0.1:{port}", child)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()  # not SIGINT: a shell lets background commands ignore that
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    """Until the demo answers. Raises RuntimeError where it ended, or has not begun after ten minutes."""
    for _ in range(3_000):
        if child.poll() is not None:
            raise RuntimeError("the demo ended before it answered")
        try:
            urlopen(url + "/healthz", timeout=2).read()  # noqa: S310 -- our own address
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the demo did not answer within ten minutes")
