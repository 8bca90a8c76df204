"""`tongban text …`: learn to suggest matters from a CSV of letters, and judge it. Needs no settings and no database."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tongban.text import Example, MatterText, ModelFileError
from tongban.text.loops import FAST

text = typer.Typer(no_args_is_help=True, help="Learn to suggest matters from letters; judge it.")
console = Console(stderr=True)
CSV_HELP = "CSV with the columns label (the matter's code), detail or text, and if there is one subject and id."
BODIES = ("text", "detail", "body", "seg_text")
Letters = Annotated[Path, typer.Argument(help=CSV_HELP)]
Matters = Annotated[Path | None, typer.Option(help="CSV of the matters: code, parent, name, description. Without it the labels are the matters, all on one level.")]


class LettersFileError(ValueError):
    """The file cannot be read as letters or matters; says why."""


@contextmanager
def said() -> Iterator[None]:
    """Errors in words, with exit code 1."""
    try:
        yield
    except (LettersFileError, ModelFileError, ValueError, OSError) as error:
        console.print(f"✗ {error}", style="red", markup=False)
        raise typer.Exit(1) from None


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step, on the terminal."""
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def at(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield at


def read_letters(file: Path) -> list[Example]:
    """The letters of a CSV; rows without a label or a text are reported with their line and left out. Raises LettersFileError."""
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
        console.print(f"line {line}: {reason}", style="yellow", markup=False)
    if len(rejected) > 20:
        console.print(f"… and {len(rejected) - 20} rows more", style="yellow")
    return found


def read_matters(file: Path) -> tuple[dict[str, str | None], list[MatterText], dict[str, str]]:
    """(code → its parent's, what the matters say of themselves, code → name)."""
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
    if not FAST and letters > 500:
        console.print("Without numba this takes hours; install the extra: pip install 'tongban[scan]'", style="yellow", markup=False)


@text.command("train")
def train_model(
    letters: Letters,
    models: Annotated[Path, typer.Option(help="Folder of models; the new one becomes current, the last one previous.")] = Path("models"),
    matters: Matters = None,
    seed: Annotated[int, typer.Option(help="The same letters and seed give the same model.")] = 0,
) -> None:
    """Learn a model, put it in use, and print its card."""
    from tongban.text.matters_training import train
    from tongban.text.models_folder import keep

    with said():
        examples, tree, texts, names = read(letters, matters)
        slow_without_numba(len(examples))
        with shown() as progress:
            model = train(examples, tree, texts=texts, progress=progress, seed=seed)
        where = keep(model, models, names)
        typer.echo((where / "card.md").read_text(encoding="utf-8"), nl=False)
        console.print(f"{where} is in use", markup=False)


@text.command("back")
def back(models: Annotated[Path, typer.Argument(help="Folder of models.")] = Path("models")) -> None:
    """Put the previous model in use again."""
    from tongban.text.models_folder import go_back

    with said():
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
