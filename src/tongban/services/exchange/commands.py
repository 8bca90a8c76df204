"""The door's commands for the catalogue: bring it in, take it out, load texts of law, look for what a guide lacks.
Loads no model here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands

if TYPE_CHECKING:
    from .taking import Report

HERE = "tongban.services.exchange.commands"
COMMANDS = (
    Commands("import services", f"{HERE}:bring_in", "The catalogue of services."),
    Commands("import laws", f"{HERE}:laws", "Texts of law."),
    Commands("export services", f"{HERE}:take_out", "The catalogue of services."),
    Commands("services", f"{HERE}:services", "The catalogue of services."),
)
services = typer.Typer(no_args_is_help=True)
console = Console(stderr=True)


def bring_in(
    source: Annotated[Path, typer.Argument(help="A CSV or XLSX named after its table, or a folder of them.")],
    table: Annotated[str, typer.Option(help="The table, where the file's name does not say it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected rows with line number and reason into this folder.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the record.")] = "",
) -> None:
    """Bring the catalogue of services in: laws, articles, facts, parameters, materials, items, offerings, conditions,
    needs."""
    django_ready()
    from tongban.record.writing import By
    from tongban.registry.reading import WORDS, UnreadableTable
    from tongban.tables import UnreadableTable as Unreadable
    from tongban.tables import stream_table

    from .tables import HEADERS, TABLES
    from .taking import import_rows

    files = _files(source, table, list(TABLES))
    if not files:
        console.print(f"{source}: nothing named after a table: {', '.join(TABLES)}", style="red", markup=False)
        raise typer.Exit(2)
    coming: dict[str, set[str]] = {}
    refused = 0
    for name, file in files:
        with console.status(name) as status:
            try:
                if dry_run:
                    first = TABLES[name].key[0]
                    coming[name] = {row.get(first, "").strip() for _line, row in stream_table(file, HEADERS)}
                report = import_rows(
                    name,
                    stream_table(file, HEADERS),
                    dry_run=dry_run,
                    by=By(reason=reason),
                    coming=coming,
                    progress=lambda done, name=name: status.update(f"{name}: {done:,}"),  # type: ignore[misc]
                )
            except Unreadable as error:
                console.print(f"{file}: {WORDS[error.problem] % error.facts}", style="red", markup=False)
                raise typer.Exit(2) from None
            except (UnreadableTable, OSError) as error:
                console.print(f"{file}: {error}", style="red", markup=False)
                raise typer.Exit(2) from None
        _tell(report, dry_run, rejected)
        refused += report.refused
    raise typer.Exit(1 if refused else 0)


def _files(source: Path, table: str, names: list[str]) -> list[tuple[str, Path]]:
    """(table, file), what is named before what names it."""
    if not source.is_dir():
        name = table or source.stem
        return [(name, source)] if name in names else []
    found = ((name, source / f"{name}.{ending}") for name in names for ending in ("csv", "xlsx"))
    return [(name, file) for name, file in found if file.exists()]


def _tell(report: Report, dry_run: bool, rejected: Path | None) -> None:
    from tongban.tables import rejected_csv

    said = f"{report.table}: {report.added} added, {report.changed} changed, {report.unchanged} as they were, "
    console.print(f"{said}{report.refused} rejected{' (dry run)' if dry_run else ''}", markup=False)
    for one in report.rejected[:10]:
        console.print(f"  line {one.line}: {one.reason}", markup=False)
    if rejected is not None and report.rejected:
        rejected.mkdir(parents=True, exist_ok=True)
        rows = [(one.line, one.reason, one.row) for one in report.rejected]
        (rejected / f"{report.table}-rejected.csv").write_bytes(rejected_csv(rows))


def take_out(folder: Path, form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv") -> None:
    """Write every table of the catalogue of services into a folder."""
    django_ready()
    from . import giving
    from .tables import TABLES

    if form not in ("csv", "xlsx"):
        console.print("--format: csv or xlsx", style="red")
        raise typer.Exit(2)
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        path = folder / f"{name}.{form}"
        try:
            if form == "csv":
                giving.write_csv(name, path)
            else:
                path.write_bytes(giving.as_xlsx(name))
        except giving.TooMany:
            console.print(f"{name}: more rows than a sheet holds; use --format csv", style="red", markup=False)
            raise typer.Exit(2) from None
        console.print(str(path), markup=False)


def laws(folder: Path) -> None:
    """Load texts of law: a folder of Markdown files, one a law, each named after it with the day of its edition."""
    django_ready()
    from ..laws import load_folder

    report = load_folder(folder)
    for text in report.told():
        console.print(text, markup=False)
    raise typer.Exit(2 if not report.laws else 0)


@services.callback()
def catalogue() -> None:
    """The catalogue of services."""


@services.command()
def lint(
    unit: Annotated[str, typer.Option(help="Only what this unit offers.")] = "",
    matter: Annotated[str, typer.Option(help="Only this item.")] = "",
) -> None:
    """Look for what the law demands of a guide and a guide lacks; exit status 1 where something is wrong."""
    django_ready()
    from .. import linting

    findings = linting.findings(unit=unit, matter=matter)
    for one in findings:
        print(f"{one.level}: {one.matter} {one.name}: {one.words}")
    console.print(f"{len(findings)} findings")
    raise typer.Exit(1 if any(one.level == "wrong" for one in findings) else 0)
