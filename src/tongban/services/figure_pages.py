"""The public page of the figures of applications, and the same as CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.registry import snapshot
from tongban.registry.names import matter_name, place_line, unit_name
from tongban.tables import csv_bytes

from . import figures, reading
from .tally import catching_up
from .tally import reading as tally

MONTHS = 12
"""So many months are shown where nobody asks for others, and at most."""
PAGE = 100
STANDING, GROWING = 3600, 30
"""Seconds for which numbers are kept: those that stand, and those that still grow."""
MAKING = _("这些数字正在从以前的办理记录里统计，还没有统计完，请稍后再来看。")
FIRST = frozenset({"received", "told", "granted", "refused", "in_promise", "in_law"})
"""The figures that stand in the table itself; the others behind a fold."""


def wanted(request: HttpRequest) -> tuple[date, date, str]:
    """From which month, up to which, and of which unit (empty: all)."""
    until = min(_month(request.GET.get("until", ""), figures.this_month()), figures.this_month())
    since = _month(request.GET.get("since", ""), _months_before(until, MONTHS))
    unit = request.GET.get("unit", "")
    earliest = _months_before(until, MONTHS)
    return max(min(since, until), earliest), until, unit if unit in snapshot.current().units else ""


@allows("public")
def page(request: HttpRequest) -> HttpResponse:
    """The table, unit by unit. While acts from before the tally are taken in it says so and shows no numbers."""
    return _kept(request, _page)


@allows("public")
def csv(request: HttpRequest) -> HttpResponse:
    """Every row, as CSV: the columns are named as in `figures.COUNTS`; `refused_because` as code=number. 503 while acts
    from before the tally are taken in: numbers that are not whole are no numbers."""
    return _kept(request, _csv)


def _kept(request: HttpRequest, view: Callable[[HttpRequest, bool, bool], HttpResponse]) -> HttpResponse:
    """The answer, kept for an hour where its numbers stand and for half a minute where they still grow."""
    since, until, _unit = wanted(request)
    making = catching_up.under_way()
    grows = not making and tally.waiting(since, until)
    kept: HttpResponse = public_for(GROWING if making or grows else STANDING)(view)(request, making, grows)
    return kept


def _page(request: HttpRequest, making: bool, grows: bool) -> HttpResponse:
    since, until, unit = wanted(request)
    found, every = ([], 0) if making else tally.rows(since, until, unit, most=PAGE)
    context: dict[str, Any] = {
        "since": since,
        "until": until,
        "last": _months_before(until, 1),
        "unit": unit,
        "head": [(name, label) for name, label in figures.COUNTS if name in FIRST],
        "rows": [
            {
                "row": row,
                "first": [(label, row.counts[name]) for name, label in figures.COUNTS if name in FIRST],
                "rest": [(label, row.counts[name]) for name, label in figures.COUNTS if name not in FIRST],
                "visits": _visits(row.item),
                "why": figures.why_words(row),
            }
            for row in found
        ],
        "more": every - len(found),
        "making": MAKING if making else "",
        "grows": grows,
        "fewest": figures.FEWEST,
        "query": request.GET.urlencode(),
    }
    return render(request, "services/figures.html", context)


def _csv(request: HttpRequest, making: bool, _grows: bool) -> HttpResponse:
    if making:
        busy = HttpResponse(f"{MAKING}\n", status=503, content_type="text/plain; charset=utf-8")
        busy["Retry-After"] = "60"
        return busy
    since, until, unit = wanted(request)
    names = [name for name, _label in figures.COUNTS]
    head = ["item", "item_name", "unit", "unit_name", "place", "place_name", "since", "before", "visits", *names]
    rows: list[list[object]] = [[*head, "refused_because"]]
    for row in tally.rows(since, until, unit)[0]:
        why = "; ".join(f"{code or 'not_said'}={number}" for code, number in sorted(row.why.items()))
        name = matter_name(row.item) if row.item else ""
        about: list[object] = [row.item, name, row.unit, unit_name(row.unit), row.place, place_line(row.place)]
        when: list[object] = [since.strftime("%Y-%m"), until.strftime("%Y-%m"), _visits(row.item)]
        rows.append([*about, *when, *(row.counts[one] for one in names), why])
    response = HttpResponse(csv_bytes(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="services-figures.csv"'
    return response


def _visits(item: str) -> int | str:
    """How often one has to come at most, as the catalogue says today; empty where it says nothing."""
    row = reading.current().items.get(item)
    return row.visits if row is not None else ""


def _month(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 and "2000" < text < "2100" else otherwise
    except ValueError:
        return otherwise


def _months_before(month: date, number: int) -> date:
    years, at = divmod(month.year * 12 + month.month - 1 - number, 12)
    return date(years, at + 1, 1)
