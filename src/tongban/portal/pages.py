"""The home page with its doors, the page about this site, and the health check."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.letters.models import PublishedLetter
from tongban.registry import snapshot
from tongban.scorecards.figures import Figures, by_month, together


def _year_so_far(today: date) -> Figures:
    """All units together, from twelve months back until now."""
    since = date(today.year - 1, today.month, 1)
    return together(by_month(None, since, today.replace(day=1)).values())


@allows("public")
@public_for(30)
def home(request: HttpRequest) -> HttpResponse:
    """The doors, the latest answers, the figures of the last twelve months."""
    registry = snapshot.current()
    return render(
        request,
        "portal/home.html",
        {
            "letters": PublishedLetter.objects.order_by("-answered_on", "-id")[:6],
            "figures": _year_so_far(timezone.localdate()),
            "places": len(registry.places),
            "units": len(registry.units),
            "roots": [registry.matters[code] for code in registry.children("matters", None)],
        },
    )


@allows("public")
@public_for(300)
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, what it will not do, accessibility, privacy."""
    return render(request, "portal/about.html")


@allows("public")
def design(request: HttpRequest) -> HttpResponse:
    """Every component of the design language on one page."""
    from .gallery import gallery_context

    return render(request, "tongban/gallery.html", gallery_context())


@allows("public")
def health(request: HttpRequest) -> JsonResponse:
    """For a load balancer: whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})
