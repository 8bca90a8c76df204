"""The public page of one month of this door: figures in sentences, and the mistakes by their numbers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for

from . import monthly
from .guarding import defanged
from .harms import harms


@allows("public")
@public_for(300)
def month(request: HttpRequest, month: str) -> HttpResponse:
    """A month from the first report on to this one, as far as it has gone."""
    first, today = monthly.first_day(month), timezone.localdate()
    known = monthly.months(today)
    if first is None or first not in known:
        raise Http404
    found = monthly.counted(first)
    context = {
        "month": found,
        "running": monthly.following(first) > today,
        "harms": [(harms().get(code), number) for code, number in found.by_harm],
        "mistakes": [{"row": one.row, "name": defanged(one.row.name), "days": one.days} for one in found.mistakes],
        "months": known,
    }
    return render(request, "reports/month.html", context)
