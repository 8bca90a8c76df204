"""The catalogue for other catalogues: DCAT 3 as JSON-LD, and tables in the shape of OpenMetadata's CreateTable requests.

DCAT: <https://www.w3.org/TR/vocab-dcat-3/>; columns as csvw:Column, personal data by the Data Privacy Vocabulary (dpv). OpenMetadata:
schemas api/data/createTable.json and type/tagLabel.json. Neither holds samples, and nothing is offered for download.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone

from tongban.registry.snapshot import Snapshot

from ..models import Field, Source
from .rows import basis, data_name, responsible

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "csvw": "http://www.w3.org/ns/csvw#",
    "dpv": "https://w3id.org/dpv#", "vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "tb": "urn:tongban:protection:",
}  # fmt: skip
NON_PUBLIC = {"@id": "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"}


def _by_source(fields: Iterable[Field]) -> Iterable[tuple[Source, list[Field]]]:
    for _number, group in groupby(fields, key=lambda field: field.source_id):
        rows = list(group)
        yield rows[0].source, rows


def dcat(fields: Iterable[Field], registry: Snapshot) -> dict[str, Any]:
    """A dcat:Catalog with one dcat:Dataset for each source; `fields` come ordered by source."""
    return {
        "@context": CONTEXT, "@id": f"{settings.ORIGIN}/protection/", "@type": "dcat:Catalog",
        "dct:title": {"@value": "数据分类分级清单", "@language": "zh-Hans"},
        "dct:issued": {"@value": timezone.now().isoformat(timespec="seconds"), "@type": "xsd:dateTime"},
        "dcat:dataset": [_dataset(source, rows, registry) for source, rows in _by_source(fields)],
    }  # fmt: skip


def _dataset(source: Source, rows: list[Field], registry: Snapshot) -> dict[str, Any]:
    unit = registry.units.get(source.unit_id)
    found: dict[str, Any] = {
        "@id": f"{settings.ORIGIN}/protection/sources/{source.code}/", "@type": "dcat:Dataset", "dct:identifier": source.code, "dct:title": source.name,
        "dct:publisher": {"@id": f"urn:tongban:unit:{source.unit_id}", "@type": "foaf:Agent", "foaf:name": unit.name if unit else source.unit_id},
        "dct:accessRights": NON_PUBLIC,
        "dct:modified": {"@value": max(row.last_scan.started_at for row in rows).isoformat(), "@type": "xsd:dateTime"},
        "csvw:column": [_column(row) for row in rows],
    }  # fmt: skip
    if source.purpose:
        found["dct:description"] = source.purpose
    contact = responsible(rows[0])
    if contact:
        found["dcat:contactPoint"] = {"@type": "vcard:Individual", "vcard:fn": contact}
    if any(row.personal for row in rows):
        found["dpv:hasPersonalData"] = {"@id": "dpv:SensitivePersonalData" if any(row.sensitive for row in rows) else "dpv:PersonalData"}
    return found


def _column(row: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{settings.ORIGIN}/protection/fields/{row.code}/", "@type": "csvw:Column", "csvw:name": row.column, "csvw:title": data_name(row),
        "tb:path": row.path, "tb:table": row.part, "tb:type": row.type, "tb:category": row.category, "tb:level": row.level,
        "tb:persons": row.persons, "tb:basis": basis(row),
    }  # fmt: skip
    if row.personal:
        found["dpv:hasPersonalData"] = {"@id": "dpv:SensitivePersonalData" if row.sensitive else "dpv:PersonalData"}
    if row.sensitive:
        found["tb:sensitive"] = row.sensitive
    return {name: value for name, value in found.items() if value != ""}


def openmetadata(fields: Iterable[Field], registry: Snapshot) -> dict[str, Any]:
    """`tables`: CreateTable requests, one for each file or table; `databaseSchema` names unit and source and may be changed on import."""
    tables = []
    for source, rows in _by_source(fields):
        parts: dict[tuple[str, str], list[Field]] = {}
        for row in rows:
            parts.setdefault((row.path, row.part), []).append(row)
        tables += [_table(source, path, part, found) for (path, part), found in parts.items()]
    return {"tables": tables}


def _table(source: Source, path: str, part: str, rows: list[Field]) -> dict[str, Any]:
    name = " / ".join(text for text in (path, part) if text) or source.name
    return {
        "name": _entity(name), "displayName": name, "description": source.purpose, "tableType": "Regular",
        "databaseSchema": f"tongban.{_quoted(source.unit_id)}.{_quoted(source.name)}",
        "columns": [
            {
                "name": _entity(row.column or "text"), "displayName": row.column or data_name(row), "dataType": "UNKNOWN", "dataTypeDisplay": row.declared,
                "description": row.comment, "ordinalPosition": at, "tags": _tags(row),
            }
            for at, row in enumerate(rows, start=1)
        ],
    }  # fmt: skip


def _entity(text: str) -> str:
    """A name as OpenMetadata allows it: no "::", no quotes, at most 256 characters."""
    return text.replace("::", ":").replace('"', "'").replace("\n", " ")[:250]


def _quoted(text: str) -> str:
    """A name within a fully qualified name: in quotes where it has a dot."""
    return f'"{_entity(text)}"' if "." in text else _entity(text)


def _tags(row: Field) -> list[dict[str, str]]:
    """Tag labels: of OpenMetadata's own PII classification, and the level of GB/T 43697."""
    names = [f"DataLevel.{row.level}"]
    if row.personal:
        names.insert(0, "PII.Sensitive" if row.sensitive or row.level in ("general-4", "important", "core") else "PII.NonSensitive")
    kind = "Manual" if row.decision_id else "Automated"
    state = "Suggested" if row.review in ("waiting", "later") else "Confirmed"
    return [{"tagFQN": name, "source": "Classification", "labelType": kind, "state": state} for name in names]
