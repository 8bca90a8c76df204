"""Tiles of 256 hashes and bundles of entries (c2sp.org/tlog-tiles), the growing right edge, and reading them.

A tile of level L holds at place i the hash of the perfect subtree over 256^L entries; a full tile is 8,192 bytes. A
partial tile of width W is the first W hashes of the full one, so whoever keeps the fullest version can serve them all.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .errors import Malformed
from .hashing import EMPTY_ROOT, HASH_BYTES, node_hash
from .proofs import MOST

WIDTH = 256
HEIGHT = 8
TILE_BYTES = WIDTH * HASH_BYTES
LONGEST_ENTRY = 2**16 - 1
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def number_path(number: int) -> str:
    """`1234067` → `x001/x234/067`. Raises ValueError for a negative number."""
    if number < 0:
        raise ValueError("a tile's number is not negative")
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """The path of a tile, or with level −1 of an entry bundle; with its width where it is partial."""
    if not -1 <= level <= 63 or not 1 <= width <= WIDTH:
        raise ValueError("no such tile")
    where = "entries" if level < 0 else str(level)
    return f"tile/{where}/{number_path(number)}" + (f".p/{width}" if width < WIDTH else "")


@dataclass(frozen=True, slots=True)
class Place:
    """What a tile's path says. `level` is −1 for an entry bundle."""

    level: int
    number: int
    width: int


def parse_path(path: str) -> Place:
    """The tile that a path names. Raises Malformed for every other spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(f"not the path of a tile: {path[:80]!r}")
    level = -1 if match[1] == "entries" else int(match[1])
    number = int(match[2].replace("x", "").replace("/", ""))
    width = int(match[3]) if match[3] else WIDTH
    if level > 63 or width > WIDTH or (match[3] and width == WIDTH) or number_path(number) != match[2]:
        raise Malformed(f"not the path of a tile: {path[:80]!r}")
    return Place(level, number, width)


def width_at(level: int, number: int, size: int) -> int:
    """How many hashes tile `number` of `level` has in a tree of `size` entries; 0 where
    there is none. Level −1 as 0."""
    whole = size >> (HEIGHT * max(level, 0))
    return max(0, min(WIDTH, whole - number * WIDTH))


def tiles_of(size: int, since: int = 0) -> Iterator[Place]:
    """Every tile and bundle of a tree of `size` that a tree of `since` did not have as wide, lowest level first."""
    for level in (-1, *range(64)):
        shift = HEIGHT * max(level, 0)
        whole, before = size >> shift, since >> shift
        if whole == 0:
            break
        for number in range(before // WIDTH, (whole + WIDTH - 1) // WIDTH):
            width = width_at(level, number, size)
            if width and width > width_at(level, number, since):
                yield Place(level, number, width)


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each behind its length as a big-endian uint16. Raises Malformed for one beyond 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise Malformed(f"an entry has at most {LONGEST_ENTRY} bytes, not {len(entry)}")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(raw: bytes, expected: int | None = None) -> list[bytes]:
    """The entries of a bundle; `expected` of them, where given. Raises Malformed."""
    entries: list[bytes] = []
    at, end = 0, len(raw)
    while at < end:
        length = int.from_bytes(raw[at : at + 2], "big")
        if at + 2 + length > end:
            raise Malformed("an entry bundle ends in the middle of an entry")
        entries.append(raw[at + 2 : at + 2 + length])
        at += 2 + length
    if expected is not None and len(entries) != expected:
        raise Malformed(f"an entry bundle holds {len(entries)} entries instead of {expected}")
    return entries


def split_tile(raw: bytes, expected: int | None = None) -> list[bytes]:
    """The hashes of a tile; `expected` of them, where given. Raises Malformed."""
    if not raw or len(raw) % HASH_BYTES or len(raw) > TILE_BYTES:
        raise Malformed(f"a tile is 1 to 256 hashes of {HASH_BYTES} bytes, not {len(raw)} bytes")
    if expected is not None and len(raw) != expected * HASH_BYTES:
        raise Malformed(f"a tile holds {len(raw) // HASH_BYTES} hashes instead of {expected}")
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a full tile."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


class Edge:
    """The growing right edge of a tree: the last, partial tile of every level. All that appending needs.

    `tiles[L]` are the hashes of the last tile of level L, 0 to 255 of them; a tile that fills up is handed out and its
    hash goes one level up.
    """

    def __init__(self, size: int, tiles: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self.tiles: list[list[bytes]] = [list(tile) for tile in tiles]
        for level, tile in enumerate(self.tiles):
            if len(tile) != (size >> (HEIGHT * level)) % WIDTH or any(len(item) != HASH_BYTES for item in tile):
                raise Malformed(f"the right edge of level {level} does not fit a tree of {size}")
        if size >> (HEIGHT * len(self.tiles)):
            raise Malformed(f"the right edge lacks levels for a tree of {size}")

    def append(self, leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
        """Append leaf hashes. Returns every tile that changed, by (level, number): its bytes, full or partial."""
        if self.size + len(leaves) > MOST:
            raise Malformed("a log has at most 2^63 entries")
        changed: dict[tuple[int, int], bytes] = {}
        row: Sequence[bytes] = leaves
        level = 0
        while row:
            if level == len(self.tiles):
                self.tiles.append([])
            first = (self.size >> (HEIGHT * level)) // WIDTH
            tile = self.tiles[level]
            above: list[bytes] = []
            at = 0
            while at < len(row):
                room = WIDTH - len(tile)
                tile += row[at : at + room]
                at += room
                changed[(level, first)] = b"".join(tile)
                if len(tile) == WIDTH:
                    above.append(_fold(tile))
                    tile = []
                    first += 1
            self.tiles[level] = tile
            row = above
            level += 1
        self.size += len(leaves)
        return changed

    def root(self) -> bytes:
        """The root of the tree."""
        result: bytes | None = None
        for tile in self.tiles:
            row, bit = list(tile), 0
            while row:
                if len(row) % 2:
                    last = row.pop()
                    result = last if result is None else node_hash(last, result)
                row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
                bit += 1
        return EMPTY_ROOT if result is None else result


class Tiles:
    """A reader of perfect subtrees over tiles: `tiles(level, index)`. Keeps the nodes of the last tiles it took apart.

    `fetch(level, number, width)` gives a tile's bytes. Widths come from `size`, the tree that is read. Raises Malformed
    where a tile is not as wide as it must be.
    """

    def __init__(self, fetch: Callable[[int, int, int], bytes], size: int, keep: int = 64) -> None:
        self._fetch = fetch
        self.size = size
        self._keep = keep
        self._nodes: OrderedDict[tuple[int, int, int], list[list[bytes]]] = OrderedDict()

    def _rows(self, level: int, number: int) -> list[list[bytes]]:
        width = width_at(level, number, self.size)
        if width == 0:
            raise Malformed(f"a tree of {self.size} has no tile {number} of level {level}")
        key = (level, number, width)
        rows = self._nodes.get(key)
        if rows is None:
            rows = [split_tile(self._fetch(level, number, width), width)]
            while len(rows[-1]) > 1:
                below = rows[-1]
                rows.append([sha256(b"\x01" + below[i] + below[i + 1]).digest() for i in range(0, len(below) - 1, 2)])
            self._nodes[key] = rows
            if len(self._nodes) > self._keep:
                self._nodes.popitem(last=False)
        else:
            self._nodes.move_to_end(key)
        return rows

    def grown(self, size: int) -> Tiles:
        """The same reader for a larger tree; what was taken apart stays known."""
        if size < self.size:
            raise ValueError("a log does not shrink")
        self.size = size
        return self

    def __call__(self, level: int, index: int) -> bytes:
        tile_level, inside = divmod(level, HEIGHT)
        first = index << inside
        rows = self._rows(tile_level, first // WIDTH)
        row, at = rows[inside], (first % WIDTH) >> inside
        if at >= len(row):
            raise Malformed(f"a tree of {self.size} has no subtree {index} of height {level}")
        return row[at]
