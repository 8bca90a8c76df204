"""谁来负责: the unit that answers for a matter in a place on a day, with the legal basis and the history. Matter and
place are named by typing or found in the tree.
"""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tongban.gate.allow import allows
from tongban.gate.choosing import Choosing, Chosen
from tongban.gate.keeping import public_for
from tongban.registry import snapshot


class WhoForm(Choosing):
    """What it is about, and where; a GET form, so that an answer is an address."""

    use_required_attribute = False
    matter = Chosen("matter", label=gettext_lazy("事项"))
    place = Chosen("place", label=gettext_lazy("地点"))


@allows("public")
@public_for(60)
def responsible(request: HttpRequest) -> HttpResponse:
    """By place, matter and day."""
    registry = snapshot.current()
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = timezone.localdate()
    asked = any(name.startswith(("matter", "place")) for name in request.GET)
    form = WhoForm(request.GET if asked else None, auto_id="who_%s", label_suffix="")
    if form.is_valid():
        matter, place = str(form.cleaned_data["matter"]), str(form.cleaned_data["place"])
    else:  # a branch of the tree, or a matter that is over, by its code: its history can still be asked for
        matter, place = request.GET.get("matter", ""), request.GET.get("place", "")
    context: dict[str, object] = {"form": form, "day": day}
    if matter in registry.matters and place in registry.places:
        try:
            context["route"] = registry.route(matter, place, day)
        except LookupError:
            context["nobody"] = True
        context["limits"] = [
            (step, limit) for step in ("accept", "answer") if (limit := registry.limit(step, matter, place)) is not None
        ]
        context["history"] = sorted(
            (duty for p in registry.line("places", place) for m in registry.line("matters",
                    matter) for duty in registry.duties.get((m, p), ())),
            key=lambda duty: (duty.since, duty.unit), reverse=True,
        )[:50]  # fmt: skip
    return render(request, "registry/responsible.html", context)
