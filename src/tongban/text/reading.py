"""Letters and matters from CSV files, for learning and for topics without a database. Not for the
import into a deployment."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from .matters_training import Example
from .suggesting import MatterText
from .topics import Letter
from .weighing import READ

BODIES = ("text", "detail", "body", "seg_text")
"""The columns in which the text of a letter may stand; the first that is there is taken."""
Reject = Callable[[int, str], None]
"""Told of each row that is left out: its line and why."""


class LettersFileError(ValueError):
    """The file cannot be read as letters or matters; says why."""


def read_letters(file: Path, reject: Reject) -> list[Example]:
    """The letters of a CSV; rows without a label or a text are left out. Raises LettersFileError."""
    found: list[Example] = []
    for line, row in _rows(file):
        columns = [name for name in BODIES if name in row]
        if not columns or "label" not in row:
            raise LettersFileError(
                f"{file}: needs the columns label and one of {', '.join(BODIES)}; it has {', '.join(row)}"
            )
        body, subject, label = row[columns[0]] or "", row.get("subject") or "", (row["label"] or "").strip()
        if not label or not (body + subject).strip():
            reject(line, "no label" if not label else "no text")
            continue
        found.append(Example(row.get("id") or row.get("row") or str(line), body, label, subject))
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
        tree[code], names[code], descriptions[code] = (
            (row.get("parent") or "").strip() or None,
            row.get("name") or "",
            row.get("description") or "",
        )

    def path(code: str | None) -> list[str]:
        line_of: list[str] = []
        while code in names and len(line_of) < 20:
            line_of.append(names[code])
            code = tree[code]
        return line_of

    return tree, [MatterText(code, path(code), descriptions[code]) for code in tree], names


def read(
    letters: Path, matters: Path | None, reject: Reject
) -> tuple[list[Example], dict[str, str | None], list[MatterText], dict[str, str]]:
    """Letters and matters; without a file of matters the labels are the matters."""
    examples = read_letters(letters, reject)
    if matters is None:
        return examples, dict.fromkeys(sorted({example.code for example in examples})), [], {}
    tree, texts, names = read_matters(matters)
    return examples, tree, texts, names


def read_for_topics(file: Path, reject: Reject) -> Iterator[Letter]:
    """The letters of a CSV with their times and places, as much of each as is read for topics; a time that cannot be
    read is told and left out."""
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
                reject(line, f"{row['sent_at']!r} is not a time")
        body = f"{row.get('subject') or ''}\n{row[columns[0]] or ''}".strip()
        if body:
            yield Letter(row.get("id") or str(line), body[:READ], at, row.get("place") or "", row.get("sender") or "")


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
