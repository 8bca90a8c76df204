"""`tongban import reports FILE --from …` and `tongban reporter …`. Loads nothing before a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from tongban.config.ready import django_ready

if TYPE_CHECKING:
    from ..models import Reporter

console = Console(stderr=True)
reporter = typer.Typer(no_args_is_help=True)
Days = Annotated[int, typer.Option(help="How long the token holds, at most 366 days.")]
FORMS = "urlhaus, phishtank, hosts, plain, stix, misp"


def import_reports(
    file: Annotated[Path, typer.Argument(help="The list.")],
    from_: Annotated[str, typer.Option("--from", help=FORMS)],
    by: Annotated[str, typer.Option("--reporter", help="Name of the trusted reporter whose list it is.")],
    matter: Annotated[
        str, typer.Option(help="Code of the kind of harm; without it that of the list, where it has one.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")
    ] = None,
) -> None:
    """Bring a list in as reports, never as decisions. Resumable; running it twice adds nothing."""
    django_ready()
    from tongban.intake.parts import UnreadableFile
    from tongban.intake.running import run
    from tongban.registry import snapshot

    from ..models import Reporter
    from .readers import HARM, READERS
    from .rows import format_of, known_matter, rows_of

    if from_ not in READERS:
        _stop(f"--from: one of {FORMS}")
    found = Reporter.objects.filter(name=by).first()
    if found is None:
        _stop(f"--reporter: there is no {by}; `tongban reporter add` makes one")
    harm = matter or HARM.get(from_, "")
    if not known_matter(harm, snapshot.current()):
        _stop(f"--matter: {harm or 'name the kind of harm'} is no kind of harm that can be reported")
    try:
        rows = rows_of(file, from_, harm, found)
    except (UnreadableFile, OSError) as error:
        _stop(f"{file}: {error}")
    form = format_of(found)
    raise typer.Exit(
        run(
            file, unit=None, place=None, publish=False, dry_run=dry_run, rejected=rejected, console=console, form=form,
            rows=rows,
        )
    )  # fmt: skip


def _stop(words: str) -> NoReturn:
    console.print(words, style="red", markup=False)
    raise typer.Exit(2)


@reporter.callback()
def reporters() -> None:
    """Trusted reporters: who may send many reports at once, and how often they were right."""


@reporter.command()
def add(
    name: Annotated[str, typer.Argument(help="A short name: small letters, digits, hyphens.")],
    label: Annotated[str, typer.Option(help="Who it is, for officials to read.")],
    days: Days = 180,
) -> None:
    """Make a trusted reporter; its token is shown once and never kept."""
    django_ready()
    from tongban.cases.refusal import Refusal

    from .. import trusted

    try:
        _made, token = trusted.issue(name, label, days)
    except Refusal as refusal:
        _stop(str(refusal.message))
    else:
        typer.echo(token)


@reporter.command()
def renew(name: str, days: Days = 180) -> None:
    """Give a reporter another token; the one before ends at once."""
    django_ready()
    from tongban.cases.refusal import Refusal

    from .. import trusted

    try:
        token = trusted.renew(_named(name), days)
    except Refusal as refusal:
        _stop(str(refusal.message))
    else:
        typer.echo(token)


@reporter.command()
def revoke(name: str) -> None:
    """End a reporter's token; what it reported stays."""
    django_ready()
    from .. import trusted

    trusted.revoke(_named(name))
    typer.echo(f"{name}: the token has ended")


@reporter.command("list")
def show() -> None:
    """Every reporter: until when its token holds, and how often it was right."""
    django_ready()
    from .. import trusted
    from ..models import Reporter

    rows = list(Reporter.objects.order_by("name"))
    records = trusted.records([one.pk for one in rows])
    for one in rows:
        found = records[one.pk]
        rate = "–" if found.rate is None else f"{found.rate:.1%}"
        until = "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}"
        typer.echo(f"{one.name}  {one.label}  {until}  {found.sent} sent, {found.waiting} waiting, {rate} right")


def _named(name: str) -> Reporter:
    from ..models import Reporter

    found = Reporter.objects.filter(name=name).first()
    if found is None:
        _stop(f"there is no reporter {name}")
    return found
