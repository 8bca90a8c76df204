"""`tongban import letters`: letters with their answers from a file. Not for how they
are read (`letters/intake.py`) and written (`tongban.intake`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready

console = Console(stderr=True)


def import_letters(
    file: Path,
    unit: Annotated[
        str | None, typer.Option(help="Code of the unit that answered; without it the responsibility list decides.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Code of the place of letters that name none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Publish answered letters, masked by the scanner.")
    ] = False,
) -> None:
    """Bring letters with their answers in, each with its historical times. Resumable; running it twice adds nothing."""
    django_ready()
    from tongban.intake.running import run

    done = run(
        file,
        kind="letter",
        dry_run=dry_run,
        rejected=rejected,
        console=console,
        unit=unit,
        place=place,
        publish=publish,
    )
    raise typer.Exit(done)
