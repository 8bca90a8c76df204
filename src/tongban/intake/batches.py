"""Takes one batch of rows in, by the one way of every act: judged before the transaction, stored in one.

In that transaction stand the cases with all that hangs on them, the rows that were rejected, and the note of how far
the file has come. Not for whole files: `files.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, decide_many, store_many
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.tables import broken_columns, readable
from tongban.vault.fields import seal_now

from .models import ImportedFile, RejectedRow
from .parts import KEY, Format, ImportOptions, RowContext
from .rows import Row

LONGEST_KEY = 60


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken, and why."""

    line: int
    reason: str
    values: Mapping[str, str]


@dataclass
class Report:
    """What an import did."""

    taken: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, part: Report) -> None:
        """Count another part of the file in."""
        self.taken += part.taken
        self.known += part.known
        self.rejected += part.rejected


@dataclass(frozen=True)
class Mark:
    """Where a batch stands in its file: the note's key, the batch's first row, how many rows the file has."""

    note: int
    start: int
    rows: int


class Moved(RuntimeError):
    """Another process imports the same file, and is not where this one is."""


def history_of(row: Row, form: Format, context: RowContext) -> History | Rejected:
    """The history that a row tells, or why it cannot be taken. Pure. Raises UnreadableFile where no row could be."""
    values = row.values
    if broken := broken_columns(values):
        reason = f"{broken[0]} has bytes that cannot be read; the text of this row is broken"
        return Rejected(row.line, reason, readable(values))
    for name in form.required:
        if not values.get(name, "").strip():
            return Rejected(row.line, f"{name} is empty", dict(values))
    source = form.source_of(values[KEY])
    longest = min(LONGEST_KEY, (Case._meta.get_field("source").max_length or 0) - len(form.source_of("")))
    if len(values[KEY].strip()) > longest:
        return Rejected(row.line, f"{KEY} is longer than {longest} characters", dict(values))
    try:
        found = form.read(values, context)
    except Refusal as refusal:
        found = refusal
    if isinstance(found, Refusal):
        return Rejected(row.line, str(found.message), dict(values))
    found.submission = replace(found.submission, kind=form.kind, channel="import", source=source)
    return found


def take(
    rows: Sequence[Row],
    form: Format,
    options: ImportOptions,
    *,
    dry_run: bool = False,
    registry: Snapshot | None = None,
    mark: Mark | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Report:
    """Take one batch of rows in; rows already known by their id are passed over.

    All is decided, packed and sealed before the transaction: other people's cases, and the other processes of the
    import, wait only while rows are written. `mark`: the note of how far the file has come, moved on with the batch.
    `turn`: what is entered to write, where several processes take batches by turns. Raises Moved.
    """
    registry = registry or snapshot.current()
    report, accepted = _judged(rows, form, RowContext(form.kind, registry, options, timezone.now()))
    decided = decide_many([history for _row, history in accepted], SYSTEM)
    if dry_run:
        for (row, _history), own in zip(accepted, decided, strict=True):
            _count(report, row, own)
        return report
    for own in decided:
        if not isinstance(own, Refusal):
            seal_now([own[0].case, *(move.act for move in own)])
    with turn or nullcontext(), transaction.atomic():
        if mark is not None and _taken_elsewhere(mark, len(rows)):
            return Report()
        known = _known([history.submission.source for _row, history in accepted])
        fresh = [
            (row, own)
            for (row, history), own in zip(accepted, decided, strict=True)
            if history.submission.source not in known
        ]
        report.known += len(accepted) - len(fresh)
        for (row, _own), result in zip(fresh, store_many([own for _row, own in fresh]), strict=True):
            _count(report, row, result)
        if mark is not None:
            _note(mark, len(rows), report)
    return report


def _count(report: Report, row: Row, result: object) -> None:
    """Count a row that the kernel decided: taken, or rejected with what the kernel says."""
    if isinstance(result, Refusal):
        report.rejected.append(Rejected(row.line, str(result.message), dict(row.values)))
    else:
        report.taken += 1


def _judged(rows: Sequence[Row], form: Format, context: RowContext) -> tuple[Report, list[tuple[Row, History]]]:
    """What is to be said of rows, and those that can be taken with their histories; each id once."""
    report = Report()
    accepted: list[tuple[Row, History]] = []
    sources = [form.source_of(row.values.get(KEY, "")) for row in rows]
    known = _known(sources)
    for row, source in zip(rows, sources, strict=True):
        if source in known:
            report.known += 1
            continue
        found = history_of(row, form, context)
        if isinstance(found, Rejected):
            report.rejected.append(found)
        else:
            known.add(source)
            accepted.append((row, found))
    return report, accepted


def _known(sources: Sequence[str | None]) -> set[str]:
    """Those of the sources under which a case is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT source FROM cases_case WHERE source = ANY(%s)", [list(sources)])
        else:
            cursor.execute(
                "SELECT source FROM cases_case WHERE source IN (SELECT value FROM json_each(%s))",
                [orjson.dumps(list(sources)).decode()],
            )
        return {row[0] for row in cursor.fetchall()}


def _taken_elsewhere(mark: Mark, rows: int) -> bool:
    """Whether another process took this very batch since the note was read. Raises Moved where it is somewhere else."""
    done = ImportedFile.objects.select_for_update().values_list("done_rows", flat=True).get(pk=mark.note)
    if done not in (mark.start, mark.start + rows):
        raise Moved(f"another process imports this file and is at row {done}; run the command again when it has ended")
    return done != mark.start


def _note(mark: Mark, rows: int, report: Report) -> None:
    done = mark.start + rows
    ImportedFile.objects.filter(pk=mark.note).update(
        done_rows=done,
        taken=F("taken") + report.taken,
        known=F("known") + report.known,
        finished_at=timezone.now() if done >= mark.rows else None,
    )
    RejectedRow.objects.bulk_create(
        [
            RejectedRow(file_id=mark.note, line=item.line, reason=item.reason[:300], private=dict(item.values))
            for item in report.rejected
        ],
        ignore_conflicts=True,
    )
