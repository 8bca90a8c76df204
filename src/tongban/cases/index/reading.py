"""Opens pages of segments: many in one statement, the last used kept in memory, never on disk.

A segment never changes, so what was opened stays right; its random name is the key. Not for what the
pages say (`finding.py`).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.vault import postings, sealed_pages
from tongban.vault.keyring import ring

from .segments import TABLE
from .tables import PAGES, Segment, SegmentPage

MOST_BYTES = 48 << 20
"""Of opened pages that a process keeps."""
LONGEST_KEPT = 600.0
"""Seconds after which an opened page is forgotten, so that what was erased does not stay in memory for long."""
AT_ONCE = 500


class Vanished(Exception):
    """A segment was merged into another while it was read: look again."""


@dataclass(frozen=True, slots=True)
class Row:
    """A segment as its row says."""

    id: int
    kind: str
    part: str
    docs: int
    head: int
    pages: int
    name: str


def rows(kind: str, parts: Sequence[str] | None = None) -> list[Row]:
    """The segments of a kind: all, or those of some counties and those not sorted by county yet."""
    found = Segment.objects.filter(kind=kind)
    if parts is not None:
        found = found.filter(part__in=["", *parts])
    return [
        Row(*values)
        for values in found.order_by("pk").values_list("id", "kind", "part", "docs", "head", "pages", "name")
    ]


class _Kept:
    """Opened pages, the least recently used forgotten first. Thread-safe."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, int], tuple[float, bytes]] = OrderedDict()
        self._bytes, self._swept = 0, 0.0
        self._lock = threading.Lock()

    def get(self, key: tuple[str, int]) -> bytes | None:
        with self._lock:
            found = self._pages.get(key)
            if found is None or time.monotonic() - found[0] > LONGEST_KEPT:
                return None
            self._pages.move_to_end(key)
            return found[1]

    def put(self, key: tuple[str, int], page: bytes) -> None:
        with self._lock:
            now = time.monotonic()
            self._remove(key)
            self._pages[key] = (now, page)
            self._bytes += len(page)
            while self._bytes > MOST_BYTES:
                self._remove(next(iter(self._pages)))
            if now - self._swept > LONGEST_KEPT / 10:
                self._swept = now
                for old in [name for name, (since, _page) in self._pages.items() if now - since > LONGEST_KEPT]:
                    self._remove(old)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _remove(self, key: tuple[str, int]) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone[1])


_kept = _Kept()


def forget() -> None:
    """Keep no opened page in memory."""
    _kept.clear()


class Reader:
    """Reads stretches of segments. `fetch` what is needed first, for all segments at once."""

    def __init__(self, keep: bool = True) -> None:
        self._keep = keep
        self._pages: dict[tuple[str, int], bytes] = {}

    def fetch(self, wanted: Iterable[tuple[Row, range]]) -> None:
        """Open the pages (numbers) of segments that are not open yet. Raises Vanished, and KeyRingError
        where a page was changed."""
        missing: dict[int, tuple[Row, int]] = {}
        for row, numbers in wanted:
            for number in numbers:
                key = (row.name, number)
                if key in self._pages:
                    continue
                page = _kept.get(key) if self._keep else None
                if page is None:
                    missing[row.id * PAGES + number] = (row, number)
                else:
                    self._pages[key] = page
        ids = list(missing)
        for start in range(0, len(ids), AT_ONCE):
            self._open(ids[start : start + AT_ONCE], missing)

    def _open(self, ids: list[int], missing: dict[int, tuple[Row, int]]) -> None:
        sealed = dict(SegmentPage.objects.filter(pk__in=ids).values_list("pk", "sealed"))
        if len(sealed) < len(ids):
            raise Vanished
        keys = ring()
        for number in ids:
            row, place = missing[number]
            page = sealed_pages.open_page(keys, TABLE, row.name, place, bytes(sealed[number]))
            self._pages[(row.name, place)] = page
            if self._keep:
                _kept.put((row.name, place), page)

    def read(self, row: Row, first: int, last: int) -> bytes:
        """The bytes from `first` to before `last`, whose pages were fetched."""
        numbers = sealed_pages.pages_of(first, last)
        if not numbers:
            return b""
        start = numbers[0] * sealed_pages.PAGE
        if len(numbers) == 1:
            return self._pages[(row.name, numbers[0])][first - start : last - start]
        return b"".join(self._pages[(row.name, number)] for number in numbers)[first - start : last - start]

    def heads(self, some: Sequence[Row]) -> dict[int, postings.Head]:
        """The heads of segments, by their ids."""
        self.fetch((row, range(row.head)) for row in some)
        return {row.id: postings.read_head(self.read(row, 0, row.head * sealed_pages.PAGE)) for row in some}

    def whole(self, row: Row) -> tuple[postings.Head, bytes]:
        """A segment from its first byte to its last."""
        self.fetch([(row, range(row.pages))])
        content = self.read(row, 0, row.pages * sealed_pages.PAGE)
        return postings.read_head(content), content
