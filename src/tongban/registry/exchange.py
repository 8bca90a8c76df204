"""Import and export of the registry's tables as CSV and XLSX, with a dry run and every rejected row explained.

Good rows are taken in one transaction whatever surrounds them; running a file twice changes nothing; a column that the
file lacks stays as it is. Not for cases (`intake/`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rich.console import Console
from rich.progress import Progress

from tongban.record.models import What
from tongban.record.writing import COMMAND, By, write
from tongban.tables import broken_columns, csv_bytes, readable, rejected_csv, xlsx_bytes

from . import models, snapshot
from .reading import HEADERS, UnreadableTable, read_table
from .tables import (
    TABLES,
    BadRow,
    Good,
    Rejected,
    Table,
    check_duties,
    check_rows,
    day,
    flag,
    missing_columns,
)

__all__ = [
    "HEADERS", "TABLES", "Change", "ImportReport", "Rejected", "Table", "UnreadableTable", "as_csv", "as_xlsx",
    "export_rows", "import_rows",
    "load_calendar", "read_table", "run_calendar", "run_export", "run_import", "set_day", "shown", "write_rejected",
]  # fmt: skip
BATCH = 500
SHOWN_CHANGES = 200
RECORDED = 5000
BROKEN_CELL = gettext_noop("%(column)s：有读不出的字节，这一行的文字已损坏")


@dataclass(frozen=True)
class Change:
    """A row that is added or changed: its line, what identifies it, and column → (before, after); no before: added."""

    line: int
    key: str
    fields: Mapping[str, tuple[str, str]]
    added: bool


@dataclass
class ImportReport:
    """What an import did, or would do. `changes` has the first of them, for a preview."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    digest: str = ""
    """Of every row that is added, changed or rejected: the same for a dry run and the import that does the same."""
    recorded: list[Change] = field(default_factory=list)
    """What the record tells row by row: the first RECORDED."""


def known_codes() -> dict[str, dict[str, str | None]]:
    """The codes of the database as it is, with those of their parents."""
    return {
        name: dict(TABLES[name].model._default_manager.values_list("pk", "parent_id"))
        for name in ("places", "units", "matters")
    }


def shown(value: Any) -> str:
    """A value as a cell."""
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else "1" if value is True else "0" if value is False else str(value)


def import_rows(
    table_name: str,
    rows: Sequence[tuple[int, Mapping[str, str]]],
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    by: By = COMMAND,
) -> ImportReport:
    """Take a table in; a dry run says the same and writes nothing. What changes is a row of the record. Raises KeyError
    for an unknown table, UnreadableTable where a needed column is missing, ReasonMissing (`record.writing.By`)."""
    table = TABLES[table_name]
    if rows and (missing := missing_columns(table, rows[0][1])):
        raise UnreadableTable(_("文件缺少这些列：%(names)s") % {"names": ", ".join(missing)})
    rows, broken = _without_broken(rows)
    with transaction.atomic():
        good, bad = check_rows(table, rows, known_codes())
        if table_name == "duties":
            held = {
                row[:4]: row[4:]
                for row in models.Duty.objects.values_list("unit_id", "matter_id", "place_id", "since", "role", "until")
            }
            good, clashes = check_duties(_whole(table, good), held)
            originals = dict(rows)
            bad += [Rejected(line, reason, originals[line]) for line, reason in clashes]
        report = ImportReport(rejected=sorted(broken + bad, key=lambda item: item.line))
        _write(table, good, report, dry_run, progress)
        if not dry_run and (report.added or report.changed):
            snapshot.touch()
            told = [
                {"key": one.key, "fields": {name: list(pair) for name, pair in one.fields.items()}}
                for one in report.recorded
            ]
            count = report.added + report.changed
            write(
                What.REGISTRY_CHANGED,
                by,
                table=table_name,
                rows=count,
                details={"added": report.added, "changes": told},
            )
    return report


def _without_broken(
    rows: Sequence[tuple[int, Mapping[str, str]]],
) -> tuple[list[tuple[int, Mapping[str, str]]], list[Rejected]]:
    """The rows whose bytes could all be read, and the others with what is wrong."""
    whole: list[tuple[int, Mapping[str, str]]] = []
    broken: list[Rejected] = []
    for line, row in rows:
        if columns := broken_columns(row):
            broken.append(Rejected(line, _(BROKEN_CELL) % {"column": columns[0]}, readable(row)))
        else:
            whole.append((line, row))
    return whole, broken


def _whole(table: Table, good: Sequence[Good]) -> list[Good]:
    """Rows of duties whose file has no column `until`, with the end that the database knows."""
    if all("until" in item.given for item in good):
        return list(good)
    ends = {
        row[:4]: row[4] for row in models.Duty.objects.values_list("unit_id", "matter_id", "place_id", "since", "until")
    }
    return [Good(item.line, {**item.values, "until": ends.get(table.key_of(item.values))}, item.given) for item in good]


def _write(
    table: Table, good: Sequence[Good], report: ImportReport, dry_run: bool, progress: Callable[[int, int], None] | None
) -> None:
    """Compare each row with the database's and write what differs, in batches; count it either way."""
    objects = table.model._default_manager
    there = {tuple(getattr(row, table.attribute(name)) for name in table.key): row for row in objects.all()}
    new: list[Any] = []
    old: list[Any] = []
    seal = hashlib.sha256(repr([(one.line, one.reason) for one in report.rejected]).encode())
    for done, item in enumerate(good, start=1):
        row = there.get(table.key_of(item.values))
        if row is None:
            fields = {name: ("", shown(value)) for name, value in item.values.items()}
            new.append(table.model(**{table.attribute(name): value for name, value in item.values.items()}))
            report.added += 1
        else:
            wanted = {name: value for name, value in item.values.items() if name in item.given}
            fields = {
                name: (shown(before), shown(value))
                for name, value in wanted.items()
                if (before := getattr(row, table.attribute(name))) != value
            }
            if not fields:
                report.unchanged += 1
            else:
                for name in fields:
                    setattr(row, table.attribute(name), wanted[name])
                old.append(row)
                report.changed += 1
        if fields:
            key = " ".join(shown(item.values[name]) or "—" for name in table.key)
            change = Change(item.line, key, fields, row is None)
            seal.update(repr((item.line, key, sorted(fields.items()), row is None)).encode())
            if len(report.changes) < SHOWN_CHANGES:
                report.changes.append(change)
            if len(report.recorded) < RECORDED:
                report.recorded.append(change)
        if progress and done % BATCH == 0:
            progress(done, len(good))
    report.digest = seal.hexdigest()
    if dry_run:
        return
    columns = [table.attribute(name) for name in table.columns if name not in table.key]
    for start in range(0, len(new), BATCH):
        objects.bulk_create(new[start : start + BATCH])
    for start in range(0, len(old), BATCH):
        objects.bulk_update(old[start : start + BATCH], columns)


def export_rows(table_name: str) -> Iterator[list[str]]:
    """The header and every row of a table, in the shape that import reads."""
    table = TABLES[table_name]
    yield list(table.columns)
    for row in table.model._default_manager.order_by("pk").iterator():
        yield [shown(getattr(row, table.attribute(name))) for name in table.columns]


def as_csv(table_name: str) -> bytes:
    """A table as CSV that a spreadsheet program opens."""
    return csv_bytes(export_rows(table_name))


def as_xlsx(table_name: str) -> bytes:
    """A table as XLSX, every cell text."""
    return xlsx_bytes(export_rows(table_name), table_name)


def write_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """Rejected rows as CSV, with line and reason in front."""
    path.write_bytes(rejected_csv([(item.line, item.reason, item.row) for item in rejected]))


def run_import(
    file: Path, *, table: str, dry_run: bool, rejected: Path | None, console: Console, reason: str = ""
) -> int:
    """The command: 0 all taken, 1 some rows rejected, 2 unreadable."""
    if table not in TABLES:
        console.print(f"{table}: no such table; use one of {', '.join(TABLES)}", style="red", markup=False)
        return 2
    try:
        rows = read_table(file.read_bytes())
        with Progress(console=console) as bar:
            task = bar.add_task(table, total=len(rows))
            report = import_rows(
                table,
                rows,
                dry_run=dry_run,
                by=By(reason=reason),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
            bar.update(task, completed=len(rows), total=len(rows))
    except (UnreadableTable, OSError) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        return 2
    told = (
        f"{report.added} added, {report.changed} changed, {report.unchanged} as they were, {len(report.rejected)} "
        "rejected"
    )
    console.print(told + (" (dry run)" if dry_run else ""))
    for item in report.rejected[:10]:
        console.print(f"  line {item.line}: {item.reason}", markup=False)
    if rejected is not None and report.rejected:
        write_rejected(rejected, report.rejected)
    return 1 if report.rejected else 0


def run_export(folder: Path, *, form: str, console: Console) -> int:
    """Write every table into a folder; 0, or 2 for an unknown format or a folder that cannot be written."""
    if form not in ("csv", "xlsx"):
        console.print("--format: csv or xlsx", style="red")
        return 2
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Progress(console=console) as bar:
            for name in bar.track(list(TABLES), description="export"):
                path = folder / f"{name}.{form}"
                path.write_bytes(as_csv(name) if form == "csv" else as_xlsx(name))
                console.print(str(path), markup=False)
    except OSError as error:
        console.print(f"{folder}: {error}", style="red", markup=False)
        return 2
    return 0


def read_calendar(raw: bytes) -> tuple[int, dict[date, tuple[bool, str]]]:
    """The year and its exceptions (date, working, note) of a file. Raises UnreadableTable."""
    days: dict[date, tuple[bool, str]] = {}
    for line, row in read_table(raw):
        try:
            if columns := broken_columns(row):
                raise BadRow(_(BROKEN_CELL) % {"column": columns[0]})
            found = day(True)(row.get("date", ""))
            if found in days:
                raise BadRow(_("这一天出现了两次"))
            if not row.get("working", "").strip():
                raise BadRow(_("没有写上班（1）还是休息（0）"))
            days[found] = (flag(False)(row["working"]), " ".join(row.get("note", "").split())[:120])
        except BadRow as error:
            raise UnreadableTable(_("第 %(line)d 行：%(error)s") % {"line": line, "error": error}) from None
    years = sorted({one.year for one in days})
    if len(years) != 1:
        raise UnreadableTable(
            _("一个文件只能是一年的日历；这个文件里有：%(years)s") % {"years": ", ".join(map(str, years)) or "—"}
        )
    return years[0], days


def load_calendar(raw: bytes, source: str, by: By = COMMAND) -> tuple[int, int]:
    """Load one year of the calendar; (year, number of exceptions). Its source is its reason. Raises UnreadableTable and
    then changes nothing."""
    year, days = read_calendar(raw)
    source = " ".join(source.split())
    if not source:
        raise UnreadableTable(_("请写明通知的文号或网址。"))
    with transaction.atomic():
        models.CalendarYear.objects.update_or_create(year=year, defaults={"source": source[:300]})
        models.CalendarDay.objects.filter(date__year=year).delete()
        models.CalendarDay.objects.bulk_create(
            [models.CalendarDay(date=one, working=working, note=note) for one, (working, note) in days.items()]
        )
        snapshot.touch()
        write(
            What.CALENDAR_CHANGED,
            replace(by, reason=by.reason or source),
            table="calendar",
            rows=len(days),
            details={"year": year, "source": source},
        )
    return year, len(days)


def set_day(when: date, working: bool, note: str, by: By = COMMAND) -> None:
    """Correct one day of a year that is loaded or packaged. Raises UnreadableTable for a year that is not, and
    ReasonMissing where neither the note nor `by` says why."""
    if when.year not in snapshot.current().calendar.years_loaded():
        raise UnreadableTable(_("%(year)d 年还没有载入，请先载入全年。") % {"year": when.year})
    with transaction.atomic():
        models.CalendarDay.objects.update_or_create(
            date=when, defaults={"working": working, "note": " ".join(note.split())[:120]}
        )
        snapshot.touch()
        details = {"day": when.isoformat(), "working": working}
        write(What.CALENDAR_CHANGED, replace(by, reason=by.reason or note), table="calendar", rows=1, details=details)


def run_calendar(file: Path, *, source: str, console: Console) -> int:
    """The command: 0, or 2 where the file cannot be read."""
    try:
        year, number = load_calendar(file.read_bytes(), source)
    except (UnreadableTable, OSError) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        return 2
    console.print(f"{year}: {number} exceptions loaded; deadlines that waited for it follow by themselves")
    return 0
