"""Figures by unit and month for everybody, and the load of the units below for supervisors. No figure for a person."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import access
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.gate.templatetags.tongban_names import place_name, unit_name
from tongban.letters.desk import wish
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.scorecards.api import month_of
from tongban.scorecards.figures import Figures, by_month, by_unit, together

from . import charts

MOST_UNITS = 200
UNITS_A_PAGE = 50


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """The period and the units that the query asks for; what it does not understand it leaves at the default."""
    registry, today = snapshot.current(), timezone.localdate().replace(day=1)
    try:
        until = month_of(request.GET.get("until", ""), today)
        since = month_of(request.GET.get("since", ""), date(until.year - 1, until.month, 1))
    except (Refusal, ValueError):
        until, since = today, date(today.year - 1, today.month, 1)
    place, unit = request.GET.get("place", ""), request.GET.get("unit", "")
    units: list[str] | None = None
    if unit in registry.units:
        units = [unit]
    elif place in registry.places:
        under = set(registry.subtree("places", place))
        units = [row.code for row in registry.units.values() if row.place in under]
    return {"since": min(since, until), "until": until, "place": place if place in registry.places else "", "unit": unit if unit in registry.units else "", "units": units}


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    """The places to choose from, under their city: a county's figures are as public as a city's."""
    registry = snapshot.current()
    groups = []
    for root in registry.children("places", None):
        groups.append((place_name(root), [(root, place_name(root))]))
        for city in registry.children("places", root):
            rows = [(city, place_name(city))]
            for code in registry.children("places", city):
                rows += [(code, place_name(code)), *((town, f"{place_name(code)} · {place_name(town)}") for town in registry.children("places", code))]
            groups.append((place_name(city), rows))
    return groups


def _units_of(place: str, unit: str) -> list[tuple[str, str]]:
    """The units of the chosen place itself (not of those below it), and the chosen unit; none where no place is chosen."""
    registry = snapshot.current()
    place = place or (registry.units[unit].place if unit else "")
    return [(row.code, unit_name(row.code)) for row in registry.units.values() if place and (row.place == place or row.code == unit)]


def _rows(found: dict[Any, Figures], order: list[Any]) -> list[dict[str, Any]]:
    return [{"key": key, "f": found[key]} for key in order]


@allows("public")
@public_for(60)
def figures(request: HttpRequest) -> HttpResponse:
    """Received, answered, in time, median days, ratings: by month and by unit, as charts and tables."""
    wanted = _wanted(request)
    months = by_month(wanted["units"], wanted["since"], wanted["until"])
    units = by_unit(wanted["units"], wanted["since"], wanted["until"])
    order = sorted(units, key=lambda code: (-units[code].received - units[code].answered, code))
    number = min(max(int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1, 1), max(1, -(-len(order) // UNITS_A_PAGE)))
    shown = order[(number - 1) * UNITS_A_PAGE : number * UNITS_A_PAGE]
    month_order = sorted(months)
    line = None
    if len(month_order) > 1:
        line = charts.line_chart(
            [month.strftime("%Y-%m") for month in month_order],
            [(_("收到"), [months[m].received for m in month_order]), (_("已答复"), [months[m].answered for m in month_order])],
            key="months", title=_("每月收到和答复的来信"), step_label=_("月份"),
        )  # fmt: skip
    shares = [(unit_name(code), share) for code in order if (share := units[code].in_time_percent) is not None][:12]
    bars = None
    if shares:
        bars = charts.bar_chart(shares, key="on-time", title=_("按时答复率"), name_label=_("单位"), value_label=_("按时答复率"), unit="%", places=1)
    context = {
        **wanted, "months": _rows(months, month_order), "rows": _rows(units, shown), "line": line, "bars": bars, "query": request.GET.urlencode(),
        "places": _places(), "choice": _units_of(wanted["place"], wanted["unit"]), "figures": together(months.values()), "units_total": len(order),
        "prev_url": _page_url(request, number - 1) if number > 1 else "", "next_url": _page_url(request, number + 1) if number * UNITS_A_PAGE < len(order) else "",
    }  # fmt: skip
    return render(request, "scorecards/figures.html", context)


def _page_url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}#units"


@allows("public")
@public_for(60)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The table of units, as CSV."""
    wanted = _wanted(request)
    units = by_unit(wanted["units"], wanted["since"], wanted["until"])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["unit", "name", "since", "until", "received", "answered", "in_time", "late", "in_time_percent", "median_days", "rated", "satisfied_percent", "overdue"])
    for code in sorted(units):
        f = units[code]
        writer.writerow([
            code, unit_name(code), wanted["since"].strftime("%Y-%m"), wanted["until"].strftime("%Y-%m"), f.received, f.answered, f.in_time, f.late,
            f.in_time_percent, f.median_days, f.rated, f.satisfied_percent, f.overdue,
        ])  # fmt: skip
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
    """A row of the supervisors' page: a unit, its open work, its figures of the last twelve months, its views of the tray."""

    unit: str
    open: Open
    f: Figures
    tray: str
    late: str


def _in_tray(unit: str, range_: wish.Reach, registry: Snapshot) -> tuple[str, str]:
    """Where the tray shows the unit's open work, and what of it is overdue."""
    if unit in range_.own:
        view = wish.Wish("own", unit)
    elif unit in range_.below:
        view = wish.Wish("below", unit)
    else:
        view = wish.Wish("area", place=registry.units[unit].place)
    return view.address(), view.address(rung="overdue")


@allows("official")
def load(request: HttpRequest) -> HttpResponse:
    """For heads and supervisors: open and overdue work and ratings of the units below, by unit."""
    registry, actor = snapshot.current(), request.actor  # type: ignore[attr-defined]
    units = access.units_under(actor, registry)
    if not units:
        return render(request, "403.html", {"reason": _("只有单位负责人和督办员可以打开这个页面。")}, status=403)
    barred = access.bars(actor, registry)
    open_cases = (
        Case.objects.filter(is_open__in=(True,), unit_id__in=units)
        .filter(Q(against_id__isnull=True) | ~Q(against_id__in=barred))
        .values("unit_id")
        .annotate(
            n=Count("id"), soon=Count("id", filter=Q(rung__in=("due_soon", "due"))), overdue=Count("id", filter=Q(rung="overdue")),
            long=Count("id", filter=Q(rung="long_overdue")),
        )
    )  # fmt: skip
    today = timezone.localdate().replace(day=1)
    done = by_unit(units, date(today.year - 1, today.month, 1), today)
    open_now = {row["unit_id"]: Open(row["n"], row["soon"], row["overdue"], row["long"]) for row in open_cases}
    range_ = wish.reach(actor, registry)
    rows = [
        Load(code, open_now.get(code, Open()), done.get(code, Figures()), *_in_tray(code, range_, registry))
        for code in units
        if code in open_now or code in done
    ]
    rows.sort(key=lambda row: (-row.open.long, -row.open.overdue, -row.open.n, row.unit))
    rows = rows[:MOST_UNITS]
    chart = None
    if rows:
        chart = charts.stacked_bar(
            [(unit_name(row.unit), (row.open.on_time, row.open.soon, row.open.overdue + row.open.long)) for row in rows[:12]],
            [_("在时限内"), _("即将到期"), _("已逾期")], key="load", title=_("在办来信"), name_label=_("单位"), total_label=_("合计"), colours=(1, 4, 2),
        )  # fmt: skip
    return render(request, "scorecards/load.html", {"rows": rows, "chart": chart})
