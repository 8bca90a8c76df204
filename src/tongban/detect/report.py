"""What a scan says: sources, fields with their verdict and grade, what was skipped. As JSON it is
what the catalogue takes in.

Sample values stand here masked or not at all. Version 2 of the form, version 1 is still read; docs/rooms/detect.md
tells it field by field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 2
READABLE = (1, 2)
"""Versions that are read. 1 had neither `target` nor `more`, and Chinese sentences for reasons."""


@dataclass(frozen=True, slots=True)
class FieldFound:
    """One column of a table, or the running text of a file (`column` empty), and what it holds.

    `source`: path or database without credentials. `part`: table, sheet, member of an archive. `rows` looked at,
    `filled` of them not empty. `type`: the verdict, "" for none; `share`: of the filled rows that hold it; `persons`:
    distinct ones, estimated. `found`: every type with the number of findings. `error_bound`: of `share`, at 95 %, 0
    where everything was looked at. `why` and `because`: codes of reasons.py.
    `where`: places of the first findings ("row 12", "character 340"). `samples`: masked values.
    """

    source: str
    part: str
    column: str
    rows: int
    filled: int
    type: str
    share: float
    persons: int
    sure: float
    why: str
    level: str
    personal: bool
    sensitive: str
    because: tuple[str, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    error_bound: float = 0.0
    where: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    declared: str = ""
    comment: str = ""

    @property
    def key(self) -> str:
        """What stays the same from scan to scan."""
        return "\x1f".join((self.source, self.part, self.column))


@dataclass(frozen=True, slots=True)
class Left:
    """A file or a part of it that was not read, and why: a key for programs, a sentence for people,
    and what it names (`more`)."""

    source: str
    part: str
    key: str
    why: str
    more: str = ""


@dataclass(slots=True)
class Report:
    """One scan. Times are ISO 8601 in UTC; `read` counts bytes of files, `rows` rows of tables.

    `target`: what was looked at as a whole, an absolute path or a database without credentials; empty where only a
    part of it was looked at (a sample, chosen tables, a scan that was not finished). What was there before and is not
    in a whole report is gone.
    """

    started: str
    profile: str
    finished: str = ""
    sampled: int = 0
    read: int = 0
    rows: int = 0
    target: str = ""
    sources: list[str] = field(default_factory=list)
    fields: list[FieldFound] = field(default_factory=list)
    skipped: list[Left] = field(default_factory=list)

    def as_json(self) -> str:
        """The report as JSON, two spaces deep, the same for the same scan."""
        return json.dumps({"tongban_scan": VERSION, **asdict(self)}, ensure_ascii=False, indent=2)


def from_json(text: str | bytes) -> Report:
    """Reads a report. Raises ValueError with what is wrong where it is none or of another version."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(raw, dict) or raw.get("tongban_scan") not in READABLE:
        raise ValueError(f"not a report of tongban scan, version {VERSION}")
    try:
        fields = [
            FieldFound(**{**row, **{name: tuple(row.get(name, ())) for name in ("because", "where", "samples")}})
            for row in _rows(raw, "fields")
        ]
        skipped = [Left(**row) for row in _rows(raw, "skipped")]
        return Report(
            started=str(raw["started"]), profile=str(raw["profile"]), finished=str(raw.get("finished", "")),
            sampled=int(raw.get("sampled", 0)),
            read=int(raw.get("read", 0)), rows=int(raw.get("rows", 0)), target=str(raw.get("target", "")),
            sources=[str(name) for name in _rows(raw, "sources")], fields=fields, skipped=skipped,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a field of the report is missing or wrong: {error}") from None


def _rows(raw: Mapping[str, Any], name: str) -> Iterable[Any]:
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise TypeError(f"{name} is not a list")
    return rows
