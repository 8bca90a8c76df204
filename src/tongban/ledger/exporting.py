"""Writes the log into a folder that any static host can serve: `checkpoint`, `tile/…`, `log.vkey`. Incremental.

Tiles go first and the checkpoint last, so that the folder is whole at every moment. Full tiles are written once and
never touched again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tongban.merkle import Checkpoint, LogError, Note
from tongban.merkle.errors import Missing
from tongban.merkle.tiles import tile_path, tiles_of

from . import log, signing
from .views import vkeys


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def exported(folder: Path) -> Checkpoint | None:
    """The checkpoint of an earlier export. Raises LogError where it is not one of this log."""
    try:
        return Note.parse((folder / "checkpoint").read_bytes()).opened(signing.verifiers())
    except FileNotFoundError:
        return None


def export(folder: Path, progress: Callable[[int], None] | None = None) -> tuple[Checkpoint, int]:
    """Bring the folder up to the newest checkpoint; returns it and how many files were written. Raises LogError."""
    head = log.latest()
    if head is None:
        raise Missing("nothing has been signed yet; run the worker, or: tongban ledger integrate")
    note, checkpoint = head
    before = exported(folder)
    if before is not None:
        if before.size > checkpoint.size:
            raise LogError(
                f"{folder} holds {before.size} entries, more than the log's {checkpoint.size}; nothing was written"
            )
        signing._refuse_fork(before, checkpoint, folder / "checkpoint")
    written = 0
    for place in tiles_of(checkpoint.size, before.size if before else 0):
        target = folder / tile_path(place.level, place.number, place.width)
        if not target.exists():
            _put(target, log.tile(place.level, place.number, place.width))
            written += 1
        if progress:
            progress(place.number if place.level < 0 else -1)
    _put(folder / "log.vkey", vkeys().encode())
    _put(folder / "checkpoint", str(note).encode())
    return checkpoint, written
