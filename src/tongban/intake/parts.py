"""What a door brings so that its cases can be imported: a Format. Not for taking rows: `batches.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tongban.cases.refusal import Refusal
from tongban.cases.writer import History
from tongban.gate.door import parts
from tongban.registry.snapshot import Snapshot

KEY = "id"
"""The column by which a row is known: a second run, or another file with the same rows, adds nothing."""


class UnreadableFile(ValueError):
    """Nothing of the file can be taken: it is no CSV or XLSX with the columns that are needed, or
    there is nowhere to put it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, and the Chinese heading that is accepted as well.

    Where it is `required` the file must have it, and no row may leave it empty.
    """

    name: str
    heading: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller says for all rows: the unit that had them, the place of those that name none, and whether what
    may be public is published."""

    unit: str | None = None
    place: str | None = None
    publish: bool = False


@dataclass(frozen=True)
class RowContext:
    """What a format may look at when it reads a row."""

    kind: str
    registry: Snapshot
    options: ImportOptions
    now: datetime

    @cached_property
    def default_matter(self) -> str:
        """The matter of rows that name none. Raises UnreadableFile where the registry has none for this kind."""
        return default_matter(self.registry, self.kind)


@dataclass(frozen=True, slots=True)
class Format:
    """How cases of one kind stand in a file. `name` is what they are called where an import is told of: "letters".

    `read` makes the history that a row tells, or a Refusal that says why it cannot be taken; it may raise one too. It
    is pure, and sees rows that have every required column, by the names of the columns. The submission's kind, channel
    and source are set for it. `examples` are rows that it takes, for the template. `sources` stands before a row's id
    in `Case.source`; by default it is the kind's own.
    """

    kind: str
    name: str
    columns: tuple[Column, ...]
    read: Callable[[Mapping[str, str], RowContext], History | Refusal]
    examples: tuple[Mapping[str, str], ...] = ()
    sources: str = ""
    order: int = 100

    @property
    def headings(self) -> dict[str, str]:
        """Chinese heading → name of the column."""
        return {column.heading: column.name for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file must have."""
        return (KEY, *(column.name for column in self.columns if column.required and column.name != KEY))

    def source_of(self, key: str) -> str:
        """What a case is known by that came from the row with this id."""
        return (self.sources or f"{self.kind}:import:") + key.strip()


def formats() -> list[Format]:
    """The formats that the doors bring."""
    return parts(Format)


def format_for(kind: str | None) -> Format:
    """The format of this kind of case; without a kind, the only one there is. Raises LookupError
    that says what there is."""
    known = {one.kind: one for one in formats()}
    if kind is None and len(known) == 1:
        return next(iter(known.values()))
    if kind not in known:
        raise LookupError(f"--kind: say one of {', '.join(known) or 'none that can be imported'}")
    return known[kind]


def default_matter(registry: Snapshot, kind: str) -> str:
    """The matter of rows that name none: of those that are for this kind and no complaint about conduct, the first leaf
    that is called 其他, or the last. Raises UnreadableFile where there is none."""
    leaves = [row for row in registry.leaves(kind) if not row.conduct]
    if not leaves:
        raise UnreadableFile(f"the registry has no matter for cases of the kind {kind}; load it first")
    return next((row.code for row in leaves if row.name.startswith("其他")), leaves[-1].code)


def moment(text: str) -> datetime | None:
    """An ISO 8601 time; without an offset it is Asia/Shanghai. None where it is none."""
    try:
        found = parse_datetime(text.strip().replace("/", "-"))
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else timezone.make_aware(found, timezone.get_default_timezone())
