"""`tongban services form ITEM FILE.xlsx`: an XLSForm as the draft of an item's form. Publishing is for an official."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready


def form(
    item: Annotated[str, typer.Argument(help="code of the item")],
    file: Annotated[Path, typer.Argument(help="XLSForm: a workbook with the sheets survey and choices")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be taken")] = False,
) -> None:
    """Take an XLSForm in as the draft of an item's form; an official of the unit looks at it and publishes it."""
    django_ready()
    from tongban.services import reading

    from . import content, taking

    if item not in reading.current().items:
        typer.echo(f"{item}: no such item", err=True)
        raise typer.Exit(2)
    try:
        sheet, made = taking.take_in(item, file.read_bytes(), dry_run=dry_run)
    except (content.BadForm, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for line, reason in sheet.rejected:
        typer.echo(f"{line}: {reason}", err=True)
    asked = content.facts_asked(sheet.content)
    typer.echo(f"{len(asked)} questions, {len(sheet.facts)} of them new, {len(sheet.rejected)} rows left out")
    if made is not None:
        typer.echo(f"draft of version {made.version}: /desk/forms/{item}/")
    raise typer.Exit(1 if sheet.rejected else 0)
