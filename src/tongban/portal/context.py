"""What every page's shell needs to know. Touches no database on public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


OWN_NAME = "通办"
"""A site that bears the software's name bears it in the reader's language; any other name stays as it is."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, languages, elder mode, whether this is a demo, and whether a data officer has opened the page."""
    actor = getattr(request, "actor", None)
    return {
        "data_officer": actor is not None and actor.has_role("data_officer"),
        "site_name": settings.SITE_NAME if settings.SITE_NAME != OWN_NAME else "",
        "languages": settings.LANGUAGES,
        "elder": getattr(request, "elder", False),
        "demo": settings.DEMO,
    }
