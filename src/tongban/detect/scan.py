"""Scans sources into a report: tables by column, texts by file. In bounded memory, resumable from part to part.

Sample values leave here masked. Not for the readers of files and databases (`sources`) nor for the
command (`commands/scan.py`).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from . import cells, compiled, engine
from .bookmark import Seal, digest_of, fingerprint
from .columns import verdicts
from .fields import Options, table_fields, text_field
from .findings import TYPES, kinds
from .grading import grade, stricter
from .masking import shown
from .prose import TextTally
from .report import FieldFound, Left, Report, from_json
from .scanning import scan_text
from .sources import (
    BytesPiece,
    Finished,
    Piece,
    Pieces,
    RecordsPiece,
    Skipped,
    TableBatch,
    TextPiece,
    read_database,
    read_path,
)
from .sources.pieces import DONE
from .tally import MOST_KEPT, Tally


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan has come: what it reads, bytes of files and rows of tables so far, bytes in all (0 unknown)."""

    source: str
    part: str
    read: int
    rows: int
    total: int


@dataclass(slots=True)
class Begun:
    """How the report stood when a file or table was begun, so that it can be begun again: place,
    counts, lengths of the lists."""

    at: str | None = None
    read: int = 0
    rows: int = 0
    fields: int = 0
    skipped: int = 0
    sources: int = 0


class Scan:
    """One scan of one target: a path, or the URL of a database. `run` gives the progress as it goes; `report` grows.

    With `state`, a file, a scan that was ended in any way goes on where it stood, also inside a file or table.
    `every`: seconds between two notes of that place; a note that takes long is made more seldom, so that it never
    costs more than a fiftieth of the time; 0: after every piece. `notes` tells what had to be begun again:
    ("changed" or "keyless", what).
    """

    def __init__(
        self, target: str, options: Options | None = None, state: Path | None = None, every: float = 5.0
    ) -> None:
        self.target, self.options, self._state, self._every = target, options or Options(), state, every
        self.report = Report(_now(), self.options.profile, sampled=self.options.sample)
        self._tables: dict[tuple[str, str], Tally] = {}
        self._texts: dict[tuple[str, str], TextTally] = {}
        self._at: str | None = None  # of the last part that was read to its end
        self._last: str | None = None  # of the last piece
        self._unit: Any = None
        self._begun, self._file = Begun(), list[int]()
        self._seal: Seal | None = None
        self._digest = b""
        self._part_at: str | None = None
        self._due = 0.0
        self._read, self._current, self.resumed = 0, 0, False
        self.notes: list[tuple[str, str]] = []
        self._kept: dict[str, Any] = {}
        if state is not None and state.exists():
            self._go_on(json.loads(state.read_text("utf-8")))

    def run(self) -> Iterator[Progress]:
        """Reads everything; ends with the report complete. Raises SourceError where the
        target cannot be read at all."""
        self._due = time.monotonic() + self._every
        for piece in self._pieces(self._where_to_go_on()):
            self._take(piece)
            yield Progress(piece.source, getattr(piece, "part", ""), self._read + self._current, self.report.rows, 0)
        self._flush()
        self.report.read = self._read
        self.report.finished = _now()
        self._settle_persons()
        if not self.options.sample and self.options.tables is None:
            self.report.target = public_target(self.target) if "://" in self.target else os.path.abspath(self.target)
        if self._state is not None:
            self._state.unlink(missing_ok=True)

    def _pieces(self, at: str | None) -> Pieces:
        if "://" in self.target:
            return read_database(
                self.target,
                tables=self.options.tables,
                sample=self.options.sample or None,
                resume_at=at,
                limits=self.options.limits,
            )
        return read_path(self.target, resume_at=at, mode="records", limits=self.options.limits)

    def _take(self, piece: Piece) -> None:
        if self._state is not None:
            self._enter(piece)
        self._last = piece.at
        key = (piece.source, piece.part)
        if isinstance(piece, Skipped):
            self.report.skipped.append(Left(piece.source, piece.part, piece.why, piece.words, piece.more))
            return
        if isinstance(piece, Finished):
            self._flush()
            if piece.bytes is not None:
                self._read += piece.bytes
            self._current = 0
            if piece.source not in self.report.sources:
                self.report.sources.append(piece.source)
            self._at = piece.at
            self._keep()
            return
        if key not in self._tables and key not in self._texts:  # parts are read one after the other
            self._flush()
            self._digest, self._seal, self._part_at = (
                digest_of(piece) if self._state is not None else b"",
                None,
                self._at,
            )
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
        if self._state is not None and time.monotonic() >= self._due:
            self._keep(self._inside(key, piece))

    def _enter(self, piece: Piece) -> None:
        """Notes how the report stands where another file (of a path) or table (of a database) begins."""
        unit = self._unit_of(piece.at) if "://" not in self.target else [piece.source, piece.part]
        if unit != self._unit:
            self._flush()
            self._at = self._last or self._at
            self._unit, report = unit, self.report
            self._begun = Begun(
                self._at, self._read, report.rows, len(report.fields), len(report.skipped), len(report.sources)
            )
            self._file = fingerprint(self._path(unit))

    @staticmethod
    def _unit_of(at: str) -> Any:
        return json.loads(at)[0]

    def _path(self, unit: Any) -> str:
        """The file that a unit lies in; of a database on a server none."""
        if "://" not in self.target:
            return os.path.join(self.target, *unit)
        if self.target.partition(":")[0].partition("+")[0] == "sqlite":
            return unquote(self.target.partition("://")[2].partition("?")[0].removeprefix("/"))
        return ""

    def _inside(self, key: tuple[str, str], piece: Piece) -> dict[str, Any]:
        """What is kept of an unfinished part."""
        told: dict[str, Any] = {"source": key[0], "part": key[1], "begun": self._part_at}
        if isinstance(piece, TableBatch) and not piece.keyed:
            return {**told, "keyless": True}
        self._seal = self._seal or Seal(self._digest)
        counted = self._tables.get(key) or self._texts.get(key)
        assert counted is not None
        return {**told, "salt": self._seal.salt.hex(), "sealed": self._seal.close(piece.at, counted)}

    def _where_to_go_on(self) -> str | None:
        """Where reading begins: after what is finished, and inside a part where its source is as it was."""
        kept, self._kept = self._kept, {}
        if not kept:
            return None
        inside, done = (
            kept["inside"],
            "://" in self.target or (self._at is not None and json.loads(self._at)[1] == DONE),
        )
        if self._unit is not None and self._file != fingerprint(self._path(self._unit)) and (inside or not done):
            return self._again("changed", self._path(self._unit))
        if not inside:
            return self._at
        if inside.get("keyless"):
            return self._again("keyless", inside["part"])
        try:
            return self._reopened(inside)
        except (ValueError, KeyError):
            return self._again("changed", inside["part"] or inside["source"])

    def _reopened(self, inside: dict[str, Any]) -> str:
        """The place inside a part, its counts put back. Raises ValueError where the part
        begins otherwise than before."""
        key = (inside["source"], inside["part"])
        with closing(self._pieces(inside["begun"])) as pieces:
            first = next((piece for piece in pieces if not isinstance(piece, Skipped | Finished)), None)
        if first is None or (first.source, first.part) != key:
            raise ValueError("the part is not there")
        self._digest, self._part_at = digest_of(first), inside["begun"]
        self._seal = Seal(self._digest, bytes.fromhex(inside["salt"]))
        at, counted = self._seal.open(inside["sealed"])
        if isinstance(counted, Tally):
            self._tables[key] = counted
        else:
            self._texts[key] = counted
        return at

    def _again(self, why: str, what: str) -> str | None:
        """Begins the file or table again in which the scan stood."""
        begun, report = self._begun, self.report
        del report.fields[begun.fields :], report.skipped[begun.skipped :], report.sources[begun.sources :]
        report.rows, self._read, self._at, self._last, self._unit = begun.rows, begun.read, begun.at, None, None
        self.notes.append((why, what))
        return begun.at

    def _table(self, key: tuple[str, str], piece: TableBatch) -> None:
        tally = self._tables.get(key)
        values = [piece.column(name) for name in piece.columns]
        if tally is None:
            tally = self._tables[key] = Tally(piece.columns, piece.comments, piece.types)
            self.watch(tally, values)
        if piece.columns != tally.columns[: len(piece.columns)]:  # of JSON, every batch has the keys of its own rows
            tally.widen([*tally.columns, *(name for name in piece.columns if name not in set(tally.columns))])
            values = [
                piece.column(name) if name in set(piece.columns) else [None] * piece.rows for name in tally.columns
            ]
        tally.widen(piece.columns)
        tally.feed_values(values)
        self.report.rows += piece.rows

    def _records(self, key: tuple[str, str], piece: RecordsPiece) -> None:
        tally = self._tables.get(key)
        if tally is None:
            tally = self._tables[key] = Tally(piece.columns)
            head = piece.raw[: 1 << 18] if len(piece.raw) > 1 << 18 else piece.raw
            self._watch(
                tally, lambda trial: trial.feed_bytes(head[: head.rfind(b"\n") + 1] or head, ord(piece.delimiter))
            )
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
            at
            for at, verdict in enumerate(verdicts(trial))
            if verdict.type in kinds()
            and kinds()[verdict.type].identifies
            and (verdict.type not in TYPES or verdict.sure < 0.7)
        )[:256]

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
                machine.count_spans(
                    buf,
                    starts,
                    ends,
                    np.zeros(len(starts), np.int64),
                    place.astype(np.int64),
                    len(starts),
                    1,
                    registers,
                )
                for at, code in enumerate(names):
                    name = TYPES[int(code)]
                    tally.found[name] = tally.found.get(name, 0) + int((place == at).sum())
                    mine = tally.registers.get(name)
                    tally.registers[name] = registers[at] if mine is None else np.maximum(mine, registers[at])
                    tally.sure[name] = max(
                        tally.sure.get(name, 0.0), int(np.asarray(spans.sure)[place == at].max()) / 100
                    )
                    if len(tally.samples) < 3 and name not in tally.samples:
                        first = int(np.argmax(place == at))
                        tally.samples[name] = shown(
                            raw[int(starts[first]) : int(ends[first])].decode("utf-8", "replace"), name
                        )
                for start in starts[: MOST_KEPT - len(tally.where)]:
                    tally.where.append(_line(tally.lines + raw[: int(start)].count(b"\n")))
        tally.lines += raw.count(b"\n")

    def _findings(
        self, tally: TextTally, text: str, lines: int, owned_from: int = 0, owned_until: int | None = None
    ) -> None:
        found = scan_text(
            text, patterns=self.options.patterns, people=self.options.stage, checked_only=self.options.checked_only
        )
        for finding in found:
            if finding.start >= owned_from and (owned_until is None or finding.start < owned_until):
                where = _line(lines + text.count("\n", 0, finding.start)) if len(tally.where) < MOST_KEPT else ""
                tally.add(finding.type, text[finding.start : finding.end], finding.confidence, where)

    def _text(self, tally: TextTally, piece: TextPiece) -> None:
        self._findings(
            tally,
            piece.text,
            tally.lines - piece.text.count("\n", 0, piece.owned_from),
            piece.owned_from,
            piece.owned_until,
        )
        tally.lines += piece.text.count("\n", piece.owned_from, piece.owned_until)

    def _flush(self, key: tuple[str, str] | None = None) -> None:
        """Turns what was counted of a part (of all parts) into fields of the report."""
        for chosen in [key] if key is not None else list(self._tables):
            tally = self._tables.pop(chosen, None)
            if tally is not None:
                self.report.fields += table_fields(
                    chosen[0], chosen[1], tally, self.options, sampled=bool(self.options.sample)
                )
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

    def _keep(self, inside: dict[str, Any] | None = None) -> None:
        if self._state is None:
            return
        began = time.monotonic()
        kept = {
            **self._same(), "at": self._at, "read": self._read, "unit": self._unit, "file": self._file,
            "begun": asdict(self._begun), "inside": inside,
            "report": self.report.as_json(),
        }  # fmt: skip
        new = self._state.with_name(self._state.name + ".new")
        new.write_text(json.dumps(kept), "utf-8")
        new.replace(self._state)
        now = time.monotonic()
        self._due = now + (max(self._every, 50 * (now - began)) if self._every else 0.0)

    def _same(self) -> dict[str, Any]:
        """What must be the same where a scan goes on."""
        mine = self.options
        return {
            "tongban_state": 2,
            "target": public_target(self.target),
            "profile": mine.profile,
            "sample": mine.sample,
            "checked_only": mine.checked_only,
            "tables": list(mine.tables) if mine.tables is not None else None,
            "rules": sorted(pattern.type for pattern in mine.rules.patterns),
            "limits": asdict(mine.limits),
        }

    def _go_on(self, kept: dict[str, Any]) -> None:
        if not isinstance(kept, dict) or any(kept.get(name) != value for name, value in self._same().items()):
            raise ValueError("这份续扫记录属于另一次扫描（目标或选项不同），请换一个文件或删掉它")
        self.report, self._at, self._read, self.resumed = from_json(kept["report"]), kept["at"], int(kept["read"]), True
        self._unit, self._file, self._begun, self._kept = kept["unit"], kept["file"], Begun(**kept["begun"]), kept


def scan_table(
    columns: dict[str, list[str | None]],
    *,
    name: str = "",
    comments: dict[str, str] | None = None,
    options: Options | None = None,
) -> list[FieldFound]:
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
