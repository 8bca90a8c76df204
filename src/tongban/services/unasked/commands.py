"""`tongban services unasked ITEM FILE`: makes a list for an official to confirm. Grants nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready


def unasked(
    item: Annotated[str, typer.Argument(help="code of the item")],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX of the register; with --database a file with the query")],
    place: Annotated[str, typer.Option(help="code of the place whose numbers and unit count")],
    source: Annotated[str, typer.Option(help="which register it is, as officials and people read it")] = "",
    database: Annotated[
        str,
        typer.Option(help="name of the environment variable with the register's address (sqlite:///, postgresql://)"),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would come out")] = False,
) -> None:
    """Hold the rows of a register against an item's conditions; who meets all of them stands on a list on the desk."""
    django_ready()
    from tongban.tables import UnreadableTable

    from . import listing, rows

    try:
        facts = listing.facts_of(item)
        text = file.read_text(encoding="utf-8") if database else ""
        people = rows.from_query(database, text, facts) if database else rows.from_file(file, facts)
        report = listing.make(item, place, people, source or file.name, dry_run=dry_run)
    except (listing.CannotList, UnreadableTable, LookupError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for one in report.rejected:
        typer.echo(f"{one.line}: {one.reason}", err=True)
    typer.echo(
        f"{report.looked_at} people, {report.entitled} meet all conditions, {report.open} open, {report.known} have it"
        f" or wait already, {report.rejected_count} rows cannot be read"
    )
    if report.made is not None:
        typer.echo(f"list {report.made.pk}: waits for an official of {report.made.unit_id} at /desk/unasked/")
