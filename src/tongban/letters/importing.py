"""Brings letters with their answers in from CSV or XLSX, each by the one way, with its historical times.

Columns: id, sender, subject, sent_at, body, reply, replied_at; optionally matter, place, unit, visibility. Rows go in
batches, each in one transaction together with the note of how far the file has come: an interrupted import resumes,
and running it twice adds nothing (a row is known by its id). Rows that cannot be taken are kept with line and reason.
"""

from __future__ import annotations

import csv
import gc
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission, decide_many, store_many
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import import_hands, publishing
from .import_rows import REQUIRED, Row, UnreadableFile, read_rows
from .models import ImportedFile, RejectedRow

BATCH = 500
LONGEST = 20_000


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
class Wish:
    """What the caller told for all rows."""

    unit: str | None = None
    place: str | None = None
    publish: bool = False


def moment(text: str) -> datetime | None:
    """An ISO 8601 time; without an offset it is Asia/Shanghai. None where it is none."""
    try:
        found = parse_datetime(text.strip().replace("/", "-"))
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else timezone.make_aware(found, timezone.get_default_timezone())


def history_of(row: Row, wish: Wish, registry: Snapshot, default_matter: str, now: datetime) -> History | Rejected:
    """The history that a row tells, or why it cannot be taken. Pure."""
    values = row.values

    def reject(reason: str) -> Rejected:
        return Rejected(row.line, reason, dict(values))

    for name in REQUIRED:
        if not values.get(name, "").strip():
            return reject(f"{name} is empty")
    if len(values["id"].strip()) > 60:
        return reject("id is longer than 60 characters")
    sent = moment(values["sent_at"])
    if sent is None:
        return reject(f"sent_at is no time: {values['sent_at'][:40]!r}")
    if sent > now + timedelta(minutes=5):
        return reject("sent_at lies in the future")
    subject, body = clean_text(values["subject"]), clean_text(values["body"])
    if not subject or not body:
        return reject("subject or body has no text")
    if len(subject) > 200 or len(body) > LONGEST:
        return reject("subject is longer than 200 or body longer than 20000 characters")
    matter, place = values.get("matter", "").strip() or default_matter, values.get("place", "").strip() or wish.place or ""
    unit = values.get("unit", "").strip() or wish.unit
    if matter not in registry.matters:
        return reject(f"matter {matter!r} is not in the registry")
    if unit and unit not in registry.units:
        return reject(f"unit {unit!r} is not in the registry")
    if not place and unit:
        place = registry.units[unit].place
    if place not in registry.places:
        return reject(f"place {place!r} is not in the registry")
    visibility = values.get("visibility", "").strip() or "public"
    if visibility not in ("public", "confidential"):
        return reject("visibility is neither public nor confidential")
    reply, steps = clean_text(values.get("reply", "")), []
    if reply:
        replied = moment(values.get("replied_at", ""))
        if replied is None:
            return reject("there is a reply, but replied_at is no time")
        if replied < sent:
            return reject("replied_at lies before sent_at")
        if replied > now + timedelta(minutes=5):
            return reject("replied_at lies in the future")
        if len(reply) > LONGEST:
            return reject("reply is longer than 20000 characters")
        steps.append(("answer", replied, reply))
    sender = clean_text(values.get("sender", ""))[:80]
    source = f"import:{values['id'].strip()}"
    sending = Submission("letter", matter, place, subject, body, visibility=visibility, name=sender, channel="import", source=source, unit=unit or None)
    return History(sending, sent, _steps(steps, sending, wish, registry))


def _steps(answers: Sequence[tuple[str, datetime, str]], sent: Submission, wish: Wish, registry: Snapshot) -> list[Step]:
    steps: list[Step] = []
    for act, at, reply in answers:
        steps.append(Step(act, SYSTEM, {"text": reply}, at=at))
        if wish.publish and sent.visibility == "public" and registry.matters[sent.matter].publishable:
            texts = {name: publishing.masked(text, sent.name)[0] for name, text in (("subject", sent.subject), ("body", sent.body), ("answer", reply))}
            if all(publishing.personal_data_at(text) is None for text in texts.values()):
                steps.append(Step("publish", SYSTEM, texts, at=at))
    return steps


@dataclass(frozen=True)
class Mark:
    """Where a batch stands in its file: the note's key, the batch's first row, how many rows the file has."""

    note: int
    start: int
    rows: int


class Moved(RuntimeError):
    """Another process imports the same file, and is not where this one is."""


def take(
    rows: Sequence[Row], wish: Wish, *, dry_run: bool = False, registry: Snapshot | None = None, mark: Mark | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Report:
    """Take one batch of rows in; rows already known by their id are passed over.

    All is decided before the transaction: other people's letters wait only while rows are written. In the one
    transaction stand the cases with all that hangs on them, the rows that were rejected, and the note of how far the
    file has come (`mark`). `turn`: what is entered to write, where several processes take batches by turns.
    """
    registry = registry or snapshot.current()
    report, accepted = _judged(rows, wish, registry)
    if dry_run:
        report.taken = len(accepted)
        return report
    decided = decide_many([history for _row, history in accepted], SYSTEM)
    with turn or nullcontext(), transaction.atomic():
        if mark is not None and _taken_elsewhere(mark, len(rows)):
            return Report()
        known = _known([history.submission.source for _row, history in accepted])
        fresh = [(row, own) for (row, history), own in zip(accepted, decided, strict=True) if history.submission.source not in known]
        report.known += len(accepted) - len(fresh)
        for (row, _own), result in zip(fresh, store_many([own for _row, own in fresh]), strict=True):
            if isinstance(result, Refusal):
                report.rejected.append(Rejected(row.line, str(result.message), dict(row.values)))
            else:
                report.taken += 1
        if mark is not None:
            _note(mark, len(rows), report)
    return report


def _judged(rows: Sequence[Row], wish: Wish, registry: Snapshot) -> tuple[Report, list[tuple[Row, History]]]:
    """What is to be said of rows, and those that can be taken with their histories; each id once."""
    default, now = default_matter(registry), timezone.now()
    report = Report()
    accepted: list[tuple[Row, History]] = []
    sources = [f"import:{row.values.get('id', '').strip()}" for row in rows]
    known = _known(sources)
    for row, source in zip(rows, sources, strict=True):
        if source in known:
            report.known += 1
            continue
        found = history_of(row, wish, registry, default, now)
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
            cursor.execute("SELECT source FROM cases_case WHERE source IN (SELECT value FROM json_each(%s))", [orjson.dumps(list(sources)).decode()])
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
        done_rows=done, taken=F("taken") + report.taken, known=F("known") + report.known, finished_at=timezone.now() if done >= mark.rows else None
    )
    RejectedRow.objects.bulk_create(
        [RejectedRow(file_id=mark.note, line=item.line, reason=item.reason[:300], private=dict(item.values)) for item in report.rejected],
        ignore_conflicts=True,
    )


def default_matter(registry: Snapshot) -> str:
    """The matter of letters that name none: the first leaf that is no complaint about conduct and is called 其他."""
    leaves = [row for row in registry.matters.values() if row.active and not row.conduct and not registry.children("matters", row.code)]
    if not leaves:
        raise UnreadableFile("the registry has no matter; load it first")
    return next((row.code for row in leaves if row.name.startswith("其他")), leaves[-1].code)


def import_file(path: Path, wish: Wish, *, dry_run: bool = False, progress: Any = None, settled: Any = None) -> Report:
    """Import a file from where it was left. `progress(done, total)` is called after every batch.

    A long file is taken by several processes, which then settle what came in; `settled(number)` hears of it.
    """
    rows = read_rows(path)
    registry = snapshot.current()
    total = Report()
    if dry_run:
        for start in range(0, len(rows), BATCH):
            total.add(take(rows[start : start + BATCH], wish, dry_run=True, registry=registry))
        return total
    digest = hashlib.sha256(path.read_bytes() + repr(wish).encode()).hexdigest()
    note, _created = ImportedFile.objects.get_or_create(digest=digest, defaults={"name": path.name[:200]})
    total.known += note.taken
    total.rejected += [Rejected(row.line, row.reason, row.private or {}) for row in note.rejected.all()]
    batches = [(rows[start : start + BATCH], Mark(note.pk, start, len(rows))) for start in range(note.done_rows, len(rows), BATCH)]
    many = import_hands.worth_it(len(batches)) and not connection.in_atomic_block
    done = note.done_rows
    alone = ((take(some, wish, registry=registry, mark=mark), len(some)) for some, mark in batches)
    for report, number in import_hands.together(batches, wish, settled or (lambda _count: None)) if many else alone:
        total.add(report)
        done += number
        if progress:
            progress(done, len(rows))
    return total


def run(
    path: Path, *, unit: str | None, place: str | None, dry_run: bool, rejected: Path | None, publish: bool, console: Console
) -> int:
    """The command: 0 where every row was taken or known, 1 where some were rejected, 2 where the file is unreadable."""
    from tongban.cases.settling import settle

    registry = snapshot.current()
    gc.freeze()
    if unit and unit not in registry.units:
        console.print(f"--unit: {unit} is not in the registry", style="red", markup=False)
        return 2
    if place is None and unit is None:
        place = next((row.code for row in registry.places.values() if row.parent is None), None)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("letters", total=None, speed="")
            began, stored = timezone.now(), 0.001

            def show(done: int, total: int) -> None:
                nonlocal stored
                stored = max((timezone.now() - began).total_seconds(), 0.001)
                bar.update(task, completed=done, total=total, speed=f"{done / stored:,.0f}/s")

            index = bar.add_task("index and figures", total=None, speed="", visible=not dry_run)
            report = import_file(path, Wish(unit, place, publish), dry_run=dry_run, progress=show, settled=lambda count: bar.advance(index, count))
            while not dry_run and (count := settle(500)):
                bar.advance(index, count)
            took = (timezone.now() - began).total_seconds()
    except (UnreadableFile, OSError, Moved, import_hands.HandLost) as error:
        console.print(f"{path}: {error}", style="red", markup=False)
        return 2
    if rejected is not None and report.rejected:
        names = list(dict.fromkeys(name for item in report.rejected for name in item.values))
        with rejected.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "reason", *names])
            writer.writerows([item.line, item.reason, *(item.values.get(name, "") for name in names)] for item in report.rejected)
    verb = "would be taken" if dry_run else "taken"
    console.print(f"{report.taken} {verb}, {report.known} already there, {len(report.rejected)} rejected")
    if report.taken:
        console.print(f"in after {stored:.1f} s ({report.taken / stored:,.0f} letters/s), found and counted after {took:.1f} s")
    for item in report.rejected[:10]:
        console.print(f"  line {item.line}: {item.reason}", markup=False)
    return 1 if report.rejected else 0
