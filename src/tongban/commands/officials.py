"""Commands for the first officials of a deployment, and for one who lost the way in. Not for the rest: posts are
proposed and agreed to on the pages."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready

console = Console(stderr=True)
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the record of what administrators change.")]


def official(
    username: str,
    unit: Annotated[str, typer.Option(help="Code of the unit.")],
    role: Annotated[str, typer.Option(help="clerk, handler, head, supervisor, data_officer or administrator.")],
    name: Annotated[str, typer.Option(help="Name shown to colleagues.")] = "",
    reason: Reason = "",
) -> None:
    """Make an official with a post, or give an existing one another post; prints a first password, to be changed at the
    first sign-in. For the first administrators: later ones are proposed and agreed to on the pages."""
    django_ready()
    from tongban.accounts.officials import OfficialError, add_official
    from tongban.record.writing import By

    try:
        password = add_official(username, unit, role, name, By(reason=reason))
    except OfficialError as refused:
        console.print(str(refused), style="red", markup=False)
        raise typer.Exit(2) from None
    typer.echo(password or "post added")


def let_in(username: str, reason: Reason = "") -> None:
    """For an official who lost the way in: forget their second factor and print a new first password."""
    django_ready()
    from tongban.accounts.models import Official
    from tongban.accounts.officials import reset_password, reset_second_factor

    found = Official.objects.filter(username=username, is_active=True).first()
    if found is None:
        console.print(f"there is no official {username} who may sign in", style="red", markup=False)
        raise typer.Exit(2)
    from tongban.record.writing import By

    reset_second_factor(found, By(reason=reason))
    typer.echo(reset_password(found, By(reason=reason)))
