"""Where a log is read from: a folder with the layout of `<prefix>/`, or an HTTP(S) prefix.

A source has one method, `get(path) → bytes`, and raises Missing where there is nothing. Sizes are bounded, so that a
hostile server cannot fill the memory of whoever checks it.
"""

from __future__ import annotations

import gzip
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path
from typing import Protocol

from .errors import LogError, Malformed, Missing
from .tiles import LONGEST_ENTRY, WIDTH

LARGEST = WIDTH * (LONGEST_ENTRY + 2)
"""Bytes of the largest resource, a full bundle of the longest entries."""


class Source(Protocol):
    """Gives the bytes of a resource of a log. Raises Missing, Malformed, LogError."""

    def get(self, path: str) -> bytes: ...


class Folder:
    """A log in a folder, as `tongban ledger export` writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, path: str) -> bytes:
        """The bytes of a file below the folder."""
        if ".." in path.split("/") or path.startswith("/"):
            raise Malformed(f"not a path of a log: {path[:80]!r}")
        file = self.root / path
        try:
            if file.stat().st_size > LARGEST:
                raise Malformed(f"{path} is larger than anything in a log")
            return file.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise Missing(f"{path} is missing") from None

    def __str__(self) -> str:
        return str(self.root)


class Web:
    """A log behind an HTTP(S) prefix. Tries again a few times where the server is busy."""

    def __init__(self, prefix: str, timeout: float = 30, tries: int = 4) -> None:
        if not prefix.startswith(("http://", "https://")):
            raise Malformed("a prefix begins with http:// or https://")
        self.prefix = prefix.rstrip("/") + "/"
        self._timeout = timeout
        self._tries = tries

    def get(self, path: str) -> bytes:
        """The body of GET prefix/path."""
        headers = {"Accept-Encoding": "gzip", "User-Agent": "tongban-ledger"}
        request = urllib.request.Request(self.prefix + path, headers=headers)  # noqa: S310 (http(s) only, see above)
        for attempt in range(self._tries):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                    raw: bytes = answer.read(LARGEST + 1)
                    if len(raw) > LARGEST:
                        raise Malformed(f"{path} is larger than anything in a log")
                    return _gunzip(raw, path) if answer.headers.get("Content-Encoding") == "gzip" else raw
            except urllib.error.HTTPError as error:
                if error.code in (404, 410):
                    raise Missing(f"{path} is missing (HTTP {error.code})") from None
                if error.code not in (429, 500, 502, 503, 504) or attempt + 1 == self._tries:
                    raise LogError(f"{path}: the server answers {error.code}") from None
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                if attempt + 1 == self._tries:
                    raise LogError(f"{self.prefix}: no answer ({error})") from None
            time.sleep(0.3 * 2**attempt)
        raise LogError(f"{self.prefix}: no answer")

    def __str__(self) -> str:
        return self.prefix


def _gunzip(raw: bytes, path: str) -> bytes:
    try:
        opened = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain = opened.decompress(raw, LARGEST + 1)
    except (zlib.error, gzip.BadGzipFile):
        raise Malformed(f"{path} is not the gzip that it says") from None
    if len(plain) > LARGEST or opened.unconsumed_tail:
        raise Malformed(f"{path} is larger than anything in a log")
    return plain


def open_source(where: str) -> Source:
    """A folder or an HTTP(S) prefix. Raises Missing where the folder is not there."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    if not Path(where).is_dir():
        raise Missing(f"{where} is neither a folder nor an address")
    return Folder(Path(where))
