"""Commands that run a deployment: its processes, its database, what is missing. Not for how they do it: `serving.py`,
`working.py` and `doctor.py` have that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready

console = Console(stderr=True)


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="A usable site with a demo province, in a data folder of its own.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web server processes.")] = 2,
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGBAN_DATA).")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="With --demo: start from an empty demo database.")] = False,
) -> None:
    """Run the web server and the worker in one foreground process."""
    from tongban.commands.serving import serve as run

    raise typer.Exit(run(demo=demo, host=host, port=port, workers=workers, data=data, fresh=fresh))


def worker(once: Annotated[bool, typer.Option("--once", help="Do what waits, then stop.")] = False) -> None:
    """Run the worker alone: notices, search index, deadlines, retention, background jobs."""
    django_ready()
    from tongban.commands.working import work

    work(once=once)


def migrate() -> None:
    """Bring the database to this version."""
    django_ready(database=False)
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


def doctor() -> None:
    """Say what is missing or unsafe in this deployment."""
    django_ready(database=False)
    from tongban.commands.doctor import examine, report

    raise typer.Exit(report(examine()))


def manage(context: typer.Context) -> None:
    """Django's own commands (createsuperuser, shell, dumpdata …)."""
    django_ready(database=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tongban manage", *context.args])


def notices(what: Annotated[str, typer.Argument(help="retry")]) -> None:
    """`tongban notices retry`: have the notices that were given up sent again."""
    if what != "retry":
        console.print("tongban notices retry", style="red")
        raise typer.Exit(2)
    django_ready()
    from tongban.cases.notices import retry_failed

    typer.echo(f"{retry_failed()} notices will be sent again")
