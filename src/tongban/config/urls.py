"""All routes of the house: what the rooms declare (`gate/door.py`), and the rooms below the gate.

Every view declares who may use it; a test walks them.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongban.gate.door import parts
from tongban.gate.parts import Routes
from tongban.portal.api import api
from tongban.portal.api_page import read_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),  # first: most rooms declare no prefix, and each of their routes would be tried before
    path("api/", read_api, name="read_api"),
    *(path(routes.prefix, include(routes.module)) for routes in parts(Routes)),
    path("ledger/", include("tongban.ledger.urls")),
    path("accounts/", include("tongban.accounts.urls")),
]
handler400 = "tongban.portal.errors.bad_request"
handler403 = "tongban.portal.errors.forbidden"
handler404 = "tongban.portal.errors.not_found"
