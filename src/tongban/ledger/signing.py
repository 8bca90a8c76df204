"""Signs the head of the log once it is committed, and never one that forks what was signed before.

The last signed checkpoint is kept in a second place, a file outside the database (TONGBAN_LEDGER_GUARD), written before
the checkpoint is published. A database restored from an old backup no longer begins with it: then nothing is signed,
and the message says what to do (docs/rooms/ledger.md).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tongban.merkle import (
    Checkpoint,
    LogError,
    Note,
    Signer,
    Verifier,
    consistency_proof,
    parse_signer,
    parse_verifier,
    verify_consistency,
)
from tongban.merkle.errors import BadProof, Malformed
from tongban.merkle.notes import sign

from . import log
from .models import SignedCheckpoint

KEEP = timedelta(days=7)
"""Signed checkpoints older than this are forgotten but for the last of each thousand entries;
receipts carry their own."""


class WouldFork(LogError):
    """The log in the database does not begin with what was signed before. Nothing is signed until a person decides."""


@lru_cache(maxsize=4)
def _signers(text: str) -> tuple[Signer, ...]:
    return tuple(parse_signer(part) for part in text.split(",") if part.strip())


def signers() -> tuple[Signer, ...]:
    """The keys that sign now, newest first: several while a rotation overlaps. Raises Malformed."""
    found = _signers(settings.LEDGER_KEYS)
    for signer in found:
        if signer.name != settings.LEDGER_ORIGIN:
            raise Malformed(f"the ledger's key is named {signer.name}, but its origin is {settings.LEDGER_ORIGIN}")
    return found


def verifiers() -> tuple[Verifier, ...]:
    """Every key whose signatures count: those that sign now, and the retired ones, so that old receipts stay good."""
    retired = tuple(parse_verifier(part) for part in settings.LEDGER_RETIRED.split(",") if part.strip())
    return tuple(signer.verifier for signer in signers()) + retired


@contextmanager
def _guard_locked() -> Iterator[Path]:
    path = Path(settings.LEDGER_GUARD)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path
    finally:
        os.close(lock)


def _read(path: Path, keys: Sequence[Verifier]) -> tuple[Note, Checkpoint] | None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        note = Note.parse(raw)
        return note, note.opened(keys)
    except LogError as error:
        raise WouldFork(
            f"{path} does not hold a checkpoint that this log has signed ({error}). Put the right file back; do not "
            "delete it."
        ) from None


def last_signed() -> tuple[Note, Checkpoint] | None:
    """The last signed checkpoint, from the second place. Raises WouldFork where that cannot be read."""
    return _read(Path(settings.LEDGER_GUARD), verifiers())


_seen: tuple[str, int, int] = ("", 0, 0)


def refuse_behind() -> None:
    """Raises WouldFork where the database has fewer entries than were signed: an old backup was restored.

    Entries must not take the places of those that were signed; they wait until `tongban ledger recover` has run. A
    guard that cannot be read stops signing, not the log.
    """
    global _seen
    path = Path(settings.LEDGER_GUARD)
    try:
        changed = path.stat().st_mtime_ns
        if _seen[:2] != (str(path), changed):
            last = last_signed()
            _seen = (str(path), changed, last[1].size if last else 0)
    except (FileNotFoundError, LogError):
        return
    here = log.standing()  # after the guard: it is written after the database
    if here.size < _seen[2]:
        raise WouldFork(_rolled_back(here.size, _seen[2], path))


def _rolled_back(here: int, signed: int, path: Path) -> str:
    return (
        f"The log in the database has {here} entries, but a checkpoint of {signed} has been signed and published "
        f"({path}). Was an old backup restored? Nothing is signed, so that the log does not fork. Restore a newer "
        "backup, or bring the missing entries back from an exported copy: tongban ledger recover DIR|URL"
    )


def _write(path: Path, note: Note) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(str(note))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def publish() -> Checkpoint | None:
    """Sign and publish the head of the log where it has grown. None where nothing was to do or there is no key.

    Raises WouldFork.
    """
    keys = signers()
    if not keys:
        return None
    here = log.standing()
    newest = SignedCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if newest is not None and newest == here.size:
        return None
    with _guard_locked() as path:
        here = log.standing()
        checkpoint = Checkpoint(settings.LEDGER_ORIGIN, here.size, here.root)
        last = _read(path, verifiers())
        if last is None and newest is not None:
            raise WouldFork(
                f"{path} is gone, but checkpoints up to {newest} entries were signed. Put the file back from its "
                "backup, or accept the log as it stands with: tongban ledger guard --accept"
            )
        if last is not None:
            _refuse_fork(last[1], checkpoint, path)
            if last[1].size == here.size:
                note = last[0]
            else:
                note = sign(checkpoint, keys)
                _write(path, note)
        else:
            note = sign(checkpoint, keys)
            _write(path, note)
        SignedCheckpoint.objects.get_or_create(
            size=here.size, defaults={"note": str(note), "signed_at": timezone.now()}
        )
    return checkpoint


def _refuse_fork(last: Checkpoint, now: Checkpoint, path: Path) -> None:
    if last.origin != now.origin:
        raise WouldFork(f"{path} belongs to the log {last.origin}, not to {now.origin}")
    if now.size < last.size:
        raise WouldFork(_rolled_back(now.size, last.size, path))
    try:
        proof = consistency_proof(log.reader(now.size), last.size, now.size)
        verify_consistency(last.size, now.size, proof, last.root, now.root)
    except (BadProof, Malformed) as error:
        raise WouldFork(
            f"The log in the database does not begin with the {last.size} entries that were signed and published "
            f"({path}): {error}. Nothing is signed. Restore the backup that belongs to it, or recover it from an "
            "exported copy: tongban ledger recover DIR|URL"
        ) from None


def forget_old() -> int:
    """Forget signed checkpoints that nobody needs any more; returns how many."""
    newest = SignedCheckpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    old = SignedCheckpoint.objects.filter(signed_at__lt=timezone.now() - KEEP, size__lt=newest)
    drop, last = [], -1
    for size in old.order_by("-size").values_list("size", flat=True):
        if size // 1000 == last:
            drop.append(size)
        last = size // 1000
    return SignedCheckpoint.objects.filter(size__in=drop[:5000]).delete()[0]
