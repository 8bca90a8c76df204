"""A picture of a page by the system's Chromium, which reaches nothing by itself.

It runs in a network namespace of its own that has no way out, not even loopback; it is spoken to over two pipes; each
request that it makes is paused and answered with what `fetching` fetched, under the same rules. So a request that could
slip by (a WebSocket, WebRTC, a prefetch, a service worker) has nowhere to go. Where the namespace cannot be made there
is no picture.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .fetching import Exchange, plain
from .names import Refused

PROGRAMS = ("chromium-headless-shell", "chromium")
WIDTH, HEIGHT = 1280, 1600
MEMORY = 1_500 * 1024 * 1024
"""Bytes that all processes of the browser may hold together."""
SECONDS = 30.0
"""For all of it; the page has settled before, or the picture is of what is there."""
QUIET = 1.5
"""Seconds without a request after which a page has settled."""
LARGEST_PICTURE = 12_000_000
LARGEST_MESSAGE = 40_000_000
DROPPED = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection", "alt-svc", "link",
     "nel", "report-to", "reporting-endpoints", "strict-transport-security"}
)  # fmt: skip
"""Headers that the browser does not see: it keeps no cookie, and has the body unpacked."""
FLAGS = (
    "--headless", "--remote-debugging-pipe", "--disable-gpu", "--mute-audio", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--disable-breakpad", "--disable-quic", "--dns-prefetch-disable", "--no-pings",
    "--disable-dev-shm-usage", "--deny-permission-prompts", "--no-service-autorun",
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=IsolateOrigins,site-per-process,WebRtcHideLocalIpsWithMdns,Prerender2",
    "--js-flags=--max-old-space-size=384", f"--window-size={WIDTH},{HEIGHT}", "about:blank",
)  # fmt: skip

Serve = Callable[[str, str], Exchange]
"""Address and what the browser would accept → what was fetched. Raises Refused."""


@dataclass(frozen=True)
class Browser:
    """Which program, and whether it may run as root without its own sandbox (`TONGBAN_EVIDENCE_AS_ROOT`)."""

    program: str = ""
    as_root: bool = False


def found(browser: Browser) -> str:
    """The program's path. Raises Refused where there is none, or where it could not be shut in."""
    path = browser.program or next((one for one in map(shutil.which, PROGRAMS) if one), "")
    if not path or not os.access(path, os.X_OK):
        raise Refused("no_browser")
    if os.geteuid() == 0 and not browser.as_root:
        raise Refused("root")
    if any(shutil.which(one) is None for one in ("unshare", "setpriv", "prlimit")):
        raise Refused("no_namespace")
    if subprocess.run([*_shut_in(), "true"], capture_output=True, timeout=20).returncode:
        raise Refused("no_namespace")
    return path


def _shut_in() -> list[str]:
    """Before a command: no network, and processes of its own that end with it and with whoever began it."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user"]
    limits = ["prlimit", "--core=0", "--cpu=60", "--as=unlimited", "--fsize=200000000", "--nofile=4096"]
    alone = ["unshare", *user, "--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--"]
    return [*limits, "setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--", *alone]


def picture(browser: Browser, address: str, serve: Serve) -> tuple[bytes, bool]:
    """A PNG of the page at `address`, and whether the page had come to rest by then. Raises Refused."""
    path = found(browser)
    with tempfile.TemporaryDirectory(prefix="tongban-look-") as home:
        running = _Running(path, home)
        try:
            return _taken(running, address, serve)
        except (OSError, EOFError, TimeoutError, ValueError, KeyError) as error:
            raise Refused("browser", type(error).__name__) from None
        finally:
            running.end()


def _taken(running: _Running, address: str, serve: Serve) -> tuple[bytes, bool]:
    target = running.call("Target.createTarget", {"url": "about:blank", "width": WIDTH, "height": HEIGHT})
    attached = running.call("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
    running.session = attached["sessionId"]
    for method, said in (
        ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
        ("Page.enable", {}),
        ("Inspector.enable", {}),
        ("Network.enable", {}),
        ("Network.setBypassServiceWorker", {"bypass": True}),
        ("Network.setBlockedURLs", {"urls": ["file:*", "ftp:*", "chrome:*", "filesystem:*"]}),
        ("Page.setDownloadBehavior", {"behavior": "deny"}),
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
    ):
        running.call(method, said)
    running.serve = serve
    running.send("Page.navigate", {"url": address})
    last = time.monotonic()
    while time.monotonic() < running.until - 8 and (not running.loaded or time.monotonic() - last < QUIET):
        if running.step(0.2):
            last = time.monotonic()
    shot = running.call("Page.captureScreenshot", {"format": "png"})
    raw = base64.b64decode(shot["data"], validate=True)
    if len(raw) > LARGEST_PICTURE or not raw.startswith(b"\x89PNG"):
        raise ValueError("no picture")
    return raw, running.loaded


class _Running:
    """A browser that runs, and the pipes to it (Chrome DevTools Protocol, messages between zero bytes)."""

    def __init__(self, path: str, home: str) -> None:
        self.until = time.monotonic() + SECONDS
        self.session, self.loaded = "", False
        self.serve: Serve | None = None
        self._number, self._raw = 0, bytearray()
        self._answers: dict[int, Any] = {}
        given, self._give = (_high(one) for one in os.pipe())
        self._take, taken = (_high(one) for one in os.pipe())
        flags = [*FLAGS[:-1], f"--user-data-dir={home}/profile"]
        flags += ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [*_shut_in(), path, *flags, FLAGS[-1]]
        with open(os.devnull, "r+b") as nothing:
            self.process = os.posix_spawn(
                shutil.which(command[0]) or command[0],
                command,
                {"HOME": home, "TMPDIR": home, "PATH": os.defpath, "LANG": "zh_CN.UTF-8", "TZ": "Asia/Shanghai"},
                file_actions=[
                    *((os.POSIX_SPAWN_DUP2, nothing.fileno(), one) for one in (0, 1, 2)),
                    (os.POSIX_SPAWN_DUP2, given, 3),
                    (os.POSIX_SPAWN_DUP2, taken, 4),
                ],
                setpgroup=0,
            )
        os.close(given)
        os.close(taken)

    def send(self, method: str, params: Mapping[str, Any]) -> int:
        """Say something; returns its number."""
        self._number += 1
        said: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self.session:
            said["sessionId"] = self.session
        raw = memoryview(json.dumps(said).encode() + b"\0")
        while raw:  # the pipe is read on meanwhile, or both sides might wait for each other
            _read, ready, _bad = select.select([], [self._give], [], max(self.until - time.monotonic(), 0))
            if not ready:
                raise TimeoutError
            raw = raw[os.write(self._give, raw[:4096]) :]
            self._receive(0)
        return self._number

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Say something and wait for the answer; what the page asks for meanwhile is served."""
        number = self.send(method, params)
        while number not in self._answers:
            self.step(0.5)
        answer: dict[str, Any] = self._answers.pop(number)
        if "error" in answer:
            raise ValueError(method)
        return dict(answer.get("result", {}))

    def step(self, seconds: float) -> bool:
        """Take what came, for so many seconds at most; whether the page asked for something."""
        if time.monotonic() > self.until:
            raise TimeoutError
        if _held(self.process) > MEMORY:
            raise Refused("memory")
        self._receive(seconds)
        asked = False
        while b"\0" in self._raw:
            raw, _zero, rest = bytes(self._raw).partition(b"\0")
            self._raw = bytearray(rest)
            asked = self._taken_in(json.loads(raw)) or asked
        return asked

    def _receive(self, seconds: float) -> None:
        while select.select([self._take], [], [], seconds)[0]:
            piece = os.read(self._take, 1 << 20)
            if not piece:
                raise EOFError
            self._raw += piece
            if len(self._raw) > LARGEST_MESSAGE:
                raise ValueError("a message without end")
            seconds = 0

    def _taken_in(self, said: Mapping[str, Any]) -> bool:
        if "id" in said:
            self._answers[said["id"]] = said
            return False
        method, params = said.get("method"), said.get("params", {})
        if method == "Fetch.requestPaused":
            self._answered(params)
            return True
        if method == "Page.javascriptDialogOpening":
            self.send("Page.handleJavaScriptDialog", {"accept": False})
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method in ("Inspector.targetCrashed", "Target.targetCrashed"):
            raise EOFError
        return False

    def _answered(self, paused: Mapping[str, Any]) -> None:
        """Answer a paused request with what was fetched for it; what may not be, fails."""
        request, number = paused["request"], paused["requestId"]
        accept = str({key.lower(): value for key, value in request.get("headers", {}).items()}.get("accept", "*/*"))
        try:
            if self.serve is None or request["method"] != "GET":
                raise Refused("method", f"{request['method']} {request['url'][:200]}")
            found = self.serve(request["url"], accept)
            content = plain(found, LARGEST_PICTURE)
        except Refused:
            self.send("Fetch.failRequest", {"requestId": number, "errorReason": "AccessDenied"})
            return
        headers = [{"name": key, "value": value} for key, value in found.headers if key.lower() not in DROPPED]
        self.send(
            "Fetch.fulfillRequest",
            {
                "requestId": number,
                "responseCode": found.status,
                "responseHeaders": headers,
                "body": base64.b64encode(content).decode(),
            },
        )

    def end(self) -> None:
        """End all of it, whatever state it is in."""
        for one in (self._give, self._take):
            with contextlib.suppress(OSError):
                os.close(one)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _high(one: int) -> int:
    """The same pipe under a number that stands in nobody's way, and that no child inherits."""
    high = fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 20)
    os.close(one)
    return high


def _held(group: int) -> int:
    """Bytes that the processes of a group hold."""
    held = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                said = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(said[2]) == group:
                    held += int(said[21]) * os.sysconf("SC_PAGE_SIZE")
    return held
