"""`tongban feed …` and `tongban blocked …`. Loads no model here."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tongban.config.ready import django_ready

feed = typer.Typer(no_args_is_help=True)
blocked = typer.Typer(no_args_is_help=True)


@feed.callback()
def feeds() -> None:
    """The feeds of decided names."""


@blocked.callback()
def explaining() -> None:
    """The page that explains a block."""


@feed.command()
def export(folder: Path) -> None:
    """Write every form of the feed into FOLDER, each in one move; nothing where the last look stops it."""
    django_ready()
    from . import publishing
    from .forms import FORMS

    try:
        for made in publishing.export(folder):
            typer.echo(f"{made.sha256}  {made.form}.{FORMS[made.form][1]}")
    except publishing.Stopped as stopped:
        _say(stopped.rows)
        raise typer.Exit(1) from None


@feed.command()
def publish() -> None:
    """Publish what has changed and put the digests on the ledger's queue. The worker begins it by itself."""
    django_ready()
    from . import entering

    typer.echo(f"{entering.publish()} digests for the ledger")


@feed.command()
def push(
    dns: Annotated[
        bool, typer.Option("--dns", help="To the primaries of TONGBAN_FEED_DNS, by updates (RFC 2136, TSIG).")
    ] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Compare the zone name by name.")] = False,
) -> None:
    """Bring the zone of each primary up to the register. The worker does it all the time.

    Exit status 1 where a primary cannot be brought up, or the guards forbid what the register holds.
    """
    django_ready()
    if not dns:
        typer.echo("say where to: --dns", err=True)
        raise typer.Exit(2)
    from . import pushing
    from .primary import BadPlace, PrimaryError

    try:
        places = pushing.primaries()
    except BadPlace as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    if not places:
        typer.echo("TONGBAN_FEED_DNS names no primary: HOST:PORT/ZONE, and its key in TONGBAN_FEED_DNS_KEY", err=True)
        raise typer.Exit(2)
    failed = False
    for primary in places:
        try:
            done = pushing.push(primary, whole=whole)
        except PrimaryError as problem:
            typer.echo(str(problem), err=True)
            failed = True
            continue
        finally:
            primary.close()
        how = "compared as a whole" if done.whole else "brought forward"
        typer.echo(f"{primary}: {how}; {done.listed} names listed, {done.opened} opened")
        _say([(number, "the name is too long for a zone") for number in done.long])
        _say(done.stopped)
        failed |= bool(done.stopped)
    raise typer.Exit(1 if failed else 0)


def _say(rows: list[tuple[str, str]]) -> None:
    for number, why in rows:
        typer.echo(f"{number}: {why}", err=True)


@feed.command()
def manual(resolver: Annotated[str, typer.Argument(help="bind, unbound, knot, knot-fetch, powerdns, adguard")]) -> None:
    """Print the set-up file for a resolver."""
    django_ready(database=False)
    from . import manuals

    if resolver not in manuals.RESOLVERS:
        typer.echo(f"{resolver}: one of {', '.join(manuals.RESOLVERS)}", err=True)
        raise typer.Exit(2)
    typer.echo(manuals.text(resolver), nl=False)


@feed.command()
def verify(
    file: Path,
    note: Annotated[Path, typer.Argument(help="The feed's signature, from /feeds/FORM.sig")],
    key: Annotated[str, typer.Option("--key", help="A vkey, or a file with vkeys, of the house you trust.")],
) -> None:
    """Check a feed against its signature, offline. Exit status 1 where it is another."""
    from tongban.merkle import LogError, Note, parse_verifier

    from . import noted

    try:
        text = Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key
        said = noted.opened(Note.parse(note.read_bytes()), [parse_verifier(one) for one in text.split()])
        with file.open("rb") as feed_file:
            digest = hashlib.file_digest(feed_file, "sha256").hexdigest()
    except (LogError, OSError) as problem:
        typer.echo(f"✗ {problem}", err=True)
        raise typer.Exit(1) from None
    if digest != said.sha256:
        typer.echo(f"✗ {file} is not the feed that was signed ({said.name}, serial {said.serial})", err=True)
        raise typer.Exit(1)
    typer.echo(f"✓ {said.name}, serial {said.serial}, {said.rows} decisions, made {said.made}")


@blocked.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; resolvers lead browsers to 80.")] = 8451,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
) -> None:
    """Serve the explaining page for every host that a browser asks for. No cookie, no log of who asks."""
    django_ready()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers",
        str(workers),
        "--blocking-threads", "1", "--backlog", "2048", "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "tongban.reports.explaining:application",
    ]  # fmt: skip
    typer.echo(f"the explaining page is at http://{host}:{port}/ for every host", err=True)
    os.execv(command[0], command)  # noqa: S606 - this very process becomes the server
