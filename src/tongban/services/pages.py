"""The public pages: the catalogue of services, and the guide of one item (办事指南).

The same for everybody and kept for half a minute. Applying and following are the counter's.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.registry import snapshot

from . import judging, reading
from .models import Offering


@allows("public")
@public_for(30)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every item that can be applied for."""
    items = sorted(reading.current().items.values(), key=lambda item: item.matter_id)
    return render(request, "services/catalogue.html", {"items": items})


@allows("public")
@public_for(30)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one item: can I, what do I need, how long, what does it cost, where, what then."""
    holds = reading.current()
    item = holds.items.get(code)
    if item is None:
        raise Http404
    offerings = (
        Offering.objects.filter(reading.holding(timezone.localdate()), matter=code)
        .select_related("unit", "place")
        .order_by("place_id", "unit_id")
    )
    registry = snapshot.current()
    place = next((row.place_id for row in offerings), "")
    context = {
        "item": item,
        "judged": judging.judged(code, {}, place),
        "needs": holds.needs.get(code, ()),
        "offerings": offerings,
        "legal": registry.limit("application_legal", code, place),
        "promised": registry.limit("application", code, place),
    }
    return render(request, "services/guide.html", context)
