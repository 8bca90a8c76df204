"""`tongban keys …` and `tongban rotate`: the secrets of a deployment. Not for the ledger's key alone: `ledger.py`."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready

keys = typer.Typer(no_args_is_help=True, help="Make and rotate keys.")
console = Console(stderr=True)


def rotate() -> None:
    """Move sealed data and files to the newest key of the ring: the same as `keys rotate`."""
    rotate_keys()


@keys.command("new")
def new_keys(
    site: Annotated[
        str, typer.Argument(help="The site's address, such as https://mail.city.example; the ledger is named after it.")
    ] = "",
) -> None:
    """Print fresh secrets for a deployment's environment."""
    import secrets

    from tongban.vault.keyring import new_key

    typer.echo(f"TONGBAN_SECRET_KEY={secrets.token_urlsafe(50)}")
    typer.echo(f"TONGBAN_VAULT_KEYS={new_key()}")
    typer.echo(f"TONGBAN_VAULT_INDEX_KEY={new_key()}")
    site = (site or os.environ.get("TONGBAN_ORIGIN", "")).rstrip("/")
    if site:
        from tongban.commands.ledger import key_new

        typer.echo(f"TONGBAN_ORIGIN={site}")
        key_new(site.split("://", 1)[-1] + "/ledger")
    else:
        typer.echo("# and the ledger's key, named after the site: tongban ledger key mail.city.example/ledger")


@keys.command("rotate")
def rotate_keys() -> None:
    """Move sealed data, the search and files to the newest key of the ring (the first of TONGBAN_VAULT_KEYS)."""
    django_ready()
    from rich.progress import Progress

    from tongban.vault.rotation import everything

    with Progress(console=console) as progress:
        for kind in everything():
            task = progress.add_task(kind.name, total=kind.count())
            for number in kind.run():
                progress.advance(task, number)
