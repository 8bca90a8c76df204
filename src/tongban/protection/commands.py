"""`tongban catalogue …`: reports of the scanner into the catalogue, and the catalogue into files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands

COMMANDS = (
    Commands(
        "catalogue",
        "tongban.protection.commands:catalogue",
        "The catalogue of data: take reports of scans in, write the lists out.",
    ),
)
catalogue = typer.Typer(no_args_is_help=True)
console = Console(stderr=True)
Unit = Annotated[str, typer.Option("--unit", help="Code of the unit that answers for the data.")]


@catalogue.command("import")
def bring_in(
    report: Annotated[Path, typer.Argument(help="What `tongban scan --format json` wrote.")],
    unit: Unit,
    source: Annotated[
        str,
        typer.Option(
            help=(
                "Name of the system that everything in the report belongs to; without it every file and database "
                "stands for itself."
            )
        ),
    ] = "",
) -> None:
    """Take a report in. The same report twice adds nothing; an officer's decisions stay."""
    django_ready()
    from tongban.cases.actor import SYSTEM
    from tongban.cases.refusal import Refusal
    from tongban.protection.reports import read
    from tongban.protection.taking import take_in

    try:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(report.name, total=None)
            taken = take_in(
                read(report.read_bytes()),
                unit,
                SYSTEM,
                source,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except OSError as error:
        console.print(f"{report}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(2) from None
    except Refusal as refusal:
        console.print(f"{report}: {refusal.message}", style="red", markup=False)
        raise typer.Exit(1) from None
    if taken.again:
        typer.echo("taken in before; nothing added")
        return
    told = ", ".join(f"{what} {number}" for what, number in taken.differences.items()) or "no differences"
    typer.echo(f"{taken.scan.fields} fields, {told}; {taken.waiting} wait for a data officer")


@catalogue.command("export")
def take_out(
    file: Path,
    unit: Unit,
    form: Annotated[str, typer.Option("--format", help="xlsx, csv, json, dcat or openmetadata.")] = "xlsx",
    below: Annotated[bool, typer.Option("--below", help="The units below as well.")] = False,
) -> None:
    """Write the lists of a unit: 分类分级清单 and 重要数据目录."""
    django_ready()
    from tongban.cases.actor import SYSTEM
    from tongban.protection import access
    from tongban.protection.exports import FORMATS, export
    from tongban.registry import snapshot

    registry = snapshot.current()
    if form not in FORMATS or unit not in registry.units:
        console.print(
            f"--format: one of {', '.join(FORMATS)}" if form not in FORMATS else f"--unit: no unit {unit}",
            style="red",
            markup=False,
        )
        raise typer.Exit(2)
    units = list(registry.subtree("units", unit)) if below else [unit]
    fields = access.fields_for(SYSTEM, registry).filter(source__unit_id__in=units, gone_at__isnull=True)
    try:
        file.write_bytes(export(form, fields, registry))
    except OSError as error:
        console.print(f"{file}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(2) from None
    typer.echo(f"{file}: {fields.count()} fields")
