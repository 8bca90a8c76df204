"""A file to be read: on disk where it lies, or a member of an archive, expanded into a private temporary file.

Not for recognising what is in it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class NotAFile(OSError):
    """A device, a pipe, a socket or a folder where a file was expected."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An open file of `size` bytes; reading at a place leaves no trace in it, so many readers may share it."""

    name: str
    path: str
    handle: int
    size: int

    def read(self, count: int, at: int) -> bytes:
        """Up to `count` bytes from byte `at`; fewer at the end only."""
        raw = os.pread(self.handle, count, at)
        if len(raw) == count or not raw or at + len(raw) >= self.size:
            return raw
        parts, got = [raw], len(raw)
        while got < count:
            more = os.pread(self.handle, count - got, at + got)
            if not more:
                break
            parts.append(more)
            got += len(more)
        return b"".join(parts)


@contextmanager
def opened(path: str, name: str | None = None) -> Iterator[Blob]:
    """Opens a regular file for reading; OSError if it can't be, NotAFile if it is something
    else. Never waits for a pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise NotAFile(path)
        yield Blob(name if name is not None else os.path.basename(path), path, handle, info.st_size)
    finally:
        os.close(handle)
