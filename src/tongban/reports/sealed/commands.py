"""`tongban sealed …`: keys for the body, carrying envelopes to it, opening them on its own machine. The house can carry
and count; it cannot open. Loads nothing before a command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready

sealed = typer.Typer(no_args_is_help=True)
ENDING = ".sealed"


@sealed.callback()
def group() -> None:
    """Reports of harm to children, sealed for the body that the city names."""


@sealed.command()
def keys(
    name: Annotated[str, typer.Argument(help="How the body is called: letters, digits, `.`, `-`.")], private: Path
) -> None:
    """For the body, on its own machine: write a private key to PRIVATE, print the public one for the settings."""
    from .envelope import BadKey, new_keys

    try:
        secret, public = new_keys(name)
    except BadKey as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(2) from None
    if private.exists():
        typer.echo(f"{private} is there already", err=True)
        raise typer.Exit(2)
    private.touch(mode=0o600)
    private.write_text(secret + "\n")
    typer.echo(f"TONGBAN_CHILD_SAFETY_KEY={public}")


@sealed.command()
def export(
    folder: Path,
    forget: Annotated[bool, typer.Option("--forget", help="Delete here what was written before.")] = False,
) -> None:
    """Write every envelope that was not fetched yet into FOLDER, for the body to take away."""
    django_ready()
    from django.db import transaction
    from django.utils import timezone

    from tongban.ledger import queue

    from ..models import SealedReport
    from . import counting

    if forget:
        gone = SealedReport.objects.filter(fetched_at__isnull=False).exclude(envelope=None).update(envelope=None)
        typer.echo(f"{gone} envelopes that were fetched before are deleted")
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for row in SealedReport.objects.filter(fetched_at__isnull=True).order_by("pk"):
        (folder / f"{row.number}{ENDING}").write_bytes(bytes(row.envelope or b""))
        with transaction.atomic():
            if SealedReport.objects.filter(pk=row.pk, fetched_at=None).update(fetched_at=timezone.now()):
                queue.enqueue([counting.entry("fetched", timezone.now())])
        written += 1
    typer.echo(f"{written} envelopes in {folder}")


@sealed.command("open")
def open_(private: Path, files: list[Path]) -> None:
    """For the body, on its own machine: print what is in each envelope, as lines of JSON. Needs no database."""
    from .envelope import BadKey, Unopened, opened

    failed = False
    for file in files:
        try:
            found = opened(private.read_text(), file.read_bytes())
        except (BadKey, Unopened, OSError) as error:
            typer.echo(f"{file}: {error}", err=True)
            failed = True
            continue
        typer.echo(json.dumps({"number": file.name.removesuffix(ENDING), **found}, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


@sealed.command()
def status() -> None:
    """How many there are, and how many wait to be fetched; nothing else can be said here."""
    django_ready()
    from ..models import SealedReport
    from .taking import body

    waiting = SealedReport.objects.filter(fetched_at__isnull=True).count()
    typer.echo(f"{body() or 'no body is named'}: {SealedReport.objects.count()} reports, {waiting} wait")
