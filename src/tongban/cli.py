"""The one command, `tongban`. Each subcommand lives with its subject; this file only names them.

Not for logic: `serving.py` runs the processes, `letters/importing.py` imports, `bench/` measures.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tongban.cli_catalogue import catalogue
from tongban.cli_ledger import ledger, witness
from tongban.cli_scan import mask, scan
from tongban.cli_text import text

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Tongban 通办: one door, one desk, one ledger.")
bring_in = typer.Typer(no_args_is_help=True, help="Bring data in: letters, the registry.")
take_out = typer.Typer(no_args_is_help=True, help="Take data out: the registry.")
bench = typer.Typer(no_args_is_help=True, help="Measure this machine; prints JSON lines.")
keys = typer.Typer(no_args_is_help=True, help="Make and rotate keys.")
app.add_typer(bring_in, name="import")
app.add_typer(take_out, name="export")
app.add_typer(bench, name="bench")
app.add_typer(keys, name="keys")
app.add_typer(ledger, name="ledger")
app.add_typer(witness, name="witness")
app.add_typer(catalogue, name="catalogue")
app.command()(scan)
app.command()(mask)
app.add_typer(text, name="text")
console = Console(stderr=True)


def django_ready() -> None:
    """Set Django up for a command that needs the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    from tongban.config.demo_keys import use_demo_keys_if_there

    use_demo_keys_if_there()
    import django

    django.setup()


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="A usable site with a demo province, in a data folder of its own.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web server processes.")] = 2,
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGBAN_DATA).")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="With --demo: start from an empty demo database.")] = False,
) -> None:
    """Run the web server and the worker in one foreground process."""
    from tongban.serving import serve as run

    raise typer.Exit(run(demo=demo, host=host, port=port, workers=workers, data=data, fresh=fresh))


@app.command()
def worker(once: Annotated[bool, typer.Option("--once", help="Do what waits, then stop.")] = False) -> None:
    """Run the worker alone: notices, search index, deadlines, retention, background jobs."""
    django_ready()
    from tongban.working import work

    work(once=once)


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    django_ready()
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


@app.command()
def doctor() -> None:
    """Say what is missing or unsafe in this deployment."""
    django_ready()
    from tongban.doctor import examine, report

    raise typer.Exit(report(examine()))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Django's own commands (createsuperuser, shell, dumpdata …)."""
    django_ready()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tongban manage", *context.args])


@app.command()
def official(
    username: str,
    unit: Annotated[str, typer.Option(help="Code of the unit.")],
    role: Annotated[str, typer.Option(help="clerk, handler, head, supervisor, data_officer or administrator.")],
    name: Annotated[str, typer.Option(help="Name shown to colleagues.")] = "",
) -> None:
    """Make an official with a post, or give an existing one another post; prints a first password."""
    django_ready()
    from tongban.accounts.officials import add_official

    password = add_official(username, unit, role, name)
    typer.echo(password or "post added")


@app.command("let-in")
def let_in(username: str) -> None:
    """For an official who lost the way in: forget their second factor and print a new first password."""
    django_ready()
    from tongban.accounts.models import Official
    from tongban.accounts.officials import reset_password, reset_second_factor

    found = Official.objects.filter(username=username, is_active=True).first()
    if found is None:
        console.print(f"there is no official {username} who may sign in", style="red", markup=False)
        raise typer.Exit(2)
    reset_second_factor(found)
    typer.echo(reset_password(found))


@app.command()
def notices(what: Annotated[str, typer.Argument(help="retry")]) -> None:
    """`tongban notices retry`: have the notices that were given up sent again."""
    if what != "retry":
        console.print("tongban notices retry", style="red")
        raise typer.Exit(2)
    django_ready()
    from tongban.cases.notices import retry_failed

    typer.echo(f"{retry_failed()} notices will be sent again")


@app.command()
def rotate() -> None:
    """Move sealed data and files to the newest key of the ring: the same as `keys rotate`."""
    rotate_keys()


@keys.command("new")
def new_keys(site: Annotated[str, typer.Argument(help="The site's address, such as https://mail.city.example; the ledger is named after it.")] = "") -> None:
    """Print fresh secrets for a deployment's environment."""
    import secrets

    from tongban.vault.keyring import new_key

    typer.echo(f"TONGBAN_SECRET_KEY={secrets.token_urlsafe(50)}")
    typer.echo(f"TONGBAN_VAULT_KEYS={new_key()}")
    typer.echo(f"TONGBAN_VAULT_INDEX_KEY={new_key()}")
    site = (site or os.environ.get("TONGBAN_ORIGIN", "")).rstrip("/")
    if site:
        from tongban.cli_ledger import key_new

        typer.echo(f"TONGBAN_ORIGIN={site}")
        key_new(site.split("://", 1)[-1] + "/ledger")
    else:
        typer.echo("# and the ledger's key, named after the site: tongban ledger key mail.city.example/ledger")


@keys.command("rotate")
def rotate_keys() -> None:
    """Move sealed data and files to the newest key of the ring (the first of TONGBAN_VAULT_KEYS)."""
    django_ready()
    from rich.progress import Progress

    from tongban.cases.attachments import reseal
    from tongban.cases.models import Attachment
    from tongban.vault.rotation import rotate, sealed_columns

    with Progress(console=console) as progress:
        for model, field in sealed_columns():
            task = progress.add_task(f"{model._meta.label}.{field.name}", total=model._base_manager.count())
            for number in rotate(model, field):
                progress.advance(task, number)
        task = progress.add_task("files", total=Attachment.objects.count())
        for number in reseal():
            progress.advance(task, number)


@bring_in.command("letters")
def import_letters(
    file: Path,
    unit: Annotated[str | None, typer.Option(help="Code of the unit that answered; without it the responsibility list decides.")] = None,
    place: Annotated[str | None, typer.Option(help="Code of the place of letters that name none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")] = None,
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="Publish answered letters, masked by the scanner.")] = False,
) -> None:
    """Bring letters with their answers in, each with its historical times. Resumable; running it twice adds nothing."""
    django_ready()
    from tongban.letters.importing import run

    raise typer.Exit(run(file, unit=unit, place=place, dry_run=dry_run, rejected=rejected, publish=publish, console=console))


@bring_in.command("registry")
def import_registry(
    file: Path,
    table: Annotated[str, typer.Option(help="places, units, matters, duties or limits; by default from the file's name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")] = None,
) -> None:
    """Bring a table of the registry in from CSV or XLSX."""
    django_ready()
    from tongban.registry.exchange import run_import

    raise typer.Exit(run_import(file, table=table or file.stem, dry_run=dry_run, rejected=rejected, console=console))


@bring_in.command("calendar")
def import_calendar(file: Path, source: Annotated[str, typer.Option(help="The notice: number or address.")]) -> None:
    """Load a year of the working-day calendar from a CSV of its exceptions (date, working, note)."""
    django_ready()
    from tongban.registry.exchange import run_calendar

    raise typer.Exit(run_calendar(file, source=source, console=console))


@take_out.command("registry")
def export_registry(folder: Path, form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv") -> None:
    """Write every table of the registry into a folder."""
    django_ready()
    from tongban.registry.exchange import run_export

    raise typer.Exit(run_export(folder, form=form, console=console))


@bench.command("intake")
def bench_intake(
    seconds: Annotated[float, typer.Option(help="How long each measurement runs.")] = 8.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
) -> None:
    """Submissions through the public API against a bare insert on the same server."""
    from tongban.bench.intake import run

    raise typer.Exit(run(seconds=seconds, database=database))


@bench.command("pages")
def bench_pages(
    seconds: Annotated[float, typer.Option(help="How long each measurement runs.")] = 5.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    tray: Annotated[int, typer.Option(help="Open cases in the tray that is opened.")] = 100_000,
) -> None:
    """Published pages through the cache, and a tray of many open cases."""
    from tongban.bench.pages import run

    raise typer.Exit(run(seconds=seconds, database=database, tray=tray))


@bench.command("import")
def bench_import(
    letters: Annotated[int, typer.Option(help="How many letters each import has.")] = 20_000,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
) -> None:
    """The whole import of letters with answers, with and without publication, against bare inserts of the same texts."""
    from tongban.bench.imports import run

    raise typer.Exit(run(letters=letters, database=database))


@bench.command("ledger")
def bench_ledger(
    seconds: Annotated[float, typer.Option(help="How long each measurement with writers runs.")] = 8.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    size: Annotated[int, typer.Option(help="Entries in the log whose proofs are measured; ten million take about 5 GB for a while.")] = 10_000_000,
) -> None:
    """Entries into the log, acts while it grows, proofs, verification, and what the ledger costs the intake."""
    from tongban.bench.ledger import run

    raise typer.Exit(run(database=database, size=size, seconds=seconds))


@bench.command("scan")
def bench_scan(megabytes: Annotated[int, typer.Option(help="Size of each text.")] = 48) -> None:
    """The scanner's speed and rightness, its peers where they are installed, and this machine's floors."""
    from tongban.bench.scan import run

    raise typer.Exit(run(megabytes=megabytes))


@bench.command("text")
def bench_text(
    data: Annotated[Path | None, typer.Option(help="CSV of letters: label, detail or text, subject.")] = None,
    matters: Annotated[Path | None, typer.Option(help="CSV of the matters: code, parent, name, description.")] = None,
    folds: Annotated[int, typer.Option(help="Parts of the cross-validation.")] = 5,
    topics: Annotated[int, typer.Option(help="Group so many invented letters by trouble instead; 1000000 takes half an hour.", min=0)] = 0,
    threshold: Annotated[float | None, typer.Option(help="For --topics: how alike letters of one trouble are; chosen from the letters unless told.")] = None,
) -> None:
    """The suggester of matters: how right, how sure, how fast, with simple methods beside it. Or topics of invented letters."""
    if topics:
        from tongban.bench.topics import run as run_topics

        raise typer.Exit(run_topics(letters=topics, threshold=threshold))
    if data is None:
        raise typer.BadParameter("say --data or --topics")
    from tongban.bench.text import run

    raise typer.Exit(run(data=data, matters=matters, folds=folds))


@app.command(hidden=True)
def messages(
    folder: Annotated[Path | None, typer.Argument(help="The package whose words are collected; by default this house itself.")] = None,
) -> None:
    """Refresh the message catalogues (for those who work on Tongban, or on a room beside it; needs GNU gettext)."""
    django_ready()
    from tongban.portal.messages import HERE, refresh

    typer.echo(refresh((folder or HERE).absolute()))


@app.command()
def screenshots(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")] = Path("docs/pictures"),
    url: Annotated[str, typer.Option(help="A served site; without it a demo is served.")] = "",
) -> None:
    """Take pictures of the main pages with the system's Chromium (test group needed)."""
    from tongban.screenshots import take

    raise typer.Exit(take(folder, url))


def main(arguments: Any = None) -> None:
    """The entry point: settings errors are said plainly, not as a traceback."""
    from pydantic import ValidationError

    try:
        app(args=arguments)
    except ValidationError as error:
        for item in error.errors():
            console.print(f"TONGBAN_{str(item['loc'][0]).upper()}: {item['msg']}", style="red", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
