"""`tongban services figures`: counts months anew from the acts and says where the tally differs.
Loads no model here."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready

SHOWN = 50
console = Console(stderr=True)


def figures(
    since: Annotated[str, typer.Option(help="The first month, 2026-01; by default the first that there is.")] = "",
    until: Annotated[str, typer.Option(help="The last month; by default the last that is over.")] = "",
    mend: Annotated[bool, typer.Option("--mend", help="Write what was counted where the tally differs.")] = False,
) -> None:
    """Count the figures of applications anew from the acts and say where those that are shown differ.

    Exit status 1 where something differs (with --mend: differed and is right now), 2 where it cannot be said now.
    """
    begin, end = _month(since) or date(2000, 1, 1), _month(until)
    django_ready()
    from .. import figures as rules
    from . import recounting

    end = rules.this_month() if end is None else min(_next(end), rules.this_month())
    count = recounting.mend if mend else recounting.recount
    try:
        with console.status("") as status:
            found = count(begin, end, lambda done, last: status.update(f"acts: {done:,} / {last:,}"))
    except recounting.Unsteady as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    for one in found.differences[:SHOWN]:
        typer.echo(f"≠ {one}")
    if len(found.differences) > SHOWN:
        typer.echo(f"≠ … and {len(found.differences) - SHOWN} more")
    months = len({key[0] for key in found.counted})
    if found.differences:
        said = "written anew" if mend else "with --mend the months are written anew"
        console.print(f"{len(found.differences)} figures differ; {said}", markup=False)
        raise typer.Exit(1)
    typer.echo(f"✓ {months} months, {len(found.counted)} rows: the tally agrees with the acts")


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        console.print(f"{text}: write a month as 2026-01", style="red", markup=False)
        raise typer.Exit(2) from None


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
