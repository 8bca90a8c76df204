"""The registry in /api/v1: places, units, matters, duties, and who is responsible on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from tongban.cases.refusal import Refusal
from tongban.gate.problems import problems
from tongban.registry import snapshot

router = Router()
PAGE = 500
OPERATIONS = dict.fromkeys(("list_places", "list_units", "list_matters", "list_duties", "who_is_responsible", "working_days"), "public")


class Row(Schema):
    code: str
    name: str
    name_en: str
    parent: str | None


class PlaceOut(Row):
    level: str


class UnitOut(Row):
    place: str
    coordinating: bool
    oversight: bool
    phone: str


class MatterOut(Row):
    description: str
    conduct: bool
    second_eyes: bool
    publishable: bool
    leaf: bool


class DutyOut(Schema):
    unit: str
    matter: str
    place: str
    role: str
    since: date
    until: date | None
    basis: str


class After(Schema):
    after: str = Field("", max_length=32, description="The last code of the page before; pages have 500 rows.")


def _page(table: str, after: str) -> list[Any]:
    rows = getattr(snapshot.current(), table)
    return [rows[code] for code in sorted(rows) if code > after][:PAGE]


def _dict(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "name", "name_en", "parent", *names)}


@router.get("/registry/places", response={200: list[PlaceOut], **problems(422)}, operation_id="list_places", tags=["registry"], summary="Places")
def list_places(request: HttpRequest, page: Query[After]) -> Any:
    """行政区划, by code."""
    return [_dict(row, "level") for row in _page("places", page.after)]


@router.get("/registry/units", response={200: list[UnitOut], **problems(422)}, operation_id="list_units", tags=["registry"], summary="Units")
def list_units(request: HttpRequest, page: Query[After]) -> Any:
    """单位, by code."""
    return [_dict(row, "place", "coordinating", "oversight", "phone") for row in _page("units", page.after)]


@router.get("/registry/matters", response={200: list[MatterOut], **problems(422)}, operation_id="list_matters", tags=["registry"], summary="Matters")
def list_matters(request: HttpRequest, page: Query[After]) -> Any:
    """事项, by code; letters are about a leaf."""
    registry = snapshot.current()
    return [
        {**_dict(row, "description", "conduct", "second_eyes", "publishable"), "leaf": not registry.children("matters", row.code)}
        for row in _page("matters", page.after)
        if row.active
    ]


class DutyFilter(Schema):
    matter: str = Field("", max_length=32)
    place: str = Field("", max_length=32)
    unit: str = Field("", max_length=32)


@router.get("/registry/duties", response={200: list[DutyOut], **problems(422)}, operation_id="list_duties", tags=["registry"], summary="Duties of a matter, place or unit")
def list_duties(request: HttpRequest, wanted: DutyFilter = Query(...)) -> Any:  # noqa: B008 -- ninja's way
    """责任清单, at most 500 rows: narrow by matter, place or unit."""
    found = []
    for rows in snapshot.current().duties.values():
        for duty in rows:
            if wanted.matter in ("", duty.matter) and wanted.place in ("", duty.place) and wanted.unit in ("", duty.unit):
                found.append(duty)
    found.sort(key=lambda duty: (duty.matter, duty.place, duty.role, duty.since))
    return [{name: getattr(duty, name) for name in DutyOut.model_fields} for duty in found[:PAGE]]


class ResponsibleOut(Schema):
    lead: str
    assist: list[str]
    why: str
    basis: str | None
    on: date


class ResponsibleFilter(Schema):
    matter: str = Field(max_length=32)
    place: str = Field(max_length=32)
    on: date | None = None


@router.get("/registry/responsible", response={200: ResponsibleOut, **problems(404, 422)}, operation_id="who_is_responsible", tags=["registry"], summary="Who is, or was, responsible")
def who_is_responsible(request: HttpRequest, wanted: Query[ResponsibleFilter]) -> Any:
    """The unit that answers for a matter in a place on a day (today, if none is given)."""
    registry, day = snapshot.current(), wanted.on or timezone.localdate()
    if wanted.matter not in registry.matters or wanted.place not in registry.places:
        raise Refusal("not_found", _("没有这个事项或行政区划。"))
    try:
        route = registry.route(wanted.matter, wanted.place, day)
    except LookupError:
        raise Refusal("not_found", _("没有找到责任单位。")) from None
    return {"lead": route.lead, "assist": list(route.assist), "why": route.why, "basis": route.duty.basis if route.duty else None, "on": day}


class YearOut(Schema):
    year: int
    working_days: list[date]


@router.get("/calendar/{year}", response={200: YearOut, **problems(404, 422)}, operation_id="working_days", tags=["registry"], summary="The working days of a year")
def working_days(request: HttpRequest, year: int) -> Any:
    """Legal working days; 404 for a year whose notice is not loaded."""
    from datetime import timedelta

    calendar = snapshot.current().calendar
    if year not in calendar.years_loaded():
        raise Refusal("not_found", _("这一年的日历尚未载入。"))
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range(366)]
    return {"year": year, "working_days": [day for day in days if day.year == year and calendar.is_working_day(day)]}
