"""The catalogue in /api/v1: the services that are wanted, and one with its conditions, materials, limits and windows.

For whoever builds on it: a city's app, counter software, a search engine. The conditions as a table to be judged are
`/services/{code}/conditions`; linked data stands at /services/{code}.jsonld and here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from ninja.decorators import decorate_view
from pydantic import BaseModel, Field

from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems
from tongban.registry import snapshot
from tongban.workdays import Limit

from . import cpsv, finding, guides
from .finding import Wanted
from .guides import Bring, Guide

router = Router(tags=["services"])
PAGE = 100
OPERATIONS = {"list_services": "public", "read_service": "public", "service_linked_data": "public"}
Code = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]
Named = Annotated[str, Path(max_length=32, pattern=r"^[0-9A-Za-z_-]+$", description="Code of the service.")]


class ServiceOut(BaseModel):
    """A service of the catalogue, as it holds today."""

    code: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    type: str = Field(description="license, confirmation, payment, reward, record, public or other.")
    subject: str = Field(description="Who can apply: person, firm or both.")
    events: list[str]
    immediate: bool = Field(description="Decided on the spot where the papers are complete.")
    by_promise: bool = Field(description="Can be granted on a promise (告知承诺).")
    unasked: bool = Field(description="Granted without an application where a register shows it (免申即享).")
    since: date
    until: date | None


class ServicePage(BaseModel):
    """A page of services."""

    items: list[ServiceOut]
    next: str | None = Field(description="`cursor` of the next page.")


class ServiceFilter(BaseModel):
    """Which services: all that is said has to hold."""

    q: str = Field("", max_length=80, description="Words, or a sentence; Simplified and Traditional are one.")
    event: Code = Field("", description="An event of life: birth, work, business, …")
    unit: Code = Field("", description="Who offers it.")
    place: Code = Field("", description="What is offered for this place and the places above it.")
    type: Code = ""
    subject: Code = ""
    cursor: str = Field("", max_length=9, pattern=r"^[0-9]*$", description="`next` of the page before; 100 a page.")


class ClauseOut(BaseModel):
    """A condition in words with its article; `fact` is the question that it asks."""

    words: str
    words_en: str
    fact: str
    article: str | None


class MaterialOut(BaseModel):
    """A material: `how` is required, may_follow (can come later), optional, or instead (a register has it)."""

    code: str
    name: str
    name_en: str
    how: str
    copies: int
    register_: str = Field(alias="register", description="The register that has it; empty where none has.")
    article: str | None


class OfferingOut(BaseModel):
    """Where it is done: a unit in a place."""

    unit: str
    place: str
    promised: int | None = Field(description="Working days that are promised.")
    channels: list[str]
    window: str
    hours: str
    phone: str
    fee: str = Field(description="Empty: no fee.")
    fee_basis: str


class LimitOut(BaseModel):
    """A limit in working or calendar days, and where it stands."""

    days: int
    unit: str
    basis: str


class ServiceWhole(ServiceOut):
    """A service with all that its guide says, at one place."""

    place: str = Field(description="Where the rest is for; empty where nobody offers it.")
    result: str
    result_en: str
    certificate: str
    valid_months: int | None
    renewable: bool
    visits: int
    conditions: list[list[ClauseOut]] = Field(description="Every group has to hold; any clause of a group is enough.")
    materials: list[MaterialOut]
    offerings: list[OfferingOut]
    legal: LimitOut | None = Field(description="The limit by law.")
    promised: LimitOut | None
    basis: list[str]


def _out(item: Any) -> dict[str, Any]:
    row = snapshot.current().matters[item.matter_id]
    names = (
        "summary",
        "summary_en",
        "type",
        "subject",
        "events",
        "immediate",
        "by_promise",
        "unasked",
        "since",
        "until",
    )
    return {"code": row.code, "name": row.name, "name_en": row.name_en, **{name: getattr(item, name) for name in names}}


@router.get(
    "/services",
    response={200: ServicePage, **problems(400, 422, 503)},
    operation_id="list_services",
    summary="Services of the catalogue",
)
@decorate_view(public_for(30))
def list_services(request: HttpRequest, wanted: Query[ServiceFilter]) -> Any:
    """With words the best first, else by name, 100 a page."""
    said = wanted.model_dump(exclude={"q", "cursor"})
    rows = finding.found(Wanted(words=wanted.q.strip(), **said))
    at = int(wanted.cursor or 0)
    more = str(at + PAGE) if len(rows) > at + PAGE else None
    return {"items": [_out(one.item) for one in rows[at : at + PAGE]], "next": more}


@router.get(
    "/services/{code}",
    response={200: ServiceWhole, **problems(400, 404, 422, 503)},
    operation_id="read_service",
    summary="One service with its conditions, materials, limits and windows",
    by_alias=True,
)
@decorate_view(public_for(30))
def read_service(request: HttpRequest, code: Named, place: Code = "") -> Any:
    """At a place, or at the first of its places."""
    guide = _guide(code, place)
    return {
        **_out(guide.item),
        **{
            name: getattr(guide.item, name)
            for name in ("result", "result_en", "certificate", "valid_months", "renewable", "visits")
        },
        "place": guide.place,
        "conditions": [
            [
                {
                    "words": one.row.words,
                    "words_en": one.row.words_en,
                    "fact": one.row.fact_id,
                    "article": one.row.article_id,
                }
                for one in group
            ]
            for group in guide.groups
        ],
        "materials": [_material(one) for one in (*guide.bring, *guide.known)],
        "offerings": [
            {
                "unit": one.unit_id, "place": one.place_id, "promised": one.promised, "channels": one.channels,
                "window": one.window, "hours": one.hours, "phone": one.phone, "fee": one.fee,
                "fee_basis": one.fee_basis,
            }
            for one in guide.offerings
        ],
        "legal": _limit(guide.legal),
        "promised": _limit(guide.promised),
        "basis": [one.code for one in guide.basis],
    }  # fmt: skip


@router.get(
    "/services/{code}/linked-data",
    response={200: dict[str, Any], **problems(400, 404, 422, 503)},
    operation_id="service_linked_data",
    summary="One service as CPSV-AP 3.2 in JSON-LD",
)
@decorate_view(public_for(30))
def service_linked_data(request: HttpRequest, code: Named, place: Code = "") -> Any:
    """The same document as at /services/{code}.jsonld."""
    return cpsv.document(_guide(code, place), settings.ORIGIN)


def _guide(code: str, place: str) -> Guide:
    found = guides.guide(code, place)
    if found is None:
        raise Refusal("not_found", _("没有这个事项，或者它现在不办。"))
    return found


def _material(one: Bring) -> dict[str, Any]:
    material = one.need.material
    return {
        "code": material.code, "name": material.name, "name_en": material.name_en, "how": one.need.how,
        "copies": one.need.copies, "register": material.register, "article": one.need.article_id,
    }  # fmt: skip


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    return {"days": limit.days, "unit": limit.unit, "basis": limit.basis} if limit is not None else None
