"""Writes the exports. What a spreadsheet program would take for a formula is defused: cells of XLSX are
all text, of CSV quoted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet

from tongban.registry.snapshot import Snapshot
from tongban.tables import ILLEGAL, csv_bytes, defused

from ..models import Field
from .linked import dcat, openmetadata
from .rows import CATALOGUE, HEADINGS, LIST, place_in_source, rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ordered(fields: QuerySet[Field]) -> Iterator[Field]:
    """The fields by unit, source and key, with what a row needs, in pieces."""
    return (
        fields.select_related("source__contact__official", "decision", "last_scan")
        .order_by("source__unit_id", "source_id", "pk")
        .iterator(chunk_size=1000)
    )


def _xlsx(fields: QuerySet[Field], registry: Snapshot) -> bytes:
    """Two sheets: every field, and the important and core ones, each numbered by itself."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    every, serious = book.create_sheet(LIST), book.create_sheet(CATALOGUE)
    for sheet in (every, serious):
        sheet.freeze_panes = "A2"
        for letter, width in zip("ABCDEFGHIJKLM", (6, 20, 24, 32, 36, 14, 16, 12, 18, 12, 48, 14, 28), strict=True):
            sheet.column_dimensions[letter].width = width
        _line(sheet, HEADINGS)
    count = 0
    for row in rows(ordered(fields), registry):
        _line(every, row.cells)
        if row.serious:
            count += 1
            _line(serious, (str(count), *row.cells[1:]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(sheet: Any, cells: Sequence[str]) -> None:
    """A row of text cells; one that looks like a formula also gets an apostrophe, for those
    who save it as CSV later."""
    from openpyxl.cell import WriteOnlyCell

    made = []
    for text in cells:
        plain = ILLEGAL.sub("", text)[:32_000]
        cell = WriteOnlyCell(sheet, value=defused(plain))
        cell.data_type = "s"
        made.append(cell)
    sheet.append(made)


def _csv(fields: QuerySet[Field], registry: Snapshot) -> bytes:
    def lines() -> Iterator[Sequence[str]]:
        yield HEADINGS
        for row in rows(ordered(fields), registry):
            yield row.cells

    return csv_bytes(lines())


def as_values(field: Field) -> dict[str, Any]:
    """A field as a program reads it: what stands, what the scanner says, and no sample."""
    return {
        "code": field.code, "unit": field.source.unit_id, "source": field.source.code, "source_name": field.source.name,
        "path": field.path,
        "part": field.part, "column": field.column, "comment": field.comment, "type": field.type,
        "category": field.category, "level": field.level,
        "personal": field.personal, "sensitive": field.sensitive, "persons": field.persons, "share": field.share,
        "sure": field.sure,
        "why": field.why, "because": field.because, "found": field.found, "decided": field.decision_id is not None,
        "review": field.review,
        "review_because": field.review_because,
        "scanner": {"type": field.said_type, "level": field.said_level, "personal": field.said_personal,
            "sensitive": field.said_sensitive},
        "version": field.version,
    }  # fmt: skip


def _json(fields: QuerySet[Field], registry: Snapshot) -> bytes:
    items = [{**as_values(field), "place": place_in_source(field)} for field in ordered(fields)]
    return orjson.dumps({"tongban_catalogue": 1, "fields": items}, option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2)


def _dcat(fields: QuerySet[Field], registry: Snapshot) -> bytes:
    return orjson.dumps(dcat(ordered(fields), registry), option=orjson.OPT_INDENT_2)


def _openmetadata(fields: QuerySet[Field], registry: Snapshot) -> bytes:
    return orjson.dumps(openmetadata(ordered(fields), registry), option=orjson.OPT_INDENT_2)


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write the catalogue: the name of the file and its media type."""

    write: Callable[[QuerySet[Field], Snapshot], bytes]
    file: str
    media: str


FORMATS = {
    "xlsx": Format(_xlsx, "catalogue.xlsx", XLSX),
    "csv": Format(_csv, "catalogue.csv", "text/csv; charset=utf-8"),
    "json": Format(_json, "catalogue.json", "application/json"),
    "dcat": Format(_dcat, "catalogue.jsonld", "application/ld+json"),
    "openmetadata": Format(_openmetadata, "catalogue-tables.json", "application/json"),
}


def export(form: str, fields: QuerySet[Field], registry: Snapshot) -> bytes:
    """The fields in a format of FORMATS. Raises KeyError for another."""
    return FORMATS[form].write(fields, registry)
