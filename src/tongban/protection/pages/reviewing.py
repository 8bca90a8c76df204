"""The queue: verdicts that need a person, oldest first, each with what the last scan said otherwise; those that are
ticked are accepted, put off or decided together (`several.py`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from tongban.gate.allow import allows

from .. import access, listing, telling
from .opening import enter

SIZE = 20


@allows("official")
def review(request: HttpRequest) -> HttpResponse:
    """What waits, or what was put off (`?show=later`)."""
    entered = enter(request)
    show = "later" if request.GET.get("show") == "later" else "waiting"
    own = access.own_units(entered.actor, entered.registry)
    waiting = entered.fields().filter(gone_at__isnull=True, review=show).select_related("source", "decision")
    page = listing.page(waiting, request.GET.get("after", ""), request.GET.get("before", ""), size=SIZE)
    differs = telling.newest(page.rows)
    base = {"show": "later"} if show == "later" else {}
    context = {
        "rows": [(row, row.source.unit_id in own, differs.get(row.pk, [])) for row in page.rows],
        "mine": any(row.source.unit_id in own for row in page.rows),
        "show": show,
        "here": request.get_full_path(),
        "show_unit": len(entered.units) > 1,
        "previous": "?" + urlencode({**base, "before": page.previous}) if page.previous else "",
        "next": "?" + urlencode({**base, "after": page.next}) if page.next else "",
    }
    return render(request, "protection/review.html", context)
