"""Copies of files and databases without their sensitive values: text, CSV, Parquet, and databases into a new SQLite
file or another database.

Two passes over a table: the first says what each column is, the second writes. The copy appears at its end, whole, or
not at all. What cannot be copied faithfully (binary columns, skipped tables) is told, never left out in silence.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from .columns import Verdict, verdicts
from .findings import Finding, kinds
from .replacing import Replacer
from .reversible import REVERSIBLE
from .scan import Options
from .scanning import scan_text
from .sources import BytesPiece, Finished, Skipped, SourceError, TableBatch, TextPiece, read_database, read_path
from .sources.blobs import opened
from .sources.jsonfiles import form_of
from .sources.recognise import recognise
from .sources.rows import names_of
from .streaming import pieces_with_findings
from .tally import Tally

Step = Callable[[str, int], None]


@dataclass(slots=True)
class Copied:
    """What a copy did: replaced values by type, rows, characters, and what was not copied and why."""

    replaced: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    characters: int = 0
    left: list[str] = field(default_factory=list)

    def count(self, type: str) -> None:
        """One value replaced."""
        self.replaced[type] = self.replaced.get(type, 0) + 1


def copy(
    source: str, target: str, replacer: Replacer, options: Options | None = None, step: Step | None = None
) -> Copied:
    """Copies `source` (a file or the URL of a database) to `target`. Raises SourceError where it cannot be read or the
    target is there already."""
    chosen, tell = options or Options(), step or (lambda _name, _done: None)
    if "://" not in target and os.path.exists(target):
        raise SourceError("target_exists", str(target))
    done = Copied()
    if "://" not in source and os.path.isfile(source) and _is_json(source):
        raise SourceError("json_by_value")
    if "://" in source or _is_sqlite(source):
        _database(source, target, replacer, chosen, done, tell)
    elif source.lower().endswith(".parquet"):
        _parquet(source, target, replacer, chosen, done, tell)
    else:
        _file(source, target, replacer, chosen, done, tell)
    return done


def _is_sqlite(source: str) -> bool:
    try:
        with open(source, "rb") as file:
            return file.read(16) == b"SQLite format 3\x00"
    except OSError:
        raise SourceError("unreadable", source) from None


def _is_json(source: str) -> bool:
    with opened(source) as blob:
        kind = recognise(blob) if blob.size else None
        return kind is not None and kind.form == "text" and kind.encoding == "utf-8" and bool(form_of(blob, kind.begin))


@contextmanager
def _whole(target: str, newline: str | None = None) -> Iterator[TextIO]:
    """A file that takes its name only when all of it is written."""
    part = Path(f"{target}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline=newline, errors="surrogatepass") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _file(source: str, target: str, replacer: Replacer, options: Options, done: Copied, tell: Step) -> None:
    tallies: dict[str, Tally] = {}
    first = next(iter(read_path(source)), None)
    if isinstance(first, TableBatch):
        if first.source != source or "!/" in first.part or first.part:
            raise SourceError("mask_sheets")
        for piece in read_path(source):
            _first_look(tallies, piece, done)
        plan = {part: _plan(tally, replacer, options) for part, tally in tallies.items()}
        with _whole(target, "") as file:
            out: Any = None
            for piece in read_path(source):
                if isinstance(piece, TableBatch):
                    if out is None:
                        out = csv.writer(
                            file,
                            delimiter="\t" if source.lower().endswith((".tsv", ".tab")) else ",",
                            lineterminator="\n",
                        )
                        named = tallies[piece.part].columns
                        if named != names_of(None, len(named)):  # a table without a header stays one
                            out.writerow(named)
                    columns = _replaced(piece, plan[piece.part], replacer, options, done)
                    out.writerows(zip(*columns, strict=True))
                    done.rows += piece.rows
                    tell(piece.part or source, piece.done)
                elif isinstance(piece, (TextPiece, BytesPiece)):
                    raise SourceError("broken_rows")
    else:
        with _whole(target, "") as file:
            _text(source, file, replacer, options, done, tell)


def _text(source: str, file: TextIO, replacer: Replacer, options: Options, done: Copied, tell: Step) -> None:
    def scan(text: str) -> list[Finding]:
        return scan_text(text, patterns=options.patterns, people=options.stage, checked_only=options.checked_only)

    for text, found in pieces_with_findings(_owned(source, tell), scan):
        at = 0
        for item in found:
            if not _stays(replacer, item.type):
                file.write(text[at : item.start])
                file.write(replacer.value(text[item.start : item.end], item.type))
                done.count(item.type)
                at = item.end
        file.write(text[at:])
        done.characters += len(text)


def _owned(source: str, tell: Step) -> Iterator[str]:
    """The text of a file in chunks that adjoin. Raises SourceError where it is no text or cannot be read to its end."""
    for piece in read_path(source, mode="text"):
        if isinstance(piece, Skipped):
            raise SourceError(piece.why, f"{piece.source} {piece.more}".strip())
        if isinstance(piece, TextPiece):
            if piece.part:
                raise SourceError("mask_kinds")
            yield piece.owned
            tell(source, piece.done)


def _stays(replacer: Replacer, type: str) -> bool:
    return replacer.backwards and type not in REVERSIBLE


def _first_look(tallies: dict[str, Tally], piece: Any, done: Copied) -> None:
    if isinstance(piece, Skipped):
        done.left.append(f"{piece.source} {piece.part}: {piece.words}")
    elif isinstance(piece, TableBatch):
        tally = tallies.get(piece.part)
        values = [piece.column(name) for name in piece.columns]
        if tally is None:
            tally = tallies[piece.part] = Tally(piece.columns, piece.comments, piece.types)
        tally.widen(piece.columns)
        tally.feed_values(values)
    elif isinstance(piece, Finished) and piece.part and not piece.rows and piece.part not in tallies:
        done.left.append(f"{piece.source} {piece.part}: 空表，没有复制")


Way = Callable[[str], str]


def _plan(tally: Tally, replacer: Replacer, options: Options) -> list[Verdict]:
    return verdicts(tally, False, options.rules)


def _replaced(
    piece: TableBatch, plan: Sequence[Verdict], replacer: Replacer, options: Options, done: Copied
) -> list[list[str | None]]:
    return [
        _column(piece.column(name), verdict, replacer, options, done)
        for name, verdict in zip(piece.columns, plan, strict=False)
    ]


def _column(
    values: Sequence[str | None], verdict: Verdict, replacer: Replacer, options: Options, done: Copied
) -> list[str | None]:
    """A column of one type is replaced cell by cell; other text only where something stands in it."""
    whole = bool(verdict.type) and verdict.why != "in-text" and verdict.type != "gender"
    if whole and verdict.type in kinds() and kinds()[verdict.type].subject == "organisation":
        whole = False
    made: list[str | None] = []
    for value in values:
        if not value:
            made.append(value)
        elif whole:
            if _stays(replacer, verdict.type):
                made.append(value)
                continue
            done.count(verdict.type)
            made.append(replacer.value(value, verdict.type))
        elif len(value) < 5:
            made.append(value)
        else:
            found = scan_text(value, patterns=options.patterns, people=options.stage, checked_only=options.checked_only)
            if (
                verdict.type == ""
                and verdict.sure >= 0.8
                and all(item.start == 0 and item.end == len(value) for item in found)
            ):
                found = []  # the column is calm: a number that passes a check by chance stays
            for item in found:
                done.count(item.type)
            made.append(replacer.text(value, found) if found else value)
    return made


def _parquet(source: str, target: str, replacer: Replacer, options: Options, done: Copied, tell: Step) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise SourceError("needs_parquet") from None
    tallies: dict[str, Tally] = {}
    for piece in read_path(source):
        _first_look(tallies, piece, done)
    if not tallies:
        raise SourceError("no_parquet", source)
    tally = next(iter(tallies.values()))
    plan = dict(zip(tally.columns, _plan(tally, replacer, options), strict=True))
    part = Path(f"{target}.{os.getpid()}.part")
    writer: Any = None
    try:
        with parquet.ParquetFile(source) as file:
            for batch in file.iter_batches(10_000, use_threads=False):
                columns = []
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    verdict = plan.get(name)
                    touched = verdict is not None and (
                        verdict.type or pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
                    )
                    if touched and verdict is not None:
                        cells = [None if value is None else str(value) for value in column.to_pylist()]
                        columns.append(pa.array(_column(cells, verdict, replacer, options, done), pa.string()))
                    else:
                        columns.append(column)
                table = pa.Table.from_arrays(columns, names=batch.schema.names)
                if writer is None:
                    writer = parquet.ParquetWriter(part, table.schema)
                writer.write_table(table)
                done.rows += batch.num_rows
                tell(source, done.rows)
        if writer is None:
            raise SourceError("empty_parquet", source)
        writer.close()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _database(source: str, target: str, replacer: Replacer, options: Options, done: Copied, tell: Step) -> None:
    url = source if "://" in source else f"sqlite:///{os.path.abspath(source)}"
    tallies: dict[str, Tally] = {}
    for piece in read_database(url, tables=options.tables):
        _first_look(tallies, piece, done)
        tell(getattr(piece, "part", ""), 0)
    plan = {part: _plan(tally, replacer, options) for part, tally in tallies.items()}
    put = IntoDatabase(target) if "://" in target else IntoSqlite(target)
    try:
        for piece in read_database(url, tables=options.tables):
            if isinstance(piece, TableBatch):
                put.rows(piece, _replaced(piece, plan[piece.part], replacer, options, done))
                done.rows += piece.rows
                tell(piece.part, done.rows)
        put.finish()
    finally:
        put.close()


class IntoSqlite:
    """Writes tables into a new SQLite file; the file takes its name at the end."""

    def __init__(self, target: str) -> None:
        self._target, self._part = target, f"{target}.{os.getpid()}.part"
        Path(self._part).unlink(missing_ok=True)
        try:
            self._connection = sqlite3.connect(self._part)
        except sqlite3.Error:
            raise SourceError("unwritable", str(target)) from None
        self._made: set[str] = set()

    def rows(self, piece: TableBatch, columns: Sequence[Sequence[str | None]]) -> None:
        """Adds the rows of a batch."""
        table = _quoted(piece.part)
        if piece.part not in self._made:
            names = ", ".join(f"{_quoted(name)} {_affinity(piece.types.get(name, ''))}" for name in piece.columns)
            self._connection.execute(f"CREATE TABLE {table} ({names})")
            self._made.add(piece.part)
        marks = ", ".join("?" * len(piece.columns))
        self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", list(zip(*columns, strict=True)))  # noqa: S608 - quoted names
        self._connection.commit()

    def finish(self) -> None:
        """The copy is whole."""
        self._connection.close()
        os.replace(self._part, self._target)

    def close(self) -> None:
        """Nothing of an unfinished copy stays."""
        self._connection.close()
        Path(self._part).unlink(missing_ok=True)


class IntoDatabase:
    """Writes tables into another database, in one transaction; they must not be there yet."""

    def __init__(self, target: str) -> None:
        try:
            import sqlalchemy
        except ImportError:
            raise SourceError("needs_databases") from None
        self._sql = sqlalchemy
        scheme, _, rest = target.partition("://")
        try:
            self._engine = sqlalchemy.create_engine(
                {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}.get(
                    scheme, scheme
                )
                + "://"
                + rest
            )
            self._connection = self._engine.connect()
        except Exception:  # drivers raise what they like, with the address in their words
            raise SourceError("target_refused") from None
        self._made: dict[str, Any] = {}
        self._there = set(sqlalchemy.inspect(self._connection).get_table_names())

    def rows(self, piece: TableBatch, columns: Sequence[Sequence[str | None]]) -> None:
        """Adds the rows of a batch."""
        name = piece.part.rpartition(".")[2]
        if name not in self._made:
            if name in self._there:
                raise SourceError("table_exists", name)
            table = self._sql.Table(
                name, self._sql.MetaData(), *(self._sql.Column(column, self._sql.Text) for column in piece.columns)
            )
            table.create(self._connection)
            self._made[name] = table
        lines = [dict(zip(piece.columns, line, strict=True)) for line in zip(*columns, strict=True)]
        if lines:
            self._connection.execute(self._made[name].insert(), lines)

    def finish(self) -> None:
        """The copy is whole."""
        self._connection.commit()

    def close(self) -> None:
        """What was not finished is rolled back."""
        self._connection.close()
        self._engine.dispose()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _affinity(declared: str) -> str:
    """The declared type where it is a plain word, so that numbers stay numbers."""
    return (
        declared
        if declared and declared.replace(" ", "").replace("(", "").replace(")", "").replace(",", "").isalnum()
        else "TEXT"
    )


__all__ = ["Copied", "copy"]
