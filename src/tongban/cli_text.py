"""`tongban text …`: learn to suggest matters from a CSV of letters, and judge it. Needs no settings and no database."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:  # at run time only in the commands: `tongban` itself starts without numba and the model
    from tongban.text import Example, Letter, MatterText

text = typer.Typer(no_args_is_help=True, help="Learn to suggest matters from letters; judge it.")
console = Console(stderr=True)
CSV_HELP = "CSV with the columns label (the matter's code), detail or text, and if there is one subject and id."
BODIES = ("text", "detail", "body", "seg_text")
Letters = Annotated[Path, typer.Argument(help=CSV_HELP)]
MATTERS_HELP = "CSV of the matters: code, parent, name, description. Without it the labels are the matters, all on one level."
Matters = Annotated[Path | None, typer.Option(help=MATTERS_HELP)]


class LettersFileError(ValueError):
    """The file cannot be read as letters or matters; says why."""


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
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def at(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield at


def read_letters(file: Path) -> list[Example]:
    """The letters of a CSV; rows without a label or a text are reported with their line and left out. Raises LettersFileError."""
    from tongban.text import Example

    rejected: list[tuple[int, str]] = []
    found: list[Example] = []
    for line, row in _rows(file):
        columns = [name for name in BODIES if name in row]
        if not columns or "label" not in row:
            raise LettersFileError(f"{file}: needs the columns label and one of {', '.join(BODIES)}; it has {', '.join(row)}")
        body, subject, label = row[columns[0]] or "", row.get("subject") or "", (row["label"] or "").strip()
        if not label or not (body + subject).strip():
            rejected.append((line, "no label" if not label else "no text"))
            continue
        found.append(Example(row.get("id") or row.get("row") or str(line), body, label, subject))
    for line, reason in rejected[:20]:
        console.print(f"line {line}: {reason}", style="yellow", markup=False, soft_wrap=True)
    if len(rejected) > 20:
        console.print(f"… and {len(rejected) - 20} rows more", style="yellow")
    return found


def read_matters(file: Path) -> tuple[dict[str, str | None], list[MatterText], dict[str, str]]:
    """(code → its parent's, what the matters say of themselves, code → name)."""
    from tongban.text import MatterText

    tree: dict[str, str | None] = {}
    names: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    for line, row in _rows(file):
        code = (row.get("code") or "").strip()
        if not code:
            raise LettersFileError(f"{file}, line {line}: no code")
        tree[code], names[code], descriptions[code] = (row.get("parent") or "").strip() or None, row.get("name") or "", row.get("description") or ""

    def path(code: str | None) -> list[str]:
        line_of: list[str] = []
        while code in names and len(line_of) < 20:
            line_of.append(names[code])
            code = tree[code]
        return line_of

    return tree, [MatterText(code, path(code), descriptions[code]) for code in tree], names


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(2**31 - 1)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            for row in reader:
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise LettersFileError(f"{file}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise LettersFileError(f"{file}: {error}") from None


def read(letters: Path, matters: Path | None) -> tuple[list[Example], dict[str, str | None], list[MatterText], dict[str, str]]:
    """Letters and matters; without a file of matters the labels are the matters."""
    examples = read_letters(letters)
    if matters is None:
        return examples, dict.fromkeys(sorted({example.code for example in examples})), [], {}
    tree, texts, names = read_matters(matters)
    return examples, tree, texts, names


def slow_without_numba(letters: int) -> None:
    """Say so, before somebody waits for hours."""
    from tongban.text.loops import FAST

    if not FAST and letters > 500:
        console.print("Without numba this takes hours; install the extra: pip install 'tongban[scan]'", style="yellow", markup=False)


@text.command("train")
def train_model(
    letters: Annotated[Path | None, typer.Argument(help=CSV_HELP)] = None,
    here: Annotated[bool, typer.Option("--here", help="Learn from this deployment's own letters, and put the model in use at its desk.")] = False,
    models: Annotated[Path, typer.Option(help="Folder of models; the new one becomes current, the last one previous.")] = Path("models"),
    matters: Matters = None,
    seed: Annotated[int, typer.Option(help="The same letters and seed give the same model.")] = 0,
) -> None:
    """Learn a model, put it in use, and print its card."""
    from tongban.text.matters_training import train
    from tongban.text.models_folder import keep

    with said():
        if here:
            django_ready()
            from tongban.letters.advice import matters as advice

            with shown() as progress:
                where = advice.learn(progress)
            typer.echo((where / "card.md").read_text(encoding="utf-8"), nl=False)
            return
        if letters is None:
            raise LettersFileError("say which letters: a CSV file, or --here for this deployment's own")
        examples, tree, texts, names = read(letters, matters)
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

            models = advice.folder()
        typer.echo(f"{go_back(models)} is in use again")


@text.command("evaluate")
def evaluate_model(
    letters: Letters,
    matters: Matters = None,
    folds: Annotated[int, typer.Option(help="Into how many parts the letters are split; near copies stay together.")] = 5,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Judge by cross-validation, with simple methods beside it; prints JSON."""
    from tongban.text.evaluating import evaluate

    with said():
        examples, tree, _texts, _names = read(letters, matters)
        slow_without_numba(len(examples))
        with shown() as progress:
            found = evaluate(examples, tree, count=folds, seed=seed, progress=progress)
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


def django_ready() -> None:
    """Set Django up for what reads this deployment's letters."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    from tongban.config.demo_keys import use_demo_keys_if_there

    use_demo_keys_if_there()
    import django

    django.setup()


@text.command("topics")
def topics(
    letters: Annotated[Path | None, typer.Argument(help="CSV with subject, body (or detail, text), and if there are id, sender, sent_at, place.")] = None,
    here: Annotated[bool, typer.Option("--here", help="This deployment's own letters; the pages of topics are renewed.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Group all letters by trouble instead of telling what is rising.")] = False,
    days: Annotated[int, typer.Option(help="Length of the period that is looked at.", min=1)] = 7,
    before: Annotated[int, typer.Option(help="Days before it that it is compared with.", min=1)] = 21,
    fewest: Annotated[int, typer.Option(help="Topics of fewer people are not told.", min=1)] = 2,
) -> None:
    """What troubles are rising, or all letters grouped by trouble; prints JSON lines."""
    from tongban.text import cluster, hot_topics

    with said():
        if here:
            django_ready()
            from tongban.letters.advice import rising

            typer.echo(f"{rising.work_out()} topics")
            return
        if letters is None:
            raise LettersFileError("say which letters: a CSV file, or --here for this deployment's own")
        found = list(read_for_topics(letters))
        if every:
            with shown() as progress:
                groups = cluster(found, progress=progress)
            for number, group in enumerate(groups.groups):
                typer.echo(json.dumps({"topic": number, "letters": len(group), "ids": list(group)}, ensure_ascii=False))
            console.print(f"{len(found)} letters, {len(groups.groups)} groups, threshold {groups.threshold:.3f}", markup=False)
            return
        times = [one.at for one in found if one.at]
        if not times:
            raise LettersFileError(f"{letters}: no letter has a time (column sent_at); --all groups them without")
        until = max(times) + timedelta(seconds=1)
        since = until - timedelta(days=days)
        for topic in hot_topics(found, since, until, since - timedelta(days=before), fewest_senders=fewest):
            typer.echo(json.dumps({"name": topic.name, "place": topic.place, "letters": topic.letters, "senders": topic.senders, "senders_before": topic.senders_before, "growth": topic.growth, "significance": topic.significance, "ids": list(topic.ids)}, ensure_ascii=False))


def read_for_topics(file: Path) -> Iterator[Letter]:
    """The letters of a CSV with their times and places, as much of each as is read for topics; a time that cannot be read is said and left out."""
    from tongban.text import Letter
    from tongban.text.weighing import READ

    for line, row in _rows(file):
        columns = [name for name in BODIES if name in row]
        if not columns:
            raise LettersFileError(f"{file}: needs one of the columns {', '.join(BODIES)}; it has {', '.join(row)}")
        at = None
        if row.get("sent_at"):
            try:
                at = datetime.fromisoformat(row["sent_at"])
                at = at if at.tzinfo else at.replace(tzinfo=UTC)
            except ValueError:
                console.print(f"line {line}: {row['sent_at']!r} is no time", style="yellow", markup=False)
        body = f"{row.get('subject') or ''}\n{row[columns[0]] or ''}".strip()
        if body:
            yield Letter(row.get("id") or str(line), body[:READ], at, row.get("place") or "", row.get("sender") or "")
