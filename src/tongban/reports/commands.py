"""The door's commands: write the feeds into a folder, take in a list of names, bring in reports, trusted reporters and
their tokens, what is sealed for the body that the city names. Loads no model here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands

COMMANDS = (
    Commands("feed", "tongban.reports.commands:feed", "The feeds of decided names."),
    Commands("names", "tongban.reports.commands:names", "Lists of protected, shared and popular names."),
    Commands("import reports", "tongban.reports.bringing.commands:import_reports", "Bring other people's lists in."),
    Commands("reporter", "tongban.reports.bringing.commands:reporter", "Trusted reporters and their tokens."),
    Commands("sealed", "tongban.reports.sealed.commands:sealed", "Reports sealed for the body that the city names."),
)
feed = typer.Typer(no_args_is_help=True)
names = typer.Typer(no_args_is_help=True)


@feed.callback()
def feeds() -> None:
    """The feeds of decided names."""


@feed.command()
def export(
    folder: Path, page: Annotated[str, typer.Option(help="address of the explaining page")] = "/blocked/"
) -> None:
    """Write every form of the feed into FOLDER, each in one move; nothing where the last look stops it."""
    django_ready()
    from django.conf import settings
    from django.utils import timezone

    from . import lists, register
    from .feeds import publishing
    from .feeds.forms import FORMS, Publication, digest

    try:
        rows = publishing.checked(publishing.rows_of(register.in_force()), lists.current())
    except publishing.Stopped as stopped:
        for number, why in stopped.rows:
            typer.echo(f"{number}: {why}", err=True)
        raise typer.Exit(1) from None
    newest = max((row.changed for row in rows), default=timezone.now())
    about = Publication(
        newest,
        register.serial(),
        settings.SITE_NAME or "Tongban",
        page,
        sorted(one for one in lists.current().protected if "." in one),
    )
    folder.mkdir(parents=True, exist_ok=True)
    for form, (_function, ending, _type) in FORMS.items():
        file = folder / f"{form}.{ending}"
        unfinished = file.with_suffix(".new")
        unfinished.write_text("".join(publishing.published(form, rows, about)), encoding="utf-8")
        unfinished.replace(file)
        typer.echo(f"{digest([file.read_text(encoding='utf-8')])}  {file.name}")


@names.callback()
def listed() -> None:
    """Lists of protected, shared and popular names."""


@names.command("import")
def take_in(
    kind: Annotated[str, typer.Argument(help="protected, shared or popular")], file: Path, most: int = 0
) -> None:
    """Replace a list by the names in FILE (one a line, hosts, or rank,name as Tranco and Umbrella write them)."""
    django_ready()
    from . import lists

    if kind not in lists.KINDS:
        typer.echo(f"{kind}: one of {', '.join(lists.KINDS)}", err=True)
        raise typer.Exit(2)
    number, bad = lists.take_in(kind, file, most)
    for line, text in bad[:20]:
        typer.echo(f"{line}: {text}", err=True)
    typer.echo(f"{number} names, {len(bad)} lines were none")
