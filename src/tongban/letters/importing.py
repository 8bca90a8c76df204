"""Brings letters with their answers in from CSV or XLSX, each by the one way, with its historical times.

Columns: id, sender, subject, sent_at, body, reply, replied_at; optionally matter, place, unit, visibility. Rows go in
batches, each in one transaction together with the note of how far the file has come: an interrupted import resumes,
and running it twice adds nothing (a row is known by its id). Rows that cannot be taken are kept with line and reason.
"""

from __future__ import annotations

import csv
import hashlib
import io
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import clean_text
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission, submit_many
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import publishing
from .models import ImportedFile, RejectedRow

BATCH = 500
REQUIRED = ("id", "subject", "sent_at", "body")
KNOWN = (*REQUIRED, "sender", "reply", "replied_at", "matter", "place", "unit", "visibility")
LONGEST = 20_000
csv.field_size_limit(10_000_000)


class UnreadableFile(ValueError):
    """The file is no CSV or XLSX with the columns that are needed."""


@dataclass(frozen=True)
class Row:
    """One row with its line number in the file (the header is line 1)."""

    line: int
    values: Mapping[str, str]


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


@dataclass(frozen=True)
class Wish:
    """What the caller told for all rows."""

    unit: str | None = None
    place: str | None = None
    publish: bool = False


def decode(raw: bytes) -> str:
    """Text of a CSV: UTF-8 with or without mark, UTF-16 with mark, else GB18030. Raises UnreadableFile."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("the text is neither UTF-8, UTF-16 nor GB18030")


def read_rows(path: Path) -> list[Row]:
    """All rows of a file. Raises UnreadableFile, FileNotFoundError."""
    raw = path.read_bytes()
    if raw[:4] == b"PK\x03\x04":
        table = _xlsx(raw)
    else:
        reader = csv.reader(io.StringIO(decode(raw).replace("\x00", ""), newline=""))
        table = _numbered(reader)
    try:
        _line, header = next(table)
    except StopIteration:
        raise UnreadableFile("the file is empty") from None
    names = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UnreadableFile(f"columns missing: {', '.join(missing)}")
    rows = []
    for line, cells in table:
        if any(cell.strip() for cell in cells):
            rows.append(Row(line, {name: cells[i] if i < len(cells) else "" for i, name in enumerate(names) if name}))
    return rows


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(f"line {reader.line_num}: {error}") from None
        yield start, cells


def _xlsx(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True).active
    except Exception as error:
        raise UnreadableFile("the workbook cannot be read") from error
    if sheet is None:
        raise UnreadableFile("the workbook has no sheet")
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, ["" if cell is None else cell.isoformat() if isinstance(cell, datetime) else str(cell) for cell in cells]


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


def take(rows: Sequence[Row], wish: Wish, *, dry_run: bool = False, registry: Snapshot | None = None) -> Report:
    """Take one batch of rows in, in one transaction; rows already known by their id are passed over."""
    registry = registry or snapshot.current()
    default = default_matter(registry)
    now = timezone.now()
    report = Report()
    histories: list[tuple[Row, History]] = []
    seen: set[str] = set()
    sources = {row.line: f"import:{row.values.get('id', '').strip()}" for row in rows}
    known = set(Case.objects.filter(source__in=list(sources.values())).values_list("source", flat=True))
    for row in rows:
        if sources[row.line] in known or sources[row.line] in seen:
            report.known += 1
            continue
        found = history_of(row, wish, registry, default, now)
        if isinstance(found, Rejected):
            report.rejected.append(found)
            continue
        seen.add(sources[row.line])
        histories.append((row, found))
    if dry_run:
        report.taken = len(histories)
        return report
    results = submit_many([history for _row, history in histories], SYSTEM)
    for (row, _history), result in zip(histories, results, strict=True):
        if isinstance(result, Refusal):
            report.rejected.append(Rejected(row.line, str(result.message), dict(row.values)))
        else:
            report.taken += 1
    return report


def default_matter(registry: Snapshot) -> str:
    """The matter of letters that name none: the first leaf that is no complaint about conduct and is called 其他."""
    leaves = [row for row in registry.matters.values() if row.active and not row.conduct and not registry.children("matters", row.code)]
    if not leaves:
        raise UnreadableFile("the registry has no matter; load it first")
    return next((row.code for row in leaves if row.name.startswith("其他")), leaves[-1].code)


def import_file(path: Path, wish: Wish, *, dry_run: bool = False, progress: Any = None) -> Report:
    """Import a file from where it was left. `progress(done, total)` is called after every batch."""
    rows = read_rows(path)
    digest = hashlib.sha256(path.read_bytes() + repr(wish).encode()).hexdigest()
    registry = snapshot.current()
    total = Report()
    if dry_run:
        for start in range(0, len(rows), BATCH):
            _add(total, take(rows[start : start + BATCH], wish, dry_run=True, registry=registry))
        return total
    note, _created = ImportedFile.objects.get_or_create(digest=digest, defaults={"name": path.name[:200]})
    total.known += note.taken
    total.rejected += [Rejected(row.line, row.reason, row.private or {}) for row in note.rejected.all()]
    for start in range(note.done_rows, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        with transaction.atomic():
            report = take(batch, wish, registry=registry)
            note.done_rows, note.taken, note.known = start + len(batch), note.taken + report.taken, note.known + report.known
            note.finished_at = timezone.now() if note.done_rows >= len(rows) else None
            note.save()
            RejectedRow.objects.bulk_create(
                [RejectedRow(file=note, line=item.line, reason=item.reason[:300], private=dict(item.values)) for item in report.rejected],
                ignore_conflicts=True,
            )
        _add(total, report)
        if progress:
            progress(note.done_rows, len(rows))
    return total


def _add(total: Report, part: Report) -> None:
    total.taken += part.taken
    total.known += part.known
    total.rejected += part.rejected


def _settle_until(stop: Any) -> None:
    import django

    django.setup()
    from tongban.cases.settling import settle

    while not stop.is_set():
        if not settle(200):
            stop.wait(0.2)


@contextmanager
def beside() -> Iterator[None]:
    """A second process that indexes and counts what comes in, while it comes in: the other core's work."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=_settle_until, args=(stop,), daemon=True)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(30)


def run(
    path: Path, *, unit: str | None, place: str | None, dry_run: bool, rejected: Path | None, publish: bool, console: Console
) -> int:
    """The command: 0 where every row was taken or known, 1 where some were rejected, 2 where the file is unreadable."""
    from tongban.cases.settling import settle

    registry = snapshot.current()
    if unit and unit not in registry.units:
        console.print(f"--unit: {unit} is not in the registry", style="red", markup=False)
        return 2
    if place is None and unit is None:
        place = next((row.code for row in registry.places.values() if row.parent is None), None)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("letters", total=None, speed="")
            began = timezone.now()

            def show(done: int, total: int) -> None:
                seconds = max((timezone.now() - began).total_seconds(), 0.001)
                bar.update(task, completed=done, total=total, speed=f"{done / seconds:,.0f}/s")

            with nullcontext() if dry_run else beside():
                report = import_file(path, Wish(unit, place, publish), dry_run=dry_run, progress=show)
            if not dry_run:
                index = bar.add_task("index and figures", total=None, speed="")
                while count := settle(500):
                    bar.advance(index, count)
    except (UnreadableFile, OSError) as error:
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
    for item in report.rejected[:10]:
        console.print(f"  line {item.line}: {item.reason}", markup=False)
    return 1 if report.rejected else 0
