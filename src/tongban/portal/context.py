"""What every page's shell needs to know. Touches no database on public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tongban.gate.navigation import desk_links


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, languages, elder mode, whether this is a demo, and the desk's links."""
    return {
        "desk_links": desk_links(getattr(request, "actor", None)),
        "site_name": settings.SITE_NAME,
        "languages": settings.LANGUAGES,
        "elder": getattr(request, "elder", False),
        "demo": settings.DEMO,
    }
