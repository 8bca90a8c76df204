"""What every page's shell needs to know. Touches no database on public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, languages, elder mode, whether this is a demo, and whether a data officer has opened the page."""
    actor = getattr(request, "actor", None)
    return {
        "data_officer": actor is not None and actor.has_role("data_officer"),
        "site_name": settings.SITE_NAME,
        "languages": settings.LANGUAGES,
        "elder": getattr(request, "elder", False),
        "demo": settings.DEMO,
    }
