"""Starts the program that looks at a site, waits for its end, and hands over what it found. The one place of the house
that begins a look; knows the settings, opens nothing of what was found."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

import tongban
from tongban.webaddr import BadAddress, parse

from . import looking
from .names import Refused

SECONDS = 110.0
"""For a look with all that belongs to it; then everything of it is ended."""
LARGEST = 40_000_000
NAMES = {"record": "record.warc.gz", "picture": "picture.png"}


@dataclass(frozen=True)
class Taken:
    """What a look found: the record (WARC, gzipped), the picture (PNG, or nothing), and what it says of itself."""

    record: bytes
    picture: bytes
    said: dict[str, Any]

    @property
    def reason(self) -> str:
        """Why there is nothing to show; empty where the site answered."""
        return _known(self.said.get("reason"))

    @property
    def no_picture(self) -> str:
        """Why there is no picture; empty where there is one."""
        return "" if self.picture else _known(self.said.get("no_picture")) or self.reason or "browser"


def _known(reason: object) -> str:
    return str(reason) if reason in looking.REASONS else "browser" if reason else ""


def order(address: str, **more: Any) -> dict[str, Any]:
    """What the program is told, from the settings."""
    hosts = {one for one in settings.ALLOWED_HOSTS if "." in one} | {settings.FEED_PAGE_HOST}
    with contextlib.suppress(BadAddress):
        hosts.add(parse(settings.ORIGIN).host)
    return {
        "address": address,
        "ports": [int(one) for one in settings.EVIDENCE_PORTS.replace(",", " ").split()],
        "refused_networks": settings.EVIDENCE_REFUSE.replace(",", " ").split(),
        "refused_hosts": sorted(one.strip(".[]").lower() for one in hosts if one),
        "resolvers": settings.RESOLVERS,
        "agent": settings.EVIDENCE_AGENT,
        "browser": {"program": settings.EVIDENCE_BROWSER, "as_root": settings.EVIDENCE_AS_ROOT},
        **more,
    }


def take(told: Mapping[str, Any]) -> Taken:
    """Look, as `order` says. Raises Refused (`died`) where the program did not come to its end."""
    with tempfile.TemporaryDirectory(prefix="tongban-evidence-") as name:
        child = subprocess.Popen(
            [sys.executable, "-m", looking.__name__, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "PYTHONPATH": str(Path(tongban.__file__).parent.parent)},
            start_new_session=True,
        )
        try:
            child.communicate(json.dumps(told).encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        folder = Path(name)
        try:
            said = json.loads(_read(folder / looking.LOOK))
            return Taken(_read(folder / looking.RECORD), _read(folder / looking.PICTURE, must=False), said)
        except (OSError, ValueError):
            raise Refused("died") from None


def _read(file: Path, must: bool = True) -> bytes:
    if not must and not file.is_file():
        return b""
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content
