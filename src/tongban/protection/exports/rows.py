"""One row of the lists that departments report, in Simplified Chinese whatever the page speaks.
Pure but for names of units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import override

from tongban.detect.findings import kinds
from tongban.registry.snapshot import Snapshot

from ..clauses import clause
from ..models import Field
from ..words import CATEGORIES, LEVELS, REVIEWS, SERIOUS, reason

HEADINGS = (
    "序号",
    "数据名称",
    "所属单位",
    "信息系统/数据源",
    "字段",
    "数据类别",
    "数据级别",
    "是否个人信息",
    "敏感个人信息类别",
    "涉及人数",
    "依据",
    "负责人",
    "备注",
)
LIST, CATALOGUE = "分类分级清单", "重要数据目录"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, in the order of HEADINGS; `serious`: it also belongs into the catalogue of important data."""

    cells: tuple[str, ...]
    serious: bool


def data_name(field: Field) -> str:
    """What a field is called in the list: its comment, else what it is, else its name."""
    kind = kinds().get(field.type)
    return (
        field.comment
        or (kind.zh if kind else field.type)
        or field.column
        or field.part
        or field.path
        or field.source.name
    )


def place_in_source(field: Field) -> str:
    """Where in the source the field stands: file, table and column."""
    return " / ".join(part for part in (field.path, field.part, field.column or "（全文）") if part)


def responsible(field: Field) -> str:
    """The person answering for the source."""
    contact = field.source.contact
    return str(contact.official) if contact is not None else ""


def basis(field: Field) -> str:
    """What the grade rests on: the officer's reason, else the rules of the scanner."""
    if field.decision is not None:
        return f"人工判定：{field.decision.reason}"
    clauses = [clause(text) for text in field.because]
    return "；".join([reason(field.why), *clauses] if field.why else clauses)


def note(field: Field) -> str:
    """What else a reader has to know."""
    notes = []
    if field.decision is not None and (field.said_level != field.level or field.said_type != field.type):
        notes.append(f"扫描器判为{LEVELS.get(field.said_level, field.said_level)}")
    if field.review in ("waiting", "later"):
        notes.append(str(REVIEWS[field.review]))
    if field.sure < 1 and field.decision is None and field.type:
        notes.append(f"把握 {field.sure:.0%}")
    if field.last_scan.sampled:
        notes.append(f"抽样，每表 {field.last_scan.sampled} 行")
    return "；".join(notes)


def rows(fields: Iterator[Field], registry: Snapshot) -> Iterator[Row]:
    """The lines of the list, numbered from 1."""
    with override("zh-hans"):
        for number, field in enumerate(fields, start=1):
            unit = registry.units.get(field.source.unit_id)
            yield Row(
                (
                    str(number), data_name(field), unit.name if unit else field.source.unit_id, field.source.name,
                    place_in_source(field),
                    str(CATEGORIES[field.category]), str(LEVELS.get(field.level, field.level)),
                    "是" if field.personal else "否", field.sensitive,
                    str(field.persons) if field.personal else "", basis(field), responsible(field), note(field),
                ),
                field.level in SERIOUS,
            )  # fmt: skip
