"""Takes pictures of the main pages of a served site with the system's Chromium, for the README and for a careful look.

Needs the test group (playwright) and Debian's chromium. Without a URL it serves a demo of its own and stops it again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PAGES = [
    ("home", "/", "", 1280), ("home-phone", "/", "", 390), ("write", "/letters/new/?about=家里暖气不热，只有十四度", "", 1280), ("published", "/letters/published/", "", 1280),
    ("figures", "/figures/", "", 1280), ("responsible", "/responsible/?matter=0104&place=610113", "", 1280), ("tray", "/desk/", "handler", 1280),
    ("load", "/desk/load/", "supervisor", 1280), ("administration", "/responsible/admin/", "administrator", 1280),
]  # fmt: skip


def take(folder: Path, url: str) -> int:
    """Write one PNG a page into `folder`; 0, or 2 where something is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chromium-headless-shell")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is missing: uv run --group test tongban screenshots", file=sys.stderr)
        return 2
    if not chromium:
        print("Chromium is missing: install Debian's package chromium", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        child = None
        if not url:
            url = "http://127.0.0.1:8765"
            child = subprocess.Popen([sys.executable, "-m", "tongban.cli", "serve", "--demo", "--data", data, "--port", "8765"])
            _wait(url)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
            for name, path, who, width in PAGES:
                context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
                page = context.new_page()
                if who:
                    from tongban.demo.load import PASSWORD

                    page.goto(url + "/accounts/login/")
                    page.fill("input[name=login]", who)
                    page.fill("input[name=password]", PASSWORD)
                    page.locator("main form button").first.click()
                page.goto(url + path)
                page.screenshot(path=str(folder / f"{name}.png"), full_page=name == "home-phone")
                context.close()
            browser.close()
        if child is not None:
            child.terminate()
            child.wait(30)
    return 0


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urlopen(url + "/healthz", timeout=2).read()  # noqa: S310 -- our own address
            return
        except OSError:
            time.sleep(0.2)
