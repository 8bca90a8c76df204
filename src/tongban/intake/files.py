"""Imports a whole file from where it was left, by one process or several. Not for the command's words: `running.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from django.db import connection

from tongban.registry import snapshot

from . import workers
from .batches import Mark, Rejected, Report, take
from .models import ImportedFile
from .parts import Format, ImportOptions
from .rows import Row, read_rows

BATCH = 500


def import_file(
    path: Path,
    form: Format,
    options: ImportOptions,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    settled: Callable[[int], None] | None = None,
    rows: Sequence[Row] | None = None,
) -> Report:
    """Import a file from where it was left. `progress(done, total)` is called after every batch.

    A long file is taken by several processes, which then settle what came in; `settled(number)` hears of it.
    `rows`: what a door has read out of a file of another form; without it the file is a table. Raises
    UnreadableFile, OSError, Moved, WorkerLost; what was taken until then stays, with the note of how far it is.
    """
    own = f"{form.kind}\x00{options!r}" if rows is None else f"{form.kind}\x00{form.sources}\x00{options!r}"
    rows = read_rows(path, form) if rows is None else rows
    registry = snapshot.current()
    total = Report()
    if dry_run:
        for start in range(0, len(rows), BATCH):
            total.add(take(rows[start : start + BATCH], form, options, dry_run=True, registry=registry))
        return total
    digest = hashlib.sha256(path.read_bytes() + own.encode()).hexdigest()
    note, _created = ImportedFile.objects.get_or_create(digest=digest, defaults={"name": path.name[:200]})
    total.known += note.taken
    total.rejected += [Rejected(row.line, row.reason, row.private or {}) for row in note.rejected.all()]
    batches = [
        (rows[start : start + BATCH], Mark(note.pk, start, len(rows)))
        for start in range(note.done_rows, len(rows), BATCH)
    ]
    many = workers.worth_it(len(batches)) and not connection.in_atomic_block
    alone = ((take(some, form, options, registry=registry, mark=mark), len(some)) for some, mark in batches)
    shared = workers.together(batches, form, options, settled or (lambda _count: None))
    done = note.done_rows
    for report, number in shared if many else alone:
        total.add(report)
        done += number
        if progress:
            progress(done, len(rows))
    return total
