"""How a row of somebody's list becomes a report, on the shared `intake`: batches, resuming, rejected rows kept with
line and reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tongban.cases.refusal import Refusal
from tongban.cases.writer import History
from tongban.intake.parts import Column, Format, RowContext, UnreadableFile
from tongban.intake.rows import Row
from tongban.registry.snapshot import Snapshot

from .. import trusted
from ..models import Reporter
from ..whats import address_in
from .readers import READERS, UnreadableList


def history_of(values: Mapping[str, str], context: RowContext) -> History | Refusal:
    """The report that a row tells, sent now: its time limits begin with the import, whatever the list's own date.
    Raises Refusal."""
    if not address_in(values["found"]):
        return Refusal("bad_input", f"no address of the web: {values['found'][:80]!r}", "found")
    row = trusted.Row(values["id"], values["found"], values["matter"], values.get("body", ""))
    return History(trusted.submission(row, int(values["reporter"]), context.registry), context.now)


def format_of(reporter: Reporter) -> Format:
    """The format under whose name this reporter's rows are known: the same as those that its program sends."""
    return Format(
        kind="report",
        name="reports",
        columns=(
            Column("id", "编号", required=True),
            Column("found", "网址", required=True),
            Column("matter", "事项", required=True),
            Column("body", "情况"),
            Column("reporter", "举报人", required=True),
        ),
        read=history_of,
        sources=trusted.source_of(reporter, ""),
    )


def rows_of(path: Path, reader: str, matter: str, reporter: Reporter) -> list[Row]:
    """All rows of a file in one of the formats of `READERS`. Raises UnreadableFile, OSError."""
    try:
        found = READERS[reader](path.read_bytes())
    except UnreadableList as unreadable:
        raise UnreadableFile(str(unreadable)) from None
    more = {"matter": matter, "reporter": str(reporter.pk)}
    return [Row(line, {**values, **more}) for line, values in found]


def known_matter(code: str, registry: Snapshot) -> bool:
    """Whether reports can be about this matter."""
    from ..harms import harms

    return code in harms() and code in registry.matters
