"""`tongban evidence …`: look at an address by hand, and the worker's process. Loads nothing before a command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready

evidence = typer.Typer(no_args_is_help=True)


@evidence.callback()
def group() -> None:
    """Looking at a reported site: record and picture."""


@evidence.command()
def take(
    url: str,
    out: Annotated[Path, typer.Option(help="The folder for record.warc.gz, picture.png and look.json.")],
) -> None:
    """Look at URL once, under the rules of the settings, and write what was found. Never for harm to children."""
    django_ready()
    from . import looking, taking
    from .names import Refused

    try:
        taken = taking.take(taking.order(url))
    except Refused as refused:
        typer.echo(f"nothing was found: {refused.reason}", err=True)
        raise typer.Exit(1) from None
    out.mkdir(parents=True, exist_ok=True)
    (out / looking.RECORD).write_bytes(taken.record)
    if taken.picture:
        (out / looking.PICTURE).write_bytes(taken.picture)
    (out / looking.LOOK).write_text(json.dumps(taken.said, ensure_ascii=False, indent=1))
    said = taken.said
    typer.echo(f"{said.get('status', '-')} {said.get('final', url)}  sha256 {said['sha256']}")
    if taken.no_picture:
        typer.echo(f"no picture: {taken.no_picture}", err=True)
    if taken.reason:
        typer.echo(f"the site was not read: {taken.reason}", err=True)
        raise typer.Exit(1)


@evidence.command()
def work() -> None:
    """Carry out the looks that officials asked for, and end. The worker starts this by itself."""
    django_ready()
    from . import jobs

    typer.echo(f"{jobs.work()} looks")
