"""Scans sources into a report: tables by column, texts by file. In bounded memory, resumable from part to part.

Sample values leave here masked. Not for the readers of files and databases (`sources`) nor for the command (`cli_scan`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from . import cells, compiled, engine
from .columns import Verdict, verdicts
from .findings import TYPES, Finding, kinds
from .grading import grade, stricter
from .masking import shown
from .patterns import PATTERNS, Pattern
from .report import FieldFound, Left, Report, from_json
from .rules import Rules
from .scanning import scan_text
from .sources import BytesPiece, Finished, Piece, RecordsPiece, Skipped, TableBatch, TextPiece, read_database, read_path
from .tally import MOST_KEPT, Tally

Stage = Callable[[str], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Options:
    """`sample`: rows of each table, 0 for all. `checked_only`: nothing but numbers with a check, at full speed.

    `profile`: of grading.PROFILES. `people`: a finder of names and addresses instead of the plain one.
    """

    profile: str = "45574"
    sample: int = 0
    checked_only: bool = False
    rules: Rules = field(default_factory=Rules)
    people: Stage | None = None
    tables: tuple[str, ...] | None = None

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The patterns that are looked for: ours and the department's own."""
        return PATTERNS + self.rules.patterns


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan has come: what it reads, bytes of files and rows of tables so far, bytes in all (0 unknown)."""

    source: str
    part: str
    read: int
    rows: int
    total: int


@dataclass(slots=True)
class TextTally:
    """Counts of one running text: findings by type, distinct values, where the first stand, masked samples."""

    found: dict[str, int] = field(default_factory=dict)
    registers: dict[str, Any] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    lines: int = 0

    def add(self, name: str, value: str, sure: float, where: str) -> None:
        """One finding."""
        self.found[name] = self.found.get(name, 0) + 1
        raw = value.encode("utf-8", "surrogatepass")
        cells.count_in(self.registers.setdefault(name, np.zeros(cells.REGISTERS, np.uint8)), cells.hashed(raw, 0, len(raw)))
        self.sure[name] = max(self.sure.get(name, 0.0), sure)
        if len(self.where) < MOST_KEPT:
            self.where.append(where)
        if len(self.samples) < 3 and name not in self.samples:
            self.samples[name] = shown(value, name)


class Scan:
    """One scan of one target: a path, or the URL of a database. `run` gives the progress as it goes; `report` grows."""

    def __init__(self, target: str, options: Options | None = None, state: Path | None = None) -> None:
        self.target, self.options, self._state = target, options or Options(), state
        self.report = Report(_now(), self.options.profile, sampled=self.options.sample)
        self._tables: dict[tuple[str, str], Tally] = {}
        self._texts: dict[tuple[str, str], TextTally] = {}
        self._at: str | None = None
        self._read, self._current, self.resumed = 0, 0, False
        if state is not None and state.exists():
            self._go_on(json.loads(state.read_text("utf-8")))

    def run(self) -> Iterator[Progress]:
        """Reads everything; ends with the report complete. Raises SourceError where the target cannot be read at all."""
        for piece in self._pieces():
            self._take(piece)
            yield Progress(piece.source, getattr(piece, "part", ""), self._read + self._current, self.report.rows, 0)
        self._flush()
        self.report.read = self._read
        self.report.finished = _now()
        self._settle_persons()
        if self._state is not None:
            self._state.unlink(missing_ok=True)

    def _pieces(self) -> Iterator[Piece]:
        if "://" in self.target:
            return read_database(self.target, tables=self.options.tables, sample=self.options.sample or None, resume_at=self._at)
        return read_path(self.target, resume_at=self._at, mode="records")

    def _take(self, piece: Piece) -> None:
        key = (piece.source, piece.part)
        if isinstance(piece, Skipped):
            self.report.skipped.append(Left(piece.source, piece.part, piece.why, piece.words))
            return
        if isinstance(piece, Finished):
            self._flush(key)
            if piece.bytes is not None:
                self._read += piece.bytes
            self._current = 0
            if piece.source not in self.report.sources:
                self.report.sources.append(piece.source)
            self._at = piece.at
            self._keep()
            return
        if not isinstance(piece, TableBatch):
            self._current = piece.done
        if isinstance(piece, TableBatch):
            self._table(key, piece)
        elif isinstance(piece, RecordsPiece):
            self._records(key, piece)
        elif isinstance(piece, BytesPiece):
            self._raw(self._texts.setdefault(key, TextTally()), piece)
        else:
            self._text(self._texts.setdefault(key, TextTally()), piece)

    def _table(self, key: tuple[str, str], piece: TableBatch) -> None:
        tally = self._tables.get(key)
        values = [piece.column(name) for name in piece.columns]
        if tally is None:
            tally = self._tables[key] = Tally(piece.columns, piece.comments, piece.types)
            self.watch(tally, values)
        tally.feed_values(values)
        self.report.rows += piece.rows

    def _records(self, key: tuple[str, str], piece: RecordsPiece) -> None:
        tally = self._tables.get(key)
        if tally is None:
            tally = self._tables[key] = Tally(piece.columns)
            head = piece.raw[: 1 << 18] if len(piece.raw) > 1 << 18 else piece.raw
            self._watch(tally, lambda trial: trial.feed_bytes(head[: head.rfind(b"\n") + 1] or head, ord(piece.delimiter)))
        self.report.rows += tally.feed_bytes(piece.raw, ord(piece.delimiter))

    @classmethod
    def watch(cls, tally: Tally, values: list[list[str | None]]) -> None:
        """Tells the tally which columns to watch, from the first rows."""
        cls._watch(tally, lambda trial: trial.feed_values(values))

    @staticmethod
    def _watch(tally: Tally, feed: Callable[[Tally], Any]) -> None:
        """Which columns hold persons that no loop counts: told by a first look."""
        trial = Tally(tally.columns, tally.comments, tally.declared)
        feed(trial)
        tally.watched = tuple(
            at for at, verdict in enumerate(verdicts(trial))
            if verdict.type in kinds() and kinds()[verdict.type].identifies and (verdict.type not in TYPES or verdict.sure < 0.7)
        )[:256]  # fmt: skip

    def _raw(self, tally: TextTally, piece: BytesPiece) -> None:
        raw = piece.raw
        if not self.options.checked_only:
            self._findings(tally, raw.decode("utf-8", "replace"), tally.lines)
        else:
            spans = engine.find(raw)
            if len(spans):
                machine = compiled.load("cells") if engine.fast(len(raw)) is not None else cells
                buf: Any = np.frombuffer(raw, np.uint8) if machine is not cells else raw
                names, place = np.unique(np.asarray(spans.kind), return_inverse=True)
                registers = np.zeros((len(names), cells.REGISTERS), np.uint8)
                starts, ends = np.asarray(spans.start, np.int64), np.asarray(spans.end, np.int64)
                machine.count_spans(buf, starts, ends, np.zeros(len(starts), np.int64), place.astype(np.int64), len(starts), 1, registers)
                for at, code in enumerate(names):
                    name = TYPES[int(code)]
                    tally.found[name] = tally.found.get(name, 0) + int((place == at).sum())
                    mine = tally.registers.get(name)
                    tally.registers[name] = registers[at] if mine is None else np.maximum(mine, registers[at])
                    tally.sure[name] = max(tally.sure.get(name, 0.0), int(np.asarray(spans.sure)[place == at].max()) / 100)
                    if len(tally.samples) < 3 and name not in tally.samples:
                        first = int(np.argmax(place == at))
                        tally.samples[name] = shown(raw[int(starts[first]) : int(ends[first])].decode("utf-8", "replace"), name)
                for start in starts[: MOST_KEPT - len(tally.where)]:
                    tally.where.append(_line(tally.lines + raw[: int(start)].count(b"\n")))
        tally.lines += raw.count(b"\n")

    def _findings(self, tally: TextTally, text: str, lines: int, owned_from: int = 0, owned_until: int | None = None) -> None:
        found = scan_text(text, patterns=self.options.patterns, people=self.options.people, checked_only=self.options.checked_only)
        for finding in found:
            if finding.start >= owned_from and (owned_until is None or finding.start < owned_until):
                where = _line(lines + text.count("\n", 0, finding.start)) if len(tally.where) < MOST_KEPT else ""
                tally.add(finding.type, text[finding.start : finding.end], finding.confidence, where)

    def _text(self, tally: TextTally, piece: TextPiece) -> None:
        self._findings(tally, piece.text, tally.lines - piece.text.count("\n", 0, piece.owned_from), piece.owned_from, piece.owned_until)
        tally.lines += piece.text.count("\n", piece.owned_from, piece.owned_until)

    def _flush(self, key: tuple[str, str] | None = None) -> None:
        """Turns what was counted of a part (of all parts) into fields of the report."""
        for chosen in [key] if key is not None else list(self._tables):
            tally = self._tables.pop(chosen, None)
            if tally is not None:
                self.report.fields += table_fields(chosen[0], chosen[1], tally, self.options, sampled=bool(self.options.sample))
        for chosen in [key] if key is not None else list(self._texts):
            text = self._texts.pop(chosen, None)
            if text is not None and text.found:
                self.report.fields.append(text_field(chosen[0], chosen[1], text, self.options))

    def _settle_persons(self) -> None:
        """Volume counts in a table as a whole: every personal field of it is graded by the persons of all."""
        persons: dict[tuple[str, str], int] = {}
        for found in self.report.fields:
            if found.personal:
                persons[found.source, found.part] = max(persons.get((found.source, found.part), 0), found.persons)
        for at, found in enumerate(self.report.fields):
            most = persons.get((found.source, found.part), 0)
            if found.personal and most > found.persons:
                graded = grade([found.type, *found.found], most, self.options.profile, dict(self.options.rules.levels))
                if stricter(graded.level, found.level) != found.level:
                    self.report.fields[at] = replace(found, level=graded.level, because=graded.because)

    def _keep(self) -> None:
        if self._state is None:
            return
        kept = {"target": public_target(self.target), "profile": self.options.profile, "sample": self.options.sample, "checked_only": self.options.checked_only, "at": self._at, "read": self._read, "report": self.report.as_json()}
        new = self._state.with_name(self._state.name + ".new")
        new.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        new.replace(self._state)

    def _go_on(self, kept: dict[str, Any]) -> None:
        same = {"target": public_target(self.target), "profile": self.options.profile, "sample": self.options.sample, "checked_only": self.options.checked_only}
        if any(kept.get(name) != value for name, value in same.items()):
            raise ValueError("这份续扫记录属于另一次扫描（目标或选项不同），请换一个文件或删掉它")
        self.report, self._at, self._read, self.resumed = from_json(kept["report"]), kept["at"], int(kept["read"]), True


def table_fields(source: str, part: str, tally: Tally, options: Options, sampled: bool = False) -> list[FieldFound]:
    """One field for every column of a table."""
    return [_field(source, part, tally, at, verdict, options) for at, verdict in enumerate(verdicts(tally, sampled, options.rules))]


def _field(source: str, part: str, tally: Tally, at: int, verdict: Verdict, options: Options) -> FieldFound:
    name = tally.columns[at]
    graded = grade([verdict.type, *verdict.also], verdict.persons, options.profile, dict(options.rules.levels))
    filled = int(tally.filled[at])
    found = dict(verdict.also)
    if verdict.type and verdict.type not in found:
        found[verdict.type] = round(verdict.share * filled)
    samples = [shown(value, verdict.type) for value in list(dict.fromkeys(tally.sample[at]))[:3]] if verdict.type else []
    return FieldFound(
        source=source, part=part, column=name, rows=tally.rows, filled=filled, type=verdict.type, share=verdict.share, persons=verdict.persons,
        sure=verdict.sure, why=verdict.why, level=graded.level, personal=graded.personal, sensitive=graded.sensitive, because=graded.because, found=found,
        error_bound=verdict.error_bound, where=tuple(f"row {number + 1}" for number in tally.where.get(at, ())) if verdict.type else (),
        samples=tuple(samples), declared=str(tally.declared.get(name, "")), comment=str(tally.comments.get(name, "") or ""),
    )  # fmt: skip


def text_field(source: str, part: str, tally: TextTally, options: Options) -> FieldFound:
    """The field of a running text: its type is the one of the highest grade, then the most frequent."""
    persons = max((cells.estimate(registers) for name, registers in tally.registers.items() if name in kinds() and kinds()[name].identifies), default=0)
    graded = grade(list(tally.found), persons, options.profile, dict(options.rules.levels))

    def weight(name: str) -> tuple[int, int]:
        from .grading import levels

        return levels().index(grade([name], 0, options.profile, dict(options.rules.levels)).level), tally.found[name]

    top = max(tally.found, key=weight)
    why = kinds()[top].why if top in kinds() else options.rules.names.get(top, top)
    return FieldFound(
        source=source, part=part, column="", rows=tally.lines + 1, filled=tally.lines + 1, type=top, share=0.0, persons=persons, sure=round(tally.sure[top], 2), why=why,
        level=graded.level, personal=graded.personal, sensitive=graded.sensitive, because=graded.because, found=dict(tally.found),
        where=tuple(place for place in tally.where if place), samples=tuple(tally.samples.values()),
    )  # fmt: skip


def scan_table(columns: dict[str, list[str | None]], *, name: str = "", comments: dict[str, str] | None = None, options: Options | None = None) -> list[FieldFound]:
    """The fields of a table that is in memory: column name → cells."""
    tally = Tally(tuple(columns), comments or {})
    values = list(columns.values())
    Scan.watch(tally, values)
    tally.feed_values(values)
    return table_fields("", name, tally, options or Options())


def public_target(target: str) -> str:
    """The target without user and password: what may be kept."""
    if "://" not in target:
        return target
    from .sources.database import public

    return public(target)


def _line(number: int) -> str:
    return f"line {number + 1}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


__all__ = ["Options", "Progress", "Scan", "public_target", "scan_table", "table_fields", "text_field"]
