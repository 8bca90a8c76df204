"""The registry in /api/v1: places, units, matters, duties, who is responsible on a day, and the working days of a year.

Read from the snapshot in memory; no query. Not for changing the registry: an administrator's pages and imports do that.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from ninja.decorators import decorate_view
from pydantic import BaseModel, Field

from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.registry.snapshot_rows import DutyRow

router = Router(tags=["registry"])
PAGE = 500
OPERATIONS = dict.fromkeys(
    ("list_places", "list_units", "list_matters", "list_duties", "who_is_responsible", "working_days"), "public"
)
Code = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]


class Row(BaseModel):
    """What every row has. `parent` is the code of the row above."""

    code: str
    name: str
    name_en: str
    parent: str | None


class PlaceOut(Row):
    """行政区划, by GB/T 2260 code."""

    level: Literal["province", "city", "county", "township"]


class UnitOut(Row):
    """单位: an office that can be responsible."""

    place: str
    coordinating: bool = Field(description="Takes what nobody is named for in its place.")
    oversight: bool = Field(description="Takes complaints about units that have none above them.")
    second_eyes: bool = Field(description="Its answers are approved by a second official.")
    phone: str
    address: str
    since: date | None
    until: date | None = Field(description="Last day of the unit; null while it stands.")


class MatterOut(Row):
    """事项: what a letter is about."""

    description: str
    conduct: bool = Field(description="About the conduct of a unit or its staff: `against` has to be named.")
    second_eyes: bool = Field(description="Answers are approved by a second official.")
    publishable: bool
    leaf: bool = Field(description="Has none below it: cases are about a leaf.")
    kinds: list[str] = Field(description="Kinds of case that can be about it: `letter`, …")


class DutyOut(BaseModel):
    """责任清单条目: a unit answers for a matter in a place, from one day to another, on a legal basis."""

    unit: str
    matter: str
    place: str
    role: Literal["lead", "assist"]
    since: date
    until: date | None = Field(description="Last day; null while in force.")
    basis: str


class PlacePage(BaseModel):
    """A page of places."""

    items: list[PlaceOut]
    next: str | None = Field(description="`cursor` of the next page.")


class UnitPage(BaseModel):
    """A page of units."""

    items: list[UnitOut]
    next: str | None = Field(description="`cursor` of the next page.")


class MatterPage(BaseModel):
    """A page of matters."""

    items: list[MatterOut]
    next: str | None = Field(description="`cursor` of the next page.")


class DutyPage(BaseModel):
    """A page of duties."""

    items: list[DutyOut]
    next: str | None = Field(description="`cursor` of the next page.")


class After(BaseModel):
    """Where to go on."""

    cursor: Code = Field("", description="`next` of the page before; pages have 500 rows.")


class MatterFilter(After):
    """Which matters: all in use, or those that a kind of case can be about."""

    kind: str = Field(
        "", max_length=16, pattern=r"^[a-z_]*$", description="Kind of case: `letter`, …; all, if none is given."
    )


class DutyFilter(BaseModel):
    """Which duties: of a unit, for a matter, in a place; exactly these, not those above or below."""

    matter: Code = ""
    place: Code = ""
    unit: Code = ""
    cursor: str = Field(
        "", max_length=140, pattern=r"^[0-9A-Za-z_.-]*$", description="`next` of the page before; pages have 500 rows."
    )


class ResponsibleFilter(BaseModel):
    """For what, where, and on which day."""

    matter: Code
    place: Code
    on: date | None = Field(None, description="Today, if none is given.")


class ResponsibleOut(BaseModel):
    """Who answers, why, and what the responsibility list said at other times."""

    lead: str
    assist: list[str]
    why: Literal["duty", "coordinating"] = Field(
        description="`duty`: the responsibility list names the unit. `coordinating`: it names none."
    )
    basis: str | None
    on: date
    history: list[DutyOut] = Field(
        description="Every entry for the matter or those above it, in the place or those above it; latest first."
    )


class YearOut(BaseModel):
    """The legal working days of a year, make-up days among them."""

    year: int
    working_days: list[date]


def _page(rows: Any, cursor: str) -> tuple[list[Any], str | None]:
    """The rows after a code, and the code to go on from."""
    codes = [code for code in sorted(rows) if code > cursor]
    return [rows[code] for code in codes[:PAGE]], codes[PAGE - 1] if len(codes) > PAGE else None


def _fields(row: Any, model: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in model.model_fields if hasattr(row, name)}


@router.get(
    "/registry/places",
    response={200: PlacePage, **problems(400, 422, 503)},
    operation_id="list_places",
    summary="Places",
)
@decorate_view(public_for(60))
def list_places(request: HttpRequest, page: Query[After]) -> Any:
    """行政区划, by code: province, cities, counties, townships."""
    rows, after = _page(snapshot.current().places, page.cursor)
    return {"items": [_fields(row, PlaceOut) for row in rows], "next": after}


@router.get(
    "/registry/units", response={200: UnitPage, **problems(400, 422, 503)}, operation_id="list_units", summary="Units"
)
@decorate_view(public_for(60))
def list_units(request: HttpRequest, page: Query[After]) -> Any:
    """单位, by code; those that no longer stand too."""
    rows, after = _page(snapshot.current().units, page.cursor)
    return {"items": [_fields(row, UnitOut) for row in rows], "next": after}


@router.get(
    "/registry/matters",
    response={200: MatterPage, **problems(400, 422, 503)},
    operation_id="list_matters",
    summary="Matters",
)
@decorate_view(public_for(60))
def list_matters(request: HttpRequest, wanted: Query[MatterFilter]) -> Any:
    """事项 in use, by code, narrowed to those for a kind of case; cases are about a leaf. A matter above a leaf of the
    kind is among them, whatever it serves itself: it names the branch."""
    registry = snapshot.current()
    found = {code: row for code, row in registry.matters.items() if row.active}
    if wanted.kind:
        served = {above for row in registry.leaves(wanted.kind) for above in registry.line("matters", row.code)}
        found = {code: row for code, row in found.items() if code in served or row.serves(wanted.kind)}
    rows, after = _page(found, wanted.cursor)
    items = [
        {**_fields(row, MatterOut), "kinds": sorted(row.kinds), "leaf": not registry.children("matters", row.code)}
        for row in rows
    ]
    return {"items": items, "next": after}


def key_of(duty: DutyRow) -> str:
    """What a duty is found by; no two have the same."""
    return f"{duty.matter}.{duty.place}.{duty.unit}.{duty.since.isoformat()}"


def _duties(registry: Snapshot, wanted: DutyFilter) -> list[DutyRow]:
    return [
        duty
        for (matter, place), duties in registry.duties.items()
        if wanted.matter in ("", matter) and wanted.place in ("", place)
        for duty in duties
        if wanted.unit in ("", duty.unit)
    ]


@router.get(
    "/registry/duties",
    response={200: DutyPage, **problems(400, 422, 503)},
    operation_id="list_duties",
    summary="Duties",
)
@decorate_view(public_for(60))
def list_duties(request: HttpRequest, wanted: Query[DutyFilter]) -> Any:
    """责任清单, past entries and coming ones too, narrowed by matter, place and unit."""
    rows, after = _page({key_of(duty): duty for duty in _duties(snapshot.current(), wanted)}, wanted.cursor)
    return {"items": [_fields(row, DutyOut) for row in rows], "next": after}


@router.get(
    "/registry/responsible",
    response={200: ResponsibleOut, **problems(400, 404, 422, 503)},
    operation_id="who_is_responsible",
    summary="Who is, or was, responsible",
)
@decorate_view(public_for(60))
def who_is_responsible(request: HttpRequest, wanted: Query[ResponsibleFilter]) -> Any:
    """The unit that answers for a matter in a place on a day, and the history of the responsibility list for them."""
    registry, day = snapshot.current(), wanted.on or timezone.localdate()
    if wanted.matter not in registry.matters or wanted.place not in registry.places:
        raise Refusal("not_found", _("没有这个事项或行政区划。"))
    try:
        route = registry.route(wanted.matter, wanted.place, day)
    except LookupError:
        raise Refusal("not_found", _("没有找到责任单位。")) from None
    matters, places = registry.line("matters", wanted.matter), registry.line("places", wanted.place)
    history = [duty for place in places for matter in matters for duty in registry.duties.get((matter, place), ())]
    history.sort(key=lambda duty: (duty.since, duty.unit), reverse=True)
    return {
        "lead": route.lead,
        "assist": list(route.assist),
        "why": route.why,
        "basis": route.duty.basis if route.duty else None,
        "on": day,
        "history": [_fields(duty, DutyOut) for duty in history[:PAGE]],
    }


@router.get(
    "/calendar/{year}",
    response={200: YearOut, **problems(400, 404, 422, 503)},
    operation_id="working_days",
    summary="The working days of a year",
)
@decorate_view(public_for(60))
def working_days(request: HttpRequest, year: int = Path(..., ge=1, le=9999)) -> Any:  # type: ignore[type-arg]  # noqa: B008 -- ninja's way
    """Legal working days by the State Council's notice; 404 for a year whose notice is not loaded."""
    calendar = snapshot.current().calendar
    if year not in calendar.years_loaded():
        raise Refusal("not_found", _("这一年的日历尚未载入。"))
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]
    return {"year": year, "working_days": [day for day in days if calendar.is_working_day(day)]}
