"""`tongban import …` and `tongban export …`: the groups, and the tables of the registry in them. What a door brings in
or takes out stands with the door."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready
from tongban.intake.commands import FileFirst

from .officials import Reason

bring_in = typer.Typer(cls=FileFirst, no_args_is_help=True, help="Bring data in: cases, the registry.")
take_out = typer.Typer(no_args_is_help=True, help="Take data out: the registry.")
console = Console(stderr=True)


@bring_in.command("registry")
def import_registry(
    file: Path,
    table: Annotated[
        str,
        typer.Option(help="places, units, successions, matters, duties or limits; by default from the file's name."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Bring a table of the registry in from CSV or XLSX."""
    django_ready()
    from tongban.registry.exchange import run_import

    raise typer.Exit(
        run_import(file, table=table or file.stem, dry_run=dry_run, rejected=rejected, console=console, reason=reason)
    )


@bring_in.command("calendar")
def import_calendar(file: Path, source: Annotated[str, typer.Option(help="The notice: number or address.")]) -> None:
    """Load a year of the working-day calendar from a CSV of its exceptions (date, working, note)."""
    django_ready()
    from tongban.registry.exchange import run_calendar

    raise typer.Exit(run_calendar(file, source=source, console=console))


@take_out.command("registry")
def export_registry(folder: Path, form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv") -> None:
    """Write every table of the registry into a folder."""
    django_ready()
    from tongban.registry.exchange import run_export

    raise typer.Exit(run_export(folder, form=form, console=console))
