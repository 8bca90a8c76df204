"""The catalogue for other catalogues: DCAT 3 as JSON-LD, and tables in the shape of
OpenMetadata's CreateTable requests.

DCAT: <https://www.w3.org/TR/vocab-dcat-3/>; columns as csvw:Column, personal data by the Data Privacy Vocabulary
(dpv). OpenMetadata: schemas api/data/createTable.json and type/tagLabel.json. Neither holds samples, and nothing
is offered for download.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from tongban.registry.snapshot import Snapshot

from ..models import Field, Source
from ..words import CATEGORIES
from .rows import basis, data_name, responsible

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dpv": "https://w3id.org/dpv#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "tb": "urn:tongban:protection:",
}
SCHEME = "urn:tongban:category"
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
        "dct:description": {"@value": "由扫描和人工判定得到的数据分类分级清单，不含任何样例", "@language": "zh-Hans"},
        "dcat:themeTaxonomy": {"@id": SCHEME, "@type": "skos:ConceptScheme",
            "skos:prefLabel": {"@value": "数据类别", "@language": "zh-Hans"}},
        "dct:issued": {"@value": timezone.now().isoformat(timespec="seconds"), "@type": "xsd:dateTime"},
        "dcat:dataset": [_dataset(source, rows, registry) for source, rows in _by_source(fields)],
    }  # fmt: skip


def _dataset(source: Source, rows: list[Field], registry: Snapshot) -> dict[str, Any]:
    unit = registry.units.get(source.unit_id)
    found: dict[str, Any] = {
        "@id": f"{settings.ORIGIN}/protection/sources/{source.code}/", "@type": "dcat:Dataset",
        "dct:identifier": source.code, "dct:title": {"@value": source.name, "@language": "zh-Hans"},
        "dct:publisher": {"@id": f"urn:tongban:unit:{source.unit_id}", "@type": "foaf:Agent",
            "foaf:name": unit.name if unit else source.unit_id},
        "dct:accessRights": {**NON_PUBLIC, "@type": "dct:RightsStatement"},
        "dcat:theme": [_theme(name) for name in dict.fromkeys(row.category for row in rows) if name != "none"],
        "dct:modified": {"@value": max(row.last_scan.started_at for row in rows).isoformat(), "@type": "xsd:dateTime"},
        "csvw:column": [_column(row) for row in rows],
    }  # fmt: skip
    if source.purpose:
        found["dct:description"] = source.purpose
    contact = responsible(rows[0])
    if contact:
        found["dcat:contactPoint"] = {"@type": "vcard:Individual", "vcard:fn": contact}
    if any(row.personal for row in rows):
        found["dpv:hasPersonalData"] = {
            "@id": "dpv:SensitivePersonalData" if any(row.sensitive for row in rows) else "dpv:PersonalData"
        }
    return found


def _theme(category: str) -> dict[str, Any]:
    """Whose data it is, as a concept with the words of the list."""
    with override("zh-hans"):
        words = str(CATEGORIES[category])
    return {
        "@id": f"{SCHEME}:{category}",
        "@type": "skos:Concept",
        "skos:inScheme": {"@id": SCHEME},
        "skos:prefLabel": {"@value": words, "@language": "zh-Hans"},
    }


def _column(row: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{settings.ORIGIN}/protection/fields/{row.code}/", "@type": "csvw:Column", "csvw:name": row.column,
        "csvw:title": data_name(row),
        "tb:path": row.path, "tb:table": row.part, "tb:type": row.type, "tb:category": row.category,
        "tb:level": row.level,
        "tb:persons": row.persons, "tb:basis": basis(row),
    }  # fmt: skip
    if row.personal:
        found["dpv:hasPersonalData"] = {"@id": "dpv:SensitivePersonalData" if row.sensitive else "dpv:PersonalData"}
    if row.sensitive:
        found["tb:sensitive"] = row.sensitive
    return {name: value for name, value in found.items() if value != ""}


def openmetadata(fields: Iterable[Field], registry: Snapshot) -> dict[str, Any]:
    """`tables`: CreateTable requests, one for each file or table; `databaseSchema` names unit and source and
    may be changed on import."""
    tables = []
    for source, rows in _by_source(fields):
        parts: dict[tuple[str, str], list[Field]] = {}
        for row in rows:
            parts.setdefault((row.path, row.part), []).append(row)
        tables += [_table(source, path, part, found) for (path, part), found in parts.items()]
    return {"tables": tables}


def _table(source: Source, path: str, part: str, rows: list[Field]) -> dict[str, Any]:
    name = " / ".join(text for text in (path, part) if text) or source.name
    names = _each_once([_entity(row.column or "text", LONGEST_COLUMN) for row in rows], LONGEST_COLUMN)
    return {
        "name": _entity(name), "displayName": name, "description": source.purpose, "tableType": "Regular",
        "databaseSchema": f"tongban.{_quoted(source.unit_id)}.{_quoted(source.name)}",
        "columns": [
            {
                "name": called, "displayName": row.column or data_name(row), "dataType": "UNKNOWN",
                "dataTypeDisplay": row.declared,
                "description": row.comment, "ordinalPosition": at, "tags": _tags(row),
            }
            for at, (row, called) in enumerate(zip(rows, names, strict=True), start=1)
        ],
    }  # fmt: skip


LONGEST_NAME, LONGEST_COLUMN = 256, 128
"""type/basic.json (entityName) and entity/data/table.json (columnName, as long as its older versions allow)."""
_LINES = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def _entity(text: str, most: int = LONGEST_NAME) -> str:
    """A name as OpenMetadata allows it: no "::", quotes or line ends, not empty, not longer than `most`; one that is
    cut keeps a mark of its own."""
    plain = _LINES.sub(" ", text).replace('"', "'")
    while "::" in plain:
        plain = plain.replace("::", ":")
    return (
        plain
        if 0 < len(plain) <= most
        else f"{plain[: most - 9]}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    )


def _each_once(names: list[str], most: int) -> list[str]:
    """The names, those that came before with a number behind them: masked names may be the same,
    columns of a table may not."""
    made: dict[str, None] = {}
    for name in names:
        called, again = name, 1
        while called in made:
            again += 1
            called = f"{name[: most - 7]}_{again}"
        made[called] = None
    return list(made)


def _quoted(text: str) -> str:
    """A name within a fully qualified name: in quotes where it has a dot."""
    return f'"{_entity(text)}"' if "." in text else _entity(text)


def _tags(row: Field) -> list[dict[str, str]]:
    """Tag labels: of OpenMetadata's own PII classification, and the level of GB/T 43697."""
    names = [f"DataLevel.{row.level}"]
    if row.personal:
        names.insert(
            0,
            "PII.Sensitive" if row.sensitive or row.level in ("general-4", "important", "core") else "PII.NonSensitive",
        )
    kind = "Manual" if row.decision_id else "Automated"
    state = "Suggested" if row.review in ("waiting", "later") else "Confirmed"
    return [{"tagFQN": name, "source": "Classification", "labelType": kind, "state": state} for name in names]
