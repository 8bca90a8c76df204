"""Figures by kind of case, unit and month for everybody, and the load of the units below for supervisors. No figure for
a person. Which figures a kind has and how they are written: `scorecards/showing.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban import charts
from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.procedure import procedures
from tongban.cases.refusal import Refusal
from tongban.gate.allow import actor_of, allows
from tongban.gate.door import loaded, parts
from tongban.gate.keeping import public_for
from tongban.gate.parts import UnitWork
from tongban.gate.templatetags.tongban_names import place_name, unit_name
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.scorecards.api import month_of
from tongban.scorecards.figures import (
    Figures,
    by_unit,
    public_by_unit,
    public_kinds_by_month,
    public_kinds_by_unit,
    together,
)
from tongban.scorecards.showing import columns_of, kind_label
from tongban.scorecards.statements import provable_until
from tongban.tables import csv_bytes

from .figure_sections import sections

MOST_UNITS = 200


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """The period and the units that the query asks for; what it does not understand it leaves at the default."""
    registry, today = snapshot.current(), timezone.localdate().replace(day=1)
    try:
        until = month_of(request.GET.get("until", ""), today)
        since = month_of(request.GET.get("since", ""), date(until.year - 1, until.month, 1))
    except (Refusal, ValueError):
        until, since = today, date(today.year - 1, today.month, 1)
    place, unit, kind = (request.GET.get(name, "") for name in ("place", "unit", "kind"))
    units: list[str] | None = None
    if unit in registry.units:
        units = [unit]
    elif place in registry.places:
        under = set(registry.subtree("places", place))
        units = [row.code for row in registry.units.values() if row.place in under]
    return {
        "since": min(since, until),
        "until": until,
        "place": place if place in registry.places else "",
        "unit": unit if unit in registry.units else "",
        "units": units,
        "kind": kind if kind in procedures() else None,
    }


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    """The places to choose from, under their city: a county's figures are as public as a city's."""
    registry = snapshot.current()
    groups = []
    for root in registry.children("places", None):
        groups.append((place_name(root), [(root, place_name(root))]))
        for city in registry.children("places", root):
            rows = [(city, place_name(city))]
            for code in registry.children("places", city):
                rows += [
                    (code, place_name(code)),
                    *((town, f"{place_name(code)} · {place_name(town)}") for town in registry.children("places", code)),
                ]
            groups.append((place_name(city), rows))
    return groups


def _units_of(place: str, unit: str) -> list[tuple[str, str]]:
    """The units of the chosen place itself (not of those below it), and the chosen unit; none
    where no place is chosen."""
    registry = snapshot.current()
    place = place or (registry.units[unit].place if unit else "")
    return [
        (row.code, unit_name(row.code))
        for row in registry.units.values()
        if place and (row.place == place or row.code == unit)
    ]


def on_home() -> dict[str, Figures]:
    """For the home page: all units and kinds together, from twelve months back until now."""
    today = timezone.localdate()
    months = public_kinds_by_month(None, date(today.year - 1, today.month, 1), today.replace(day=1))
    return {"figures": together(found for kinds in months.values() for found in kinds.values())}


@allows("public")
@public_for(60)
def figures(request: HttpRequest) -> HttpResponse:
    """Of each kind of case what it counts (received, answered, in time, median days, ratings, …): by month and by unit,
    as charts and tables."""
    wanted = _wanted(request)
    months = public_kinds_by_month(wanted["units"], wanted["since"], wanted["until"], wanted["kind"])
    units = public_kinds_by_unit(wanted["units"], wanted["since"], wanted["until"], wanted["kind"])
    context = {
        **wanted,
        "sections": sections(request, months, units, _late(request, list(units))),
        "span": _span(wanted),
        "kinds": [(kind, kind_label(kind)) for kind in procedures()],
        "query": request.GET.urlencode(),
        "places": _places(),
        "choice": _units_of(wanted["place"], wanted["unit"]),
        "provable": provable_until(),
    }
    return render(request, "scorecards/figures.html", context)


def _span(wanted: Mapping[str, Any]) -> str:
    """What is shown, in a line: where, and from which month to which."""
    where = unit_name(wanted["unit"]) or place_name(wanted["place"]) or _("全部单位")
    months = f"{wanted['since']:%Y-%m} – {wanted['until']:%Y-%m}"
    return " · ".join(filter(None, (where, kind_label(wanted["kind"]) if wanted["kind"] else "", months)))


def _late(request: HttpRequest, units: list[str]) -> dict[str, str]:
    """Unit → where the desk shows its overdue cases, for the units that an official who is signed in looks after.
    Nobody else's page differs from any other: a page with a session is kept for nobody (`gate/keeping.py`)."""
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME) or not request.user.is_authenticated:
        return {}
    actor, registry = actor_of(request), snapshot.current()
    mine = set(access.units_under(actor, registry))
    addresses = _work(actor, [unit for unit in units if unit in mine], registry)
    return {unit: found[1] for unit, found in addresses.items() if found[1]}


def _work(actor: Actor, units: list[str], registry: Snapshot) -> dict[str, tuple[str, ...]]:
    """Unit → where the desk shows its open cases, what is overdue, and what has been so for long."""
    return {
        unit: found
        for part in parts(UnitWork)
        for unit, found in loaded(part.addresses)(actor, units, registry).items()
    }


EVERY_KIND = (
    "received", "answered", "in_time", "late", "in_time_percent", "median_days", "rated", "satisfied_percent",
    "overdue",
)  # fmt: skip
"""The columns of the CSV of all kinds together."""


@allows("public")
@public_for(60)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The table of units, as CSV: of one kind of case with all that it counts, else of all together."""
    wanted = _wanted(request)
    kind: str | None = wanted["kind"]
    units = public_by_unit(wanted["units"], wanted["since"], wanted["until"], kind)
    columns = columns_of(kind) if kind else []
    names = [column.name for column in columns] or list(EVERY_KIND)
    rows: list[list[object]] = [["unit", "name", "since", "until", *names]]
    since, until = wanted["since"].strftime("%Y-%m"), wanted["until"].strftime("%Y-%m")
    for code in sorted(units):
        of_unit = [column.figure(units[code]) for column in columns] or [getattr(units[code], name) for name in names]
        rows.append([code, unit_name(code), since, until, *of_unit])
    response = HttpResponse(csv_bytes(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="figures{"-" + kind if kind else ""}.csv"'
    return response


@dataclass(frozen=True)
class Open:
    """How many open letters a unit has, and where they stand with their deadlines."""

    n: int = 0
    soon: int = 0
    overdue: int = 0
    long: int = 0

    @property
    def on_time(self) -> int:
        return self.n - self.soon - self.overdue - self.long


@dataclass(frozen=True)
class Load:
    """A row of the supervisors' page: a unit, its open work, its figures of the last twelve months, and the addresses
    at which the desk shows its open, its overdue and its long overdue cases ("" where it does not)."""

    unit: str
    open: Open
    f: Figures
    tray: str
    late: str
    long: str


@allows("official")
def load(request: HttpRequest) -> HttpResponse:
    """For heads and supervisors: open and overdue work and ratings of the units below, by unit."""
    registry, actor = snapshot.current(), request.actor  # type: ignore[attr-defined]
    units = access.units_under(actor, registry)
    if not units:
        return render(request, "403.html", {"reason": _("只有单位负责人和督办员可以打开这个页面。")}, status=403)
    barred = access.bars(actor, registry)
    open_cases = (
        Case.objects.filter(phase="work", unit_id__in=units)
        .filter(Q(against_id__isnull=True) | ~Q(against_id__in=barred))
        .values("unit_id")
        .annotate(
            n=Count("id"),
            soon=Count("id", filter=Q(rung__in=("due_soon", "due"))),
            overdue=Count("id", filter=Q(rung="overdue")),
            long=Count("id", filter=Q(rung="long_overdue")),
        )
    )
    today = timezone.localdate().replace(day=1)
    done = by_unit(units, date(today.year - 1, today.month, 1), today)
    open_now = {row["unit_id"]: Open(row["n"], row["soon"], row["overdue"], row["long"]) for row in open_cases}
    busy = [code for code in units if code in open_now or code in done]
    shown = _work(actor, busy, registry)
    rows = [
        Load(code, open_now.get(code, Open()), done.get(code, Figures()), *(*shown.get(code, ()), "", "", "")[:3])
        for code in busy
    ]
    rows.sort(key=lambda row: (-row.open.long, -row.open.overdue, -row.open.n, row.unit))
    rows = rows[:MOST_UNITS]
    chart = None
    if rows:
        chart = charts.stacked_bar(
            [(unit_name(row.unit),
                    (row.open.on_time, row.open.soon, row.open.overdue + row.open.long)) for row in rows[:12]],
            [_("在时限内"), _("即将到期"), _("已逾期")], key="load", title=_("在办件"), name_label=_("单位"),
            total_label=_("合计"), colours=(1, 4, 2),
        )  # fmt: skip
    return render(request, "scorecards/load.html", {"rows": rows, "chart": chart})
