"""An item as linked data: CPSV-AP 3.2 (SEMIC, Core Public Service Vocabulary Application Profile) in JSON-LD.

Names of classes and properties are those of the profile's context, written out, so that nobody has to fetch it. What
the profile has no place for (limits by law, promises) is said in words; the machine-readable conditions stand in the
API. Words come in Chinese and English whatever the reader's language is.
"""

from __future__ import annotations

from typing import Any

from tongban.registry import snapshot
from tongban.workdays import Limit

from .events import BUSINESS, EVENTS
from .guides import Cited, Guide
from .models import Offering

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
ACTIVE = "http://purl.org/adms/status/Completed"


def document(guide: Guide, origin: str) -> dict[str, Any]:
    """The JSON-LD of an item; `origin` is the address of this site without a path."""
    at = f"{origin}/services/{guide.code}/"
    graph: list[dict[str, Any]] = [_service(guide, at)]
    graph += [_condition(guide, at, number) for number in range(len(guide.groups))]
    graph += [_evidence(one, at) for one in (*guide.bring, *guide.known)]
    graph += [_channel(one, kind, at) for one in guide.offerings for kind in one.channels]
    graph += [_contact(one, at) for one in guide.offerings if one.phone]
    graph += [_authority(code, origin) for code in sorted({one.unit_id for one in guide.offerings})]
    graph += [
        {
            "@id": f"{at}#cost-{one.pk}",
            "@type": "cv:Cost",
            "dct:identifier": f"{guide.code}-cost-{one.pk}",
            "dct:description": _both(one.fee),
        }
        for one in guide.fees
    ]
    graph += [_legal(one, origin) for one in _laws(guide)]
    graph += [_event(code, origin) for code in guide.item.events]
    if guide.item.result:
        graph.append(
            {
                "@id": f"{at}#output",
                "@type": "cv:Output",
                "dct:identifier": f"{guide.code}-output",
                "dct:title": _both(guide.item.result, guide.item.result_en),
            }
        )
    return {"@context": CONTEXT, "@graph": graph}


def _service(guide: Guide, at: str) -> dict[str, Any]:
    row, item = snapshot.current().matters[guide.code], guide.item
    origin = at.partition("/services/")[0]
    service: dict[str, Any] = {
        "@id": at,
        "@type": "cpsv:PublicService",
        "dct:identifier": guide.code,
        "dct:title": _both(row.name, row.name_en),
        "dct:description": _both(item.summary, item.summary_en),
        "dct:language": [{"@id": f"{LANGUAGES}{one}"} for one in ("ZHO", "ENG")],
        "dcat:keyword": [{"@value": word, "@language": "zh"} for word in row.description.split("、") if word],
        "adms:status": {"@id": ACTIVE},
        "foaf:page": {"@id": at},
        "cv:hasCompetentAuthority": [
            {"@id": f"{origin}/units/{code}"} for code in sorted({one.unit_id for one in guide.offerings})
        ],
        "dct:spatial": [{"@id": f"{origin}/places/{code}"} for code in guide.places[:200]],
        "cv:hasChannel": [{"@id": f"{at}#{kind}-{one.pk}"} for one in guide.offerings for kind in one.channels],
        "cv:contactPoint": [{"@id": f"{at}#contact-{one.pk}"} for one in guide.offerings if one.phone],
        "cv:hasLegalResource": [{"@id": f"{origin}/laws/{one.code}"} for one in _laws(guide)],
        "cv:holdsRequirement": [{"@id": f"{at}#condition-{number}"} for number in range(1, len(guide.groups) + 1)],
        "cpsv:hasInput": [{"@id": f"{at}#{one.need.material_id}"} for one in (*guide.bring, *guide.known)],
        "cv:isGroupedBy": [{"@id": f"{origin}/services/?event={code}"} for code in item.events],
        "cv:hasCost": [{"@id": f"{at}#cost-{one.pk}"} for one in guide.fees],
    }
    if item.result:
        service["cpsv:produces"] = [{"@id": f"{at}#output"}]
    if guide.legal is not None:
        service["cv:processingTime"] = {"@value": duration(guide.legal), "@type": "xsd:duration"}
    return {name: value for name, value in service.items() if value not in ([], None)}


def duration(limit: Limit) -> str:
    """A limit as xsd:duration. Calendar days are exact; of working days it is the least that they take, five a week."""
    days = limit.days if limit.unit == "calendar" else limit.days + 2 * (limit.days // 5)
    return f"P{days}D"


def _condition(guide: Guide, at: str, number: int) -> dict[str, Any]:
    clauses = guide.groups[number]
    chinese = "，或者".join(one.row.words for one in clauses)
    english = ", or: ".join(one.row.words_en for one in clauses if one.row.words_en)
    return {
        "@id": f"{at}#condition-{number + 1}",
        "@type": "cv:Requirement",
        "dct:identifier": f"{guide.code}-condition-{number + 1}",
        "dct:title": _both(chinese, english),
    }


def _evidence(bring: Any, at: str) -> dict[str, Any]:
    material = bring.need.material
    found: dict[str, Any] = {
        "@id": f"{at}#{material.code}",
        "@type": "cv:Evidence",
        "dct:identifier": material.code,
        "dct:title": _both(material.name, material.name_en),
    }
    if material.hint:
        found["dct:description"] = _both(material.hint, material.hint_en)
    return found


def _channel(one: Offering, kind: str, at: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{at}#{kind}-{one.pk}",
        "@type": "cv:Channel",
        "dct:identifier": f"{one.matter_id}-{kind}-{one.pk}",
        "dct:type": {"@id": f"{at}#{kind}"},
        "cv:ownedBy": {"@id": f"{at.partition('/services/')[0]}/units/{one.unit_id}"},
    }
    if kind == "counter" and one.window:
        found["dct:description"] = _both(one.window, one.window_en)
    return found


def _contact(one: Offering, at: str) -> dict[str, Any]:
    return {"@id": f"{at}#contact-{one.pk}", "@type": "cv:ContactPoint", "cv:telephone": one.phone}


def _authority(code: str, origin: str) -> dict[str, Any]:
    unit = snapshot.current().units.get(code)
    found: dict[str, Any] = {"@id": f"{origin}/units/{code}", "@type": "cv:PublicOrganisation", "dct:identifier": code}
    if unit is not None:
        found["skos:prefLabel"] = _both(unit.name, unit.name_en)
        found["dct:spatial"] = {"@id": f"{origin}/places/{unit.place}"}
    return found


def _laws(guide: Guide) -> list[Cited]:
    said = [*guide.basis, *(one.article for group in guide.groups for one in group if one.article is not None)]
    return list({one.code: one for one in said}.values())


def _legal(one: Cited, origin: str) -> dict[str, Any]:
    return {"@id": f"{origin}/laws/{one.code}", "@type": "eli:LegalResource", "dct:title": _both(one.name)}


def _event(code: str, origin: str) -> dict[str, Any]:
    kind = "cv:BusinessEvent" if code in BUSINESS else "cv:LifeEvent"
    return {
        "@id": f"{origin}/services/?event={code}",
        "@type": kind,
        "dct:identifier": code,
        "dct:title": _both(str(EVENTS.get(code, code))),
    }


def _both(chinese: str, english: str = "") -> list[dict[str, str]]:
    """Words in both languages, those that there are."""
    found = [{"@value": chinese, "@language": "zh"}] if chinese else []
    return [*found, {"@value": english, "@language": "en"}] if english else found
