"""What the command `tongban import FILE` does: progress on the terminal, rejected rows into a
file, the result in words."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tongban.cases.settling import settle
from tongban.registry import snapshot
from tongban.tables import rejected_csv

from .batches import Moved, Report
from .files import import_file
from .parts import Format, ImportOptions, UnreadableFile, format_for
from .rows import Row, template
from .workers import WorkerLost


def run(
    path: Path,
    *,
    kind: str | None = None,
    unit: str | None,
    place: str | None,
    dry_run: bool,
    rejected: Path | None,
    publish: bool,
    console: Console,
    form: Format | None = None,
    rows: Sequence[Row] | None = None,
) -> int:
    """The command: 0 where every row was taken or known, 1 where some were rejected, 2 where the file is unreadable.
    `form` and `rows`: of a door that has read a file of another form."""
    try:
        form = form or format_for(kind)
    except LookupError as error:
        console.print(str(error.args[0]), style="red", markup=False)
        return 2
    registry = snapshot.current()
    gc.freeze()
    if unit and unit not in registry.units:
        console.print(f"--unit: {unit} is not in the registry", style="red", markup=False)
        return 2
    if place is None and unit is None:
        place = next((row.code for row in registry.places.values() if row.parent is None), None)
    try:
        report, stored, took = _shown(path, form, ImportOptions(unit, place, publish), dry_run, console, rows)
    except (UnreadableFile, OSError, Moved, WorkerLost) as error:
        console.print(f"{path}: {error}", style="red", markup=False)
        return 2
    report.rejected.sort(key=lambda item: item.line)
    if rejected is not None and report.rejected:
        rejected.write_bytes(rejected_csv([(item.line, item.reason, item.values) for item in report.rejected]))
    verb = "would be taken" if dry_run else "taken"
    console.print(f"{report.taken} {verb}, {report.known} already there, {len(report.rejected)} rejected")
    if report.taken:
        speed = f"{report.taken / stored:,.0f} {form.name}/s"
        console.print(f"in after {stored:.1f} s ({speed}), found and counted after {took:.1f} s")
    for item in report.rejected[:10]:
        console.print(f"  line {item.line}: {item.reason}", markup=False)
    return 1 if report.rejected else 0


def _shown(
    path: Path,
    form: Format,
    options: ImportOptions,
    dry_run: bool,
    console: Console,
    rows: Sequence[Row] | None = None,
) -> tuple[Report, float, float]:
    """Import with bars on the terminal; the report, and the seconds until all was in, and found and counted."""
    began, stored = timezone.now(), 0.001

    def seconds() -> float:
        return max((timezone.now() - began).total_seconds(), 0.001)

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(form.name, total=None, speed="")

        def show(done: int, total: int) -> None:
            nonlocal stored
            stored = seconds()
            bar.update(task, completed=done, total=total, speed=f"{done / stored:,.0f}/s")

        index = bar.add_task("index and figures", total=None, speed="", visible=not dry_run)
        report = import_file(
            path,
            form,
            options,
            dry_run=dry_run,
            progress=show,
            settled=lambda count: bar.advance(index, count),
            rows=rows,
        )
        while not dry_run and (count := settle(500)):
            bar.advance(index, count)
        return report, stored, seconds()


def write_template(path: Path, *, kind: str | None, console: Console) -> int:
    """The command: write the template of a kind's files; 0, or 2 where there is no such kind
    or it cannot be written."""
    try:
        path.write_bytes(template(format_for(kind)))
    except (LookupError, OSError) as error:
        console.print(str(error.args[0] if isinstance(error, LookupError) else error), style="red", markup=False)
        return 2
    return 0
