"""`tongban bench …`: what is measured, each in a module of `tongban.bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure this machine; prints JSON lines.")


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
    """The whole import of letters with answers, with and without publication, against bare
    inserts of the same texts."""
    from tongban.bench.imports import run

    raise typer.Exit(run(letters=letters, database=database))


@bench.command("services")
def bench_services(
    tables: Annotated[int, typer.Option(help="Items with conditions, for one person.")] = 2000,
    people: Annotated[int, typer.Option(help="People, for 200 items.")] = 1_000_000,
    forms: Annotated[int, typer.Option(help="Forms of 39 fields that are checked.")] = 100_000,
    seconds: Annotated[float, typer.Option(help="How long each measurement over HTTP runs; 0 leaves them out.")] = 6.0,
    offerings: Annotated[
        int, typer.Option(help="Offerings taken in and searched; 1500000 take a quarter of an hour and 2 GB of disk.")
    ] = 0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
) -> None:
    """Conditions for one person and for many, a form checked with every error, certificates; drafts and applications
    over HTTP; a catalogue of many offerings."""
    from tongban.bench.services import run

    raise typer.Exit(
        run(
            tables=tables, people=people, forms=forms, seconds=seconds, offerings=offerings, database=database,
        )
    )  # fmt: skip


@bench.command("ledger")
def bench_ledger(
    seconds: Annotated[float, typer.Option(help="How long each measurement with writers runs.")] = 8.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    size: Annotated[
        int, typer.Option(help="Entries in the log whose proofs are measured; ten million take about 5 GB for a while.")
    ] = 10_000_000,
) -> None:
    """Entries into the log, acts while it grows, proofs, verification, and what the ledger costs the intake."""
    from tongban.bench.ledger import run

    raise typer.Exit(run(database=database, size=size, seconds=seconds))


@bench.command("search")
def bench_search(
    letters: Annotated[int, typer.Option(help="Letters of the bench's own making, each with its answer.")] = 100_000,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
) -> None:
    """The sealed search: its size, how fast it takes letters in, and a search for officials who
    see few or many of them."""
    from tongban.bench.search import run

    raise typer.Exit(run(letters=letters, database=database))


@bench.command("ask")
def bench_ask(
    letters: Annotated[int, typer.Option(help="Published letters of the bench's own making.")] = 100_000,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both")] = "both",
) -> None:
    """The box of the home page with many published letters: what it takes in the server."""
    from tongban.bench.ask import run

    raise typer.Exit(run(letters=letters, database=database))


@bench.command("reports")
def bench_reports(
    names: Annotated[int, typer.Option(help="Listed names; a million take ten minutes and 4 GB.")] = 1_000_000,
    rounds: Annotated[int, typer.Option(help="Decisions, each lifted again, that are timed at the resolvers.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long reports are sent.")] = 8.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both, for the reports that are sent.")] = "both",
) -> None:
    """Addresses looked up, the policy zone, reports taken; decisions, liftings and kills at real resolvers."""
    from tongban.bench.reports import run

    raise typer.Exit(run(names=names, rounds=rounds, seconds=seconds, database=database))


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
    topics: Annotated[
        int, typer.Option(help="Group so many invented letters by trouble instead; 1000000 takes half an hour.", min=0)
    ] = 0,
    threshold: Annotated[
        float | None,
        typer.Option(help="For --topics: how alike letters of one trouble are; chosen from the letters unless told."),
    ] = None,
) -> None:
    """The suggester of matters: how right, how sure, how fast, with simple methods beside it. Or
    topics of invented letters."""
    if topics:
        from tongban.bench.topics import run as run_topics

        raise typer.Exit(run_topics(letters=topics, threshold=threshold))
    if data is None:
        raise typer.BadParameter("say --data or --topics")
    from tongban.bench.text import run

    raise typer.Exit(run(data=data, matters=matters, folds=folds))
