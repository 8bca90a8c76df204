"""`tongban text …`: learn to suggest matters from a CSV of letters, and judge it; with --here
from the deployment's own.

From a file it needs no settings and no database. What learns is imported when a command runs: `tongban` itself starts
without numba and the model. Not for reading the files: `tongban.text.reading`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tongban.config.ready import django_ready

text = typer.Typer(no_args_is_help=True)
console = Console(stderr=True)
CSV_HELP = "CSV with the columns label (the matter's code), detail or text, and if there is one subject and id."
Letters = Annotated[Path, typer.Argument(help=CSV_HELP)]
MATTERS_HELP = (
    "CSV of the matters: code, parent, name, description. Without it the labels are the matters, all on one level."
)
Matters = Annotated[Path | None, typer.Option(help=MATTERS_HELP)]


@contextmanager
def said() -> Iterator[None]:
    """Errors in words, with exit code 1."""
    try:
        yield
    except (ValueError, OSError) as error:
        console.print(f"✗ {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step, on the terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def at(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield at


def told(line: int, reason: str) -> None:
    """Tell of a row that is left out, or in part."""
    console.print(f"line {line}: {reason}", style="yellow", markup=False, soft_wrap=True)


@contextmanager
def left_out() -> Iterator[Callable[[int, str], None]]:
    """Takes the rows that are left out: the first twenty are told, the others counted."""
    count = 0

    def reject(line: int, reason: str) -> None:
        nonlocal count
        count += 1
        if count <= 20:
            told(line, reason)

    yield reject
    if count > 20:
        console.print(f"… and {count - 20} rows more", style="yellow")


def slow_without_numba(letters: int) -> None:
    """Say so, before somebody waits for hours."""
    from tongban.text.loops import FAST

    if not FAST and letters > 500:
        console.print(
            "Without numba this takes hours; install the extra: pip install 'tongban[scan]'",
            style="yellow",
            markup=False,
        )


@text.command("train")
def train_model(
    letters: Annotated[Path | None, typer.Argument(help=CSV_HELP)] = None,
    here: Annotated[
        bool,
        typer.Option("--here", help="Learn from this deployment's own letters, and put the model in use at its desk."),
    ] = False,
    models: Annotated[
        Path, typer.Option(help="Folder of models; the new one becomes current, the last one previous.")
    ] = Path("models"),
    matters: Matters = None,
    seed: Annotated[int, typer.Option(help="The same letters and seed give the same model.")] = 0,
) -> None:
    """Learn a model, put it in use, and print its card."""
    from tongban.text.matters_training import train
    from tongban.text.models_folder import keep
    from tongban.text.reading import LettersFileError, read

    with said():
        if here:
            django_ready()
            from tongban.letters.advice import matters as advice

            with shown() as progress:
                advice.learn(progress)
            typer.echo(advice.card("card.md"), nl=False)
            return
        if letters is None:
            raise LettersFileError("say which letters: a CSV file, or --here for this deployment's own")
        with left_out() as reject:
            examples, tree, texts, names = read(letters, matters, reject)
        slow_without_numba(len(examples))
        with shown() as progress:
            model = train(examples, tree, texts=texts, progress=progress, seed=seed)
        where = keep(model, models, names)
        typer.echo((where / "card.md").read_text(encoding="utf-8"), nl=False)
        console.print(f"{where} is in use", markup=False)


@text.command("back")
def back(
    models: Annotated[Path, typer.Argument(help="Folder of models.")] = Path("models"),
    here: Annotated[bool, typer.Option("--here", help="The models of this deployment.")] = False,
) -> None:
    """Put the previous model in use again."""
    from tongban.text.models_folder import go_back

    with said():
        if here:
            django_ready()
            from tongban.letters.advice import matters as advice

            typer.echo(f"{advice.put_back()} is in use again")
            return
        typer.echo(f"{go_back(models)} is in use again")


@text.command("evaluate")
def evaluate_model(
    letters: Letters,
    matters: Matters = None,
    folds: Annotated[
        int, typer.Option(help="Into how many parts the letters are split; near copies stay together.")
    ] = 5,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Judge by cross-validation, with simple methods beside it; prints JSON."""
    from tongban.text.evaluating import evaluate
    from tongban.text.reading import read

    with said():
        with left_out() as reject:
            examples, tree, _texts, _names = read(letters, matters, reject)
        slow_without_numba(len(examples))
        with shown() as progress:
            found = evaluate(examples, tree, count=folds, seed=seed, progress=progress)
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


@text.command("topics")
def topics(
    letters: Annotated[
        Path | None,
        typer.Argument(help="CSV with subject, body (or detail, text), and if there are id, sender, sent_at, place."),
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="This deployment's own letters; the pages of topics are renewed.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Group all letters by trouble instead of telling what is rising.")
    ] = False,
    days: Annotated[int, typer.Option(help="Length of the period that is looked at.", min=1)] = 7,
    before: Annotated[int, typer.Option(help="Days before it that it is compared with.", min=1)] = 21,
    fewest: Annotated[int, typer.Option(help="Topics of fewer people are not told.", min=1)] = 2,
) -> None:
    """What troubles are rising, or all letters grouped by trouble; prints JSON lines."""
    from tongban.text import cluster, hot_topics
    from tongban.text.reading import LettersFileError, read_for_topics

    with said():
        if here:
            django_ready()
            from tongban.letters.advice import rising

            typer.echo(f"{rising.work_out()} topics")
            return
        if letters is None:
            raise LettersFileError("say which letters: a CSV file, or --here for this deployment's own")
        found = list(read_for_topics(letters, told))
        if every:
            with shown() as progress:
                groups = cluster(found, progress=progress)
            for number, group in enumerate(groups.groups):
                typer.echo(json.dumps({"topic": number, "letters": len(group), "ids": list(group)}, ensure_ascii=False))
            console.print(
                f"{len(found)} letters, {len(groups.groups)} groups, threshold {groups.threshold:.3f}", markup=False
            )
            return
        times = [one.at for one in found if one.at]
        if not times:
            raise LettersFileError(f"{letters}: no letter has a time (column sent_at); --all groups them without")
        until = max(times) + timedelta(seconds=1)
        since = until - timedelta(days=days)
        for topic in hot_topics(found, since, until, since - timedelta(days=before), fewest_senders=fewest):
            typer.echo(
                json.dumps(
                    {
                        "name": topic.name,
                        "place": topic.place,
                        "letters": topic.letters,
                        "senders": topic.senders,
                        "senders_before": topic.senders_before,
                        "growth": topic.growth,
                        "significance": topic.significance,
                        "ids": list(topic.ids),
                    },
                    ensure_ascii=False,
                )
            )
