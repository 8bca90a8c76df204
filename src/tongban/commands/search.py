"""`tongban search`: the sealed search's own commands. Not for searching: that is the desk's."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tongban.config.ready import django_ready

search = typer.Typer(no_args_is_help=True, help="The search of what is private: build it anew.")
console = Console(stderr=True)


@search.callback()
def _group() -> None:
    """The search of what is private: build it anew."""


@search.command("rebuild")
def rebuild(batch: Annotated[int, typer.Option(help="Acts at once.", min=1, max=10_000)] = 1_000) -> None:
    """Build the index anew from the acts. It is searched meanwhile; a run that was stopped goes on where it was."""
    django_ready()
    from tongban.cases.index import merging, rebuilding

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("acts", total=None)
        for done, total in rebuilding.rebuild(batch):
            bar.update(task, completed=done, total=total)
        merge = bar.add_task("merging", total=None)
        while merging.keep_up():
            bar.advance(merge)
        bar.update(merge, total=1, completed=1)
    typer.echo("the index is built anew")
