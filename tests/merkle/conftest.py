"""A log in a folder, made by the library alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tongban.merkle import Checkpoint, Edge, Signer, encode_bundle, leaf_hash, new_signer
from tongban.merkle.notes import sign
from tongban.merkle.tiles import WIDTH, tile_path

ORIGIN = "city.example/ledger"


def write_log(folder: Path, entries: Sequence[bytes], signer: Signer) -> Checkpoint:
    """Write a whole log: bundles, tiles, checkpoint, key."""
    edge = Edge(0)
    tiles = edge.append([leaf_hash(entry) for entry in entries])
    for number in range((len(entries) + WIDTH - 1) // WIDTH):
        part = entries[number * WIDTH : (number + 1) * WIDTH]
        put(folder, tile_path(-1, number, len(part)), encode_bundle(part))
    for (level, number), raw in tiles.items():
        put(folder, tile_path(level, number, len(raw) // 32), raw)
    checkpoint = Checkpoint(ORIGIN, len(entries), edge.root())
    put(folder, "checkpoint", str(sign(checkpoint, [signer])).encode())
    put(folder, "log.vkey", f"{signer.verifier.vkey}\n".encode())
    return checkpoint


def put(folder: Path, path: str, raw: bytes) -> None:
    """Write one resource."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(raw)


@pytest.fixture
def signer() -> Signer:
    return new_signer(ORIGIN)


@pytest.fixture
def written(tmp_path: Path, signer: Signer) -> Callable[..., tuple[Path, Checkpoint]]:
    """Make a log of so many entries in a folder of its own."""

    def make(number: int, name: str = "log", entries: Sequence[bytes] | None = None) -> tuple[Path, Checkpoint]:
        folder = tmp_path / name
        return folder, write_log(
            folder, entries if entries is not None else [b"entry %d" % i for i in range(number)], signer
        )

    return make
