"""The door's commands: lists of names here; feeds and the explaining page in `feeds/commands.py`, other people's lists
and trusted reporters in `bringing/commands.py`, what is sealed in `sealed/commands.py`. Loads no model here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands, Recounted

COMMANDS = (
    Commands("feed", "tongban.reports.feeds.commands:feed", "The feeds of decided names."),
    Commands("blocked", "tongban.reports.feeds.commands:blocked", "The page that explains a block."),
    Commands("names", "tongban.reports.commands:names", "Lists of protected, shared and popular names."),
    Commands("import reports", "tongban.reports.bringing.commands:import_reports", "Bring other people's lists in."),
    Commands("reporter", "tongban.reports.bringing.commands:reporter", "Trusted reporters and their tokens."),
    Commands("evidence", "tongban.reports.evidence.commands:evidence", "Looking at a reported site."),
    Commands("sealed", "tongban.reports.sealed.commands:sealed", "Reports sealed for the body that the city names."),
)
RECOUNTED = (
    Recounted("register", "tongban.reports.feeds.auditing:Register"),
    Recounted("sealed", "tongban.reports.sealed.auditing:Sealed"),
)
"""What `tongban ledger audit` recounts for this door."""
names = typer.Typer(no_args_is_help=True)


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
