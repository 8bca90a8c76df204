"""The public pages: the register of decisions, one decision, the page that explains a block. The feeds
are served by `feeds/serving.py`.

The explaining page sets no cookie and keeps nothing of who asks. Names are shown defanged, never as links.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.webaddr import BadAddress, parse

from . import register
from .guarding import defanged
from .harms import harms
from .models import Listed

PAGE = 50


def _shown(row: Listed) -> dict[str, Any]:
    known = harms().get(row.harm)
    return {"row": row, "name": defanged(row.name), "harm": known}


@allows("public")
@public_for(30)
def decisions(request: HttpRequest) -> HttpResponse:
    """The register: every decision, newest first; by state, by a word of the name."""
    given = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "state", "before")}
    rows = Listed.objects.order_by("-number")
    if given["state"] in dict(Listed.STATES):
        rows = rows.filter(state=given["state"])
    if given["q"]:
        rows = rows.filter(host__contains=given["q"].replace("[.]", ".").lower())
    if given["before"]:
        rows = rows.filter(number__lt=given["before"])
    found = list(rows[: PAGE + 1])
    older = ""
    if len(found) > PAGE:
        query = request.GET.copy()
        query["before"] = found[PAGE - 1].number
        older = f"?{query.urlencode()}"
    context = {
        "rows": [_shown(row) for row in found[:PAGE]],
        "given": given,
        "older": older,
        "states": Listed.STATES,
        "counts": _counts(),
        "month": f"{timezone.localdate():%Y-%m}",
    }
    return render(request, "reports/register.html", context)


def _counts() -> dict[str, int]:
    """How many decisions stand in each state: mistakes too."""
    counted = Listed.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return {**dict.fromkeys(dict(Listed.STATES), 0), **dict(counted)}


@allows("public")
@public_for(30)
def one_decision(request: HttpRequest, number: str) -> HttpResponse:
    """One decision: what, why, on which article, by whom, until when, how to object."""
    row = get_object_or_404(Listed, number=number)
    return render(request, "reports/decision.html", _shown(row))


@allows("public")
def blocked(request: HttpRequest) -> HttpResponse:
    """Why an address does not open here: every decision it falls under, and how to object."""
    asked = (request.GET.get("name") or "").strip()[:2000]
    rows = register.holding(asked) if asked else []
    readable = True
    try:
        shown = defanged(parse(asked).host) if asked else ""
    except BadAddress:
        shown, readable = "", not asked
    context = {"asked": asked, "shown": shown, "readable": readable, "rows": [_shown(row) for row in rows]}
    response = render(request, "reports/blocked.html", context)
    response["Cache-Control"] = "no-store"
    return response
