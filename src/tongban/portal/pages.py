"""The home page with its doors, the page about this site, and the health check."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tongban.gate import asking
from tongban.gate.allow import allows
from tongban.gate.door import parts
from tongban.gate.keeping import public_for
from tongban.gate.parts import HomeCard, HomeLink
from tongban.published import finding
from tongban.registry import snapshot
from tongban.registry.snapshot_rows import MatterRow

from . import helplines
from .issuer import issuer

TOPICS = 8
"""So many of the troubles that are written about most stand below the box."""
STANDARD_DAYS: int = MatterRow("", "", "", None).retention_days
"""How long a case is kept where its matter says nothing."""


@allows("public")
@public_for(30)
def home(request: HttpRequest) -> HttpResponse:
    """The box, what is written about most, the other ways in, and the sections of each room below them. The same for
    everybody: what is said in the box goes to `ask.py`."""
    links, own = parts(HomeLink), parts(HomeCard)
    cards: list[HomeLink | HomeCard] = [link for link in links if not link.main]
    cards += [card for card in own if not card.wide]
    context = {
        "buttons": [link for link in links if link.main],
        "cards": sorted(cards, key=lambda card: card.order),
        "sections": [card for card in own if card.wide],
        "topics": [(code, address) for code, address, _number in finding.topics(TOPICS)],
        "general": helplines.general(),
        "longest": asking.LONGEST,
    }
    return render(request, "portal/home.html", context)


@allows("public")
@public_for(300)
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, how it works and what it will not do."""
    return render(request, "portal/about.html", {"issuer": issuer()})


@allows("public")
@public_for(300)
def privacy(request: HttpRequest) -> HttpResponse:
    """Which personal data is kept, for what, how long, who sees it, and how to have it shown, mended and erased."""
    days = [row.retention_days for row in snapshot.current().matters.values() if row.active] or [STANDARD_DAYS]
    least, most = round(min(days) / 365), round(max(days) / 365)
    return render(request, "portal/privacy.html", {"issuer": issuer(), "least": least, "most": most})


@allows("public")
@public_for(300)
def accessibility(request: HttpRequest) -> HttpResponse:
    """What can be used without sight, mouse or script, how that is tested, what is known to be missing, whom to
    tell."""
    return render(request, "portal/accessibility.html", {"issuer": issuer()})


@allows("public")
def health(request: HttpRequest) -> JsonResponse:
    """For a load balancer: whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})
