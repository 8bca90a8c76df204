"""Commands for those who work on Tongban: the message catalogues, pictures of the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready


def messages(
    folder: Annotated[
        Path | None, typer.Argument(help="The package whose words are collected; by default this house itself.")
    ] = None,
) -> None:
    """Refresh the message catalogues (for those who work on Tongban, or on a room beside it; needs GNU gettext)."""
    django_ready(database=False)
    from tongban.portal.messages import HERE, refresh

    typer.echo(refresh((folder or HERE).absolute()))


def screenshots(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")] = Path("docs/pictures"),
    url: Annotated[str, typer.Option(help="A served site; without it a demo is served.")] = "",
    dark: Annotated[bool, typer.Option("--dark", help="As a dark screen shows them.")] = False,
) -> None:
    """Take pictures of the gallery and the main pages, at two widths, with Chromium (test group needed)."""
    from tongban.commands.screenshots import take

    raise typer.Exit(take(folder, url, dark))
