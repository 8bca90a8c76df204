"""Import and export of the registry's tables as CSV and XLSX, with a dry run and every rejected row explained.

Rows are checked by a pure function against what is known; good rows are taken in one transaction whatever surrounds
them; running a file twice changes nothing. Not for letters (`letters/importing.py`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models as orm
from django.db import transaction
from rich.console import Console
from rich.progress import Progress

from . import models, snapshot

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")
HEADERS = {
    "代码": "code", "名称": "name", "英文名称": "name_en", "级别": "level", "上级": "parent", "行政区划": "place", "统筹": "coordinating", "监督": "oversight",
    "电话": "phone", "地址": "address", "起始日期": "since", "终止日期": "until", "说明": "description", "行为": "conduct", "复核": "second_eyes", "可公开": "publishable",
    "保存天数": "retention_days", "单位": "unit", "事项": "matter", "责任": "role", "依据": "basis", "环节": "step", "天数": "days", "计算方式": "unit", "可信度": "trust",
}  # fmt: skip


class UnreadableTable(ValueError):
    """The file is no CSV or XLSX with the columns of the table."""


class BadRow(ValueError):
    """A row cannot be taken; the message says why."""


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its line (the header is line 1), why, and what stood in it."""

    line: int
    reason: str
    row: Mapping[str, str]


@dataclass
class ImportReport:
    """What an import did, or would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def _text(most: int, required: bool = True) -> Callable[[str], Any]:
    def read(value: str) -> str:
        value = " ".join(value.split())
        if required and not value:
            raise BadRow("is empty")
        if len(value) > most:
            raise BadRow(f"is longer than {most} characters")
        return value

    return read


def _code(required: bool = True) -> Callable[[str], Any]:
    def read(value: str) -> str | None:
        value = value.strip()
        if not value and not required:
            return None
        if not CODE.fullmatch(value):
            raise BadRow("is no code (letters, digits, - and _, at most 32)")
        return value

    return read


def _choice(*values: str) -> Callable[[str], Any]:
    def read(value: str) -> str:
        if value.strip() not in values:
            raise BadRow(f"must be one of {', '.join(values)}")
        return value.strip()

    return read


def _flag(default: bool) -> Callable[[str], Any]:
    def read(value: str) -> bool:
        text = value.strip().lower()
        if not text:
            return default
        if text in ("1", "true", "yes", "是"):
            return True
        if text in ("0", "false", "no", "否"):
            return False
        raise BadRow("must be 1 or 0")

    return read


def _day(required: bool) -> Callable[[str], Any]:
    def read(value: str) -> date | None:
        text = value.strip()[:10].replace("/", "-")
        if not text and not required:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadRow("is no date (2026-03-01)") from None

    return read


def _number(most: int, default: int | None = None) -> Callable[[str], Any]:
    def read(value: str) -> int:
        text = value.strip()
        if not text and default is not None:
            return default
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) > most:
            raise BadRow(f"must be a whole number up to {most}")
        return int(text)

    return read


@dataclass(frozen=True)
class Table:
    """A table of the registry: its model, how each column is read, what identifies a row, which columns name others."""

    model: type[orm.Model]
    columns: Mapping[str, Callable[[str], Any]]
    key: tuple[str, ...]
    links: Mapping[str, str]
    tree: bool = False

    def attribute(self, column: str) -> str:
        """The model's attribute of a column."""
        return f"{column}_id" if column in self.links else column


TABLES: dict[str, Table] = {
    "places": Table(
        models.Place,
        {"code": _code(), "name": _text(80), "name_en": _text(120, False), "level": _choice("province", "city", "county", "township"), "parent": _code(False)},
        ("code",), {"parent": "places"}, True,
    ),
    "units": Table(
        models.Unit,
        {
            "code": _code(), "place": _code(), "name": _text(120), "name_en": _text(200, False), "parent": _code(False), "coordinating": _flag(False),
            "oversight": _flag(False), "phone": _text(40, False), "address": _text(200, False), "since": _day(False), "until": _day(False),
        },
        ("code",), {"place": "places", "parent": "units"}, True,
    ),
    "matters": Table(
        models.Matter,
        {
            "code": _code(), "parent": _code(False), "name": _text(120), "name_en": _text(200, False), "description": _text(2000, False), "conduct": _flag(False),
            "second_eyes": _flag(False), "publishable": _flag(True), "retention_days": _number(36500, 1825), "active": _flag(True),
        },
        ("code",), {"parent": "matters"}, True,
    ),
    "duties": Table(
        models.Duty,
        {
            "unit": _code(), "matter": _code(), "place": _code(), "role": _choice("lead", "assist"), "since": _day(True), "until": _day(False), "basis": _text(300),
        },
        ("unit", "matter", "place", "since"), {"unit": "units", "matter": "matters", "place": "places"},
    ),
    "limits": Table(
        models.TimeLimit,
        {
            "matter": _code(False), "place": _code(False), "step": _choice("register", "accept", "answer", "object", "extend_max", "review_ask", "review_answer", "recheck_ask", "recheck_answer"),
            "days": _number(3650), "unit": _choice("working", "calendar"), "basis": _text(300), "trust": _choice("V", "X", "M"),
        },
        ("matter", "place", "step"), {"matter": "matters", "place": "places"},
    ),
}  # fmt: skip


def read_table(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV (UTF-8, UTF-16 or GB18030) or an XLSX. Raises UnreadableTable."""
    if raw[:4] == b"PK\x03\x04":
        lines = _xlsx(raw)
    else:
        lines = _csv(raw)
    try:
        _number_of_header, header = next(lines)
    except StopIteration:
        raise UnreadableTable("the file is empty") from None
    names = [HEADERS.get(name.strip(), name.strip().lower()) for name in header]
    return [(line, {name: cells[i] if i < len(cells) else "" for i, name in enumerate(names) if name}) for line, cells in lines if any(cell.strip() for cell in cells)]


def _csv(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableTable("the text is neither UTF-8, UTF-16 nor GB18030")
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableTable(f"line {line}: {error}") from None


def _xlsx(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True).active
        rows = list(sheet.iter_rows(values_only=True)) if sheet is not None else []
    except Exception as error:
        raise UnreadableTable("the workbook cannot be read") from error
    for number, cells in enumerate(rows, start=1):
        yield number, ["" if cell is None else str(cell) for cell in cells]


def check_rows(
    table: Table, rows: Sequence[tuple[int, Mapping[str, str]]], known: Mapping[str, set[str]]
) -> tuple[list[tuple[int, dict[str, Any]]], list[Rejected]]:
    """Good rows (parents first) and rejected ones. `known` has the codes of places, units and matters there are. Pure."""
    good: list[tuple[int, dict[str, Any]]] = []
    bad: list[Rejected] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, row in rows:
        try:
            values = _values(table, row)
            key = tuple(values[name] for name in table.key)
            if key in seen:
                raise BadRow(f"the same row stands in line {seen[key]}")
            seen[key] = line
            good.append((line, values))
        except BadRow as error:
            bad.append(Rejected(line, str(error), dict(row)))
    own = next((name for name, other in TABLES.items() if other is table), "")
    while True:
        codes = {name: set(values) for name, values in known.items()}
        if table.tree:
            codes.setdefault(own, set()).update(values["code"] for _line, values in good)
        missing = [(line, values, name) for line, values in good for name, other in table.links.items() if values[name] is not None and values[name] not in codes.get(other, set())]
        if not missing:
            break
        lost = {line for line, _values, _name in missing}
        bad += [Rejected(line, f"{name} {values[name]} is not there", dict(dict(rows)[line])) for line, values, name in {m[0]: m for m in missing}.values()]
        good = [item for item in good if item[0] not in lost]
    if table.tree:
        good, loops = _parents_first(good)
        bad += [Rejected(line, "is its own ancestor", dict(dict(rows)[line])) for line in loops]
    return good, sorted(bad, key=lambda item: item.line)


def _values(table: Table, row: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for name, read in table.columns.items():
        try:
            values[name] = read(row.get(name) or "")
        except BadRow as error:
            raise BadRow(f"{name} {error}") from None
    if values.get("since") and values.get("until") and values["until"] < values["since"]:
        raise BadRow("until lies before since")
    return values


def _parents_first(good: list[tuple[int, dict[str, Any]]]) -> tuple[list[tuple[int, dict[str, Any]]], list[int]]:
    waiting = {values["code"]: (line, values) for line, values in good}
    ordered: list[tuple[int, dict[str, Any]]] = []
    done: set[str] = set()
    moved = True
    while waiting and moved:
        moved = False
        for code, item in list(waiting.items()):
            parent = item[1]["parent"]
            if parent is None or parent in done or parent not in waiting:
                ordered.append(item)
                done.add(code)
                del waiting[code]
                moved = True
    return ordered, sorted(line for line, _values in waiting.values())


def known_codes() -> dict[str, set[str]]:
    """The codes of the database as it is."""
    return {
        "places": set(models.Place.objects.values_list("code", flat=True)),
        "units": set(models.Unit.objects.values_list("code", flat=True)),
        "matters": set(models.Matter.objects.values_list("code", flat=True)),
    }


def _overlaps(values: Mapping[str, Any], line: int, report: ImportReport, row: Mapping[str, str]) -> bool:
    """A second lead unit for the same matter and place at the same time is refused: who leads must be clear."""
    if values["role"] != "lead":
        return False
    others = models.Duty.objects.filter(matter_id=values["matter"], place_id=values["place"], role="lead").exclude(unit_id=values["unit"])
    others = others.filter(orm.Q(until__isnull=True) | orm.Q(until__gte=values["since"]))
    if values["until"]:
        others = others.filter(since__lte=values["until"])
    other = others.first()
    if other is None:
        return False
    report.rejected.append(Rejected(line, f"{other.unit_id} leads in this matter and place from {other.since}; end that duty first", dict(row)))
    return True


def import_rows(table_name: str, rows: Sequence[tuple[int, Mapping[str, str]]], *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None) -> ImportReport:
    """Take a table in. Raises KeyError for an unknown table."""
    table = TABLES[table_name]
    good, bad = check_rows(table, rows, known_codes())
    report = ImportReport(rejected=list(bad))
    originals = dict(rows)
    with transaction.atomic():
        for number, (line, values) in enumerate(good, start=1):
            if table_name == "duties" and _overlaps(values, line, report, originals[line]):
                continue
            wanted = {table.attribute(name): value for name, value in values.items()}
            found = table.model._default_manager.filter(**{table.attribute(name): values[name] for name in table.key}).first()
            if found is None:
                table.model._default_manager.create(**wanted)
                report.added += 1
            elif any(getattr(found, name) != value for name, value in wanted.items()):
                for name, value in wanted.items():
                    setattr(found, name, value)
                found.save()
                report.changed += 1
            else:
                report.unchanged += 1
            if progress and number % 50 == 0:
                progress(number, len(good))
        if dry_run:
            transaction.set_rollback(True)
        elif report.added or report.changed:
            snapshot.touch()
    if dry_run:
        snapshot.forget()
    report.rejected.sort(key=lambda item: item.line)
    return report


def export_rows(table_name: str) -> Iterator[list[str]]:
    """The header and every row of a table, in the shape that import reads."""
    table = TABLES[table_name]
    yield list(table.columns)
    for row in table.model._default_manager.order_by("pk").iterator():
        cells = []
        for name in table.columns:
            value = getattr(row, table.attribute(name))
            cells.append("" if value is None else "1" if value is True else "0" if value is False else str(value))
        yield cells


def as_csv(table_name: str) -> bytes:
    """A table as CSV that a spreadsheet program opens (UTF-8 with mark)."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(export_rows(table_name))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table_name: str) -> bytes:
    """A table as XLSX; a cell that looks like a formula stays text."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(table_name)
    for row in export_rows(table_name):
        sheet.append([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """Rejected rows as CSV, with line and reason in front."""
    names = list(dict.fromkeys(name for item in rejected for name in item.row))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", *names])
        writer.writerows([item.line, item.reason, *(item.row.get(name, "") for name in names)] for item in rejected)


def run_import(file: Path, *, table: str, dry_run: bool, rejected: Path | None, console: Console) -> int:
    """The command: 0 all taken, 1 some rows rejected, 2 unreadable."""
    if table not in TABLES:
        console.print(f"{table}: no such table; use one of {', '.join(TABLES)}", style="red", markup=False)
        return 2
    try:
        rows = read_table(file.read_bytes())
    except (UnreadableTable, OSError) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        return 2
    with Progress(console=console) as bar:
        task = bar.add_task(table, total=len(rows))
        report = import_rows(table, rows, dry_run=dry_run, progress=lambda done, total: bar.update(task, completed=done, total=total))
        bar.update(task, completed=len(rows), total=len(rows))
    console.print(f"{report.added} added, {report.changed} changed, {report.unchanged} as they were, {len(report.rejected)} rejected" + (" (dry run)" if dry_run else ""))
    for item in report.rejected[:10]:
        console.print(f"  line {item.line}: {item.reason}", markup=False)
    if rejected is not None and report.rejected:
        write_rejected(rejected, report.rejected)
    return 1 if report.rejected else 0


def run_export(folder: Path, *, form: str, console: Console) -> int:
    """Write every table into a folder; 0, or 2 for an unknown format."""
    if form not in ("csv", "xlsx"):
        console.print("--format: csv or xlsx", style="red")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        path = folder / f"{name}.{form}"
        path.write_bytes(as_csv(name) if form == "csv" else as_xlsx(name))
        console.print(str(path), markup=False)
    return 0


def load_calendar(raw: bytes, source: str) -> tuple[int, int]:
    """Load one year of the calendar from its exceptions (date, working, note); (year, exceptions). Raises UnreadableTable."""
    rows = read_table(raw)
    if not rows or not source.strip():
        raise UnreadableTable("the calendar has no row, or no source is given")
    days: dict[date, tuple[bool, str]] = {}
    for line, row in rows:
        try:
            day = _day(True)(row.get("date", ""))
            days[day] = (_flag(False)(row.get("working", "")), row.get("note", "")[:120])
        except BadRow as error:
            raise UnreadableTable(f"line {line}: {error}") from None
    years = {day.year for day in days}
    if len(years) != 1:
        raise UnreadableTable("a notice is about one year; the file has " + ", ".join(map(str, sorted(years))))
    year = years.pop()
    with transaction.atomic():
        models.CalendarYear.objects.update_or_create(year=year, defaults={"source": source.strip()[:300]})
        models.CalendarDay.objects.filter(date__year=year).delete()
        models.CalendarDay.objects.bulk_create([models.CalendarDay(date=day, working=working, note=note) for day, (working, note) in days.items()])
        snapshot.touch()
    return year, len(days)


def run_calendar(file: Path, *, source: str, console: Console) -> int:
    """The command: 0, or 2 where the file cannot be read."""
    try:
        year, number = load_calendar(file.read_bytes(), source)
    except (UnreadableTable, OSError) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        return 2
    console.print(f"{year}: {number} exceptions loaded; deadlines that waited for it follow by themselves")
    return 0
