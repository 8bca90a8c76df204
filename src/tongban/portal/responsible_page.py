"""谁负责: the unit that answers for a matter in a place on a day, with the legal basis and the history."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.gate.actforms import matter_choices
from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.letters.pages.forms import WhereForm
from tongban.registry import snapshot


@allows("public")
@public_for(60)
def responsible(request: HttpRequest) -> HttpResponse:
    """By place, matter and day."""
    registry = snapshot.current()
    matter, place = request.GET.get("matter", ""), request.GET.get("place", "")
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = timezone.localdate()
    context: dict[str, object] = {
        "matters": matter_choices(registry, conduct=True), "places": WhereForm(registry).fields["place"].choices, "matter": matter, "place": place, "day": day,
    }  # fmt: skip
    if matter in registry.matters and place in registry.places:
        try:
            context["route"] = registry.route(matter, place, day)
        except LookupError:
            context["nobody"] = True
        context["limits"] = [(step, limit) for step in ("accept", "answer") if (limit := registry.limit(step, matter, place)) is not None]
        context["history"] = sorted(
            (duty for p in registry.line("places", place) for m in registry.line("matters", matter) for duty in registry.duties.get((m, p), ())),
            key=lambda duty: (duty.since, duty.unit), reverse=True,
        )[:50]  # fmt: skip
    return render(request, "registry/responsible.html", context)
