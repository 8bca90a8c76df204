"""Checks a whole log: signatures, every tile, every entry, the root, and that it has grown from an earlier checkpoint.

Streams: one bundle and one tile per level are in memory at a time. Resumable: what has been checked is a right edge,
which can be kept between runs and is trusted by whoever kept it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .checkpoint import Checkpoint
from .errors import BadProof, Forked, LogError, Malformed, Missing
from .notes import Note, Verifier
from .proofs import consistency_proof, root_of, verify_consistency
from .sources import Source
from .tiles import TILE_BYTES, WIDTH, Edge, Tiles, decode_bundle, split_tile, tile_path, width_at

Seen = Callable[[int, Sequence[bytes]], None]


def fetch_wide(source: Source, level: int, number: int, width: int) -> bytes:
    """The bytes of a tile or bundle; from the full one where the partial one is gone (tlog-tiles allows that)."""
    try:
        return source.get(tile_path(level, number, width))
    except Missing:
        if width == WIDTH:
            raise
        try:
            full = source.get(tile_path(level, number))
        except Missing:
            raise Missing(f"{tile_path(level, number, width)} is missing") from None
    if level < 0:
        entries = decode_bundle(full, WIDTH)[:width]
        return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    return full[: width * (TILE_BYTES // WIDTH)]


def reader(source: Source, size: int, keep: int = 256) -> Tiles:
    """A reader of the subtrees of the tree of `size` in a source."""
    return Tiles(lambda level, number, width: fetch_wide(source, level, number, width), size, keep)


def read_checkpoint(source: Source, verifiers: Sequence[Verifier]) -> tuple[Note, Checkpoint]:
    """The log's present checkpoint, signed by one of the keys. Raises LogError."""
    note = Note.parse(source.get("checkpoint"))
    return note, note.opened(verifiers)


def check_growth(source: Source, old: Checkpoint, new: Checkpoint) -> None:
    """Raises Forked where `new` does not begin with `old`."""
    if old.origin != new.origin:
        raise Forked(f"these are two logs: {old.origin} and {new.origin}")
    if new.size < old.size:
        raise Forked(f"the log has been rolled back: it had {old.size} entries and now shows {new.size}")
    try:
        proof = consistency_proof(reader(source, new.size), old.size, new.size)
        verify_consistency(old.size, new.size, proof, old.root, new.root)
    except BadProof as error:
        raise Forked(f"the log has been forked: {error}") from None


@dataclass
class Progress:
    """How far a check has come: the right edge of what was checked. `dumps` and `loads` keep it between runs."""

    origin: str
    edge: Edge

    def dumps(self) -> str:
        """As JSON text."""
        tiles = [base64.b64encode(b"".join(tile)).decode() for tile in self.edge.tiles]
        return json.dumps({"v": 1, "origin": self.origin, "size": self.edge.size, "tiles": tiles})

    @classmethod
    def loads(cls, text: str) -> Progress:
        """From `dumps`. Raises Malformed."""
        try:
            kept = json.loads(text)
            tiles = [split_tile(base64.b64decode(tile)) if tile else [] for tile in kept["tiles"]]
            return cls(str(kept["origin"]), Edge(int(kept["size"]), tiles))
        except (ValueError, KeyError, TypeError):
            raise Malformed("this is not a kept state of a check") from None


def entries(source: Source, start: int, end: int) -> Iterator[tuple[int, list[bytes]]]:
    """The entries [start, end) in their bundles, as (index of the first, entries); unchecked."""
    at = start
    while at < end:
        number, skip = divmod(at, WIDTH)
        width = width_at(-1, number, end)
        found = decode_bundle(fetch_wide(source, -1, number, width), width)
        yield at, found[skip:]
        at = number * WIDTH + width


def check_log(
    source: Source,
    checkpoint: Checkpoint,
    progress: Progress | None = None,
    seen: Seen | None = None,
    keep: Callable[[Progress], None] | None = None,
) -> Progress:
    """Check every entry, tile and the root of the tree of `checkpoint`. `seen(first index, entries)` sees each bundle.

    Raises LogError that says what is wrong and where. `keep` is called now and then with the progress.
    """
    progress = progress or Progress(checkpoint.origin, Edge(0))
    if progress.origin != checkpoint.origin:
        raise Forked(f"these are two logs: {progress.origin} and {checkpoint.origin}")
    if progress.edge.size > checkpoint.size:
        raise Forked(
            f"the log has been rolled back: {progress.edge.size} entries were checked, and now it shows "
            f"{checkpoint.size}"
        )
    if progress.edge.size:
        before = Checkpoint(checkpoint.origin, progress.edge.size, progress.edge.root())
        check_growth(source, before, checkpoint)
    edge = progress.edge
    for first, found in entries(source, edge.size, checkpoint.size):
        hashes = [sha256(b"\x00" + entry).digest() for entry in found]
        for (level, number), raw in edge.append(hashes).items():
            width = len(raw) // (TILE_BYTES // WIDTH)
            if width < WIDTH and edge.size < checkpoint.size:
                continue
            _check_tile(source, level, number, width, raw, first, hashes)
        if seen is not None:
            seen(first, found)
        if keep is not None and (first // WIDTH) % 64 == 63 and edge.size % WIDTH == 0:
            keep(progress)
    root = edge.root()
    if root != checkpoint.root:
        raise BadProof(f"the entries lead to another root than the checkpoint of {checkpoint.size} says")
    if checkpoint.size and root_of(reader(source, checkpoint.size), checkpoint.size) != checkpoint.root:
        raise BadProof(f"the tiles lead to another root than the checkpoint of {checkpoint.size} says")
    if keep is not None:
        keep(progress)
    return progress


def _check_tile(
    source: Source, level: int, number: int, width: int, computed: bytes, first: int, hashes: Sequence[bytes]
) -> None:
    served = fetch_wide(source, level, number, width)
    if served == computed:
        return
    split_tile(served, width)
    at = next(i for i in range(width) if served[32 * i : 32 * i + 32] != computed[32 * i : 32 * i + 32])
    if level == 0:
        raise BadProof(
            f"entry {number * WIDTH + at} is not the one that {tile_path(level, number, width)} holds the hash of"
        )
    raise BadProof(f"hash {at} of {tile_path(level, number, width)} is not the hash of the tile below it")


__all__ = ["LogError", "Progress", "check_growth", "check_log", "entries", "fetch_wide", "read_checkpoint", "reader"]
