"""Has files cleaned by a bounded child process, so that a web worker neither grows nor waits more than some seconds.

Each process of the house has at most one child, which is used again and started anew where it ended. On one machine
only so many children work at a time; who would have to wait longer than a moment is told to come back. Not for what is
done to a file: that is in `pictures`, `pdf` and `office`.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _

import tongban

from ..refusal import Refusal
from . import child, kinds, quotas, reading

PATIENCE = 3.0
"""Seconds that somebody waits for their turn."""
WORDS = {
    "too_large": _("图片太大，最多 %(million)d 百万像素。请缩小后再上传。"),
    "animated": _("不能接收动图。请截取其中的画面，作为普通图片上传。"),
    "damaged": _("文件已损坏，无法读取。请重新导出或拍照后再上传。"),
    "too_much": _("文件太复杂，检查时超出了限度。请另存为较简单的文件，或者截图后上传图片。"),
}
BUSY = _("现在上传文件的人较多，请过一会儿再试。")


@dataclass(frozen=True, slots=True)
class Clean:
    """A file as it may be kept, and what is to be said of it: see `attachments.NOTES`."""

    content: bytes
    notes: list[str]


def clean(content: bytes, kind: str) -> Clean:
    """The file without what it says of its maker and without what runs by itself. Raises Refusal.

    Pictures are refused by their header where it says more than `UPLOAD_MAX_PIXELS`, and nothing is decoded.
    """
    if kind in kinds.IMAGES:
        size = kinds.pixels(content)
        if size is None:
            raise refusal("damaged")
        if size > settings.UPLOAD_MAX_PIXELS:
            raise refusal("too_large")
    if kind not in child.WAYS:
        return Clean(content, [])
    with _turn():
        return _asked(content, kind)


def codes_in(content: bytes, kind: str) -> list[str]:
    """The words of the QR codes on a picture of this kind; nothing of it is kept. Raises Refusal."""
    size = kinds.pixels(content)
    if size is None:
        raise refusal("damaged")
    if size > settings.UPLOAD_MAX_PIXELS:
        raise refusal("too_large")
    with _turn():
        found = json.loads(_asked(content, f"{reading.CODES}{kind}").content)
    return [str(one) for one in found]


def words_of_codes(content: bytes) -> list[str]:
    """The words of the QR codes on a file that somebody sent, counted like an upload; empty where it is no picture,
    holds none or cannot be read: what is only a help is no reason to refuse."""
    kind = kinds.media_type(content)
    if kind is None or kind not in kinds.IMAGES:
        return []
    try:
        quotas.spend(0, kinds.pixels(content) or 0)
        return codes_in(content, kind)
    except Refusal:
        return []


def enclosed_in(content: bytes) -> bytes:
    """The receipt or certificate that is enclosed in a PDF; empty where there is none. Raises Refusal."""
    with _turn():
        return _asked(content, f"{reading.ENCLOSED}{kinds.PDF}").content


class TooMuch(Refusal):
    """The file took more memory or time than a file may."""


def refusal(reason: str) -> Refusal:
    """The refusal of a file, in words."""
    made = TooMuch if reason == "too_much" else Refusal
    return made("bad_input", WORDS[reason] % {"million": settings.UPLOAD_MAX_PIXELS // 1_000_000}, "files")


class _Ended(Exception):
    """The child ended before it answered."""


class Child:
    """A running child. One file at a time."""

    def __init__(self) -> None:
        limits = (settings.UPLOAD_CHILD_MEMORY, settings.UPLOAD_CHILD_SECONDS, settings.UPLOAD_MAX_PIXELS)
        self.limits, self.owner = limits, os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", child.__name__, *map(str, limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "PYTHONPATH": str(Path(tongban.__file__).parent.parent)},
        )

    @property
    def usable(self) -> bool:
        """Whether it runs, is this process's own and has the limits of now."""
        limits = (settings.UPLOAD_CHILD_MEMORY, settings.UPLOAD_CHILD_SECONDS, settings.UPLOAD_MAX_PIXELS)
        return self.owner == os.getpid() and self.limits == limits and self._process.poll() is None

    def ask(self, content: bytes, kind: str) -> tuple[dict[str, object], bytes]:
        """What the child answers. Raises _Ended; after a time of waiting the child is ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given, answers = self._process.stdin, self._process.stdout
        clock = threading.Timer(settings.UPLOAD_CHILD_SECONDS + 4, self._process.kill)
        clock.daemon = True
        clock.start()
        try:
            child.send(given, {"kind": kind}, content)  # type: ignore[arg-type]
            return child.receive(answers)  # type: ignore[arg-type]
        except (OSError, EOFError, ValueError) as error:
            raise _Ended from error
        finally:
            clock.cancel()

    def went_idle(self) -> bool:
        """Whether it had ended of itself, not of the file."""
        return self._process.wait(5) == 0

    def end(self) -> None:
        """End it, where it is this process's own."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                cast("object", pipe and pipe.close())


_lock = threading.Lock()
_kept: list[Child] = []


def forget() -> None:
    """End the child of this process, if it has one."""
    while _kept:
        _kept.pop().end()


atexit.register(forget)


def _ready() -> tuple[Child, bool]:
    """The child of this process, and whether it was just started."""
    if _kept and _kept[0].usable:
        return _kept[0], False
    forget()
    _kept.append(Child())
    return _kept[0], True


def _asked(content: bytes, kind: str) -> Clean:
    running, fresh = _ready()
    try:
        try:
            head, body = running.ask(content, kind)
        except _Ended:
            if fresh or not running.went_idle():
                raise
            running, fresh = _ready()  # it had gone home in this very moment
            head, body = running.ask(content, kind)
    except _Ended:
        forget()
        raise refusal("too_much") from None
    if "refused" in head:
        raise refusal(str(head["refused"]))
    return Clean(body, [str(note) for note in cast("list[object]", head["notes"])])


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One of the machine's turns, and this process's child to itself. Raises Refusal where none comes in a moment."""
    until = time.monotonic() + PATIENCE
    if not _lock.acquire(timeout=PATIENCE):
        raise Refusal("not_yet", BUSY, "files")
    try:
        with _place(until):
            yield
    finally:
        _lock.release()


@contextlib.contextmanager
def _place(until: float) -> Iterator[None]:
    """One of `UPLOAD_CHILDREN` places, held by a lock on a file that ends with the process."""
    folder = Path(settings.DATA)
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        os.open(folder / f"cleaning-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for number in range(settings.UPLOAD_CHILDREN)
    ]
    try:
        while not any(_locked(file) for file in files):
            if time.monotonic() > until:
                raise Refusal("not_yet", BUSY, "files")
            time.sleep(0.05)
        yield
    finally:
        for file in files:
            os.close(file)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
