"""What every page's shell needs to know. Touches no database on public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tongban.gate.allow import actor_of
from tongban.gate.navigation import desk_links


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, languages, elder mode, whether this is a demo, and the desk's links (asked for when a page
    shows them)."""
    return {
        "desk_links": SimpleLazyObject(lambda: desk_links(actor_of(request) if hasattr(request, "user") else None)),
        "site_name": settings.SITE_NAME,
        "languages": settings.LANGUAGES,
        "elder": getattr(request, "elder", False),
        "demo": settings.DEMO,
    }
