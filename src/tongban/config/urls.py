"""All routes of the house. Every view declares who may use it; a test walks them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongban.portal.api import api, read_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tongban.portal.urls")),
    path("", include("tongban.letters.urls")),
    path("protection/", include("tongban.protection.urls")),
    path("", include("tongban.portal.urls_figures")),
    path("ledger/", include("tongban.portal.urls_ledger")),
    path("ledger/", include("tongban.ledger.urls")),
    path("responsible/", include("tongban.portal.urls_registry")),
    path("accounts/", include("tongban.accounts.urls")),
    path("api/v1/", api.urls),
    path("api/", read_api, name="read_api"),
    path("open311/v2/", include("tongban.letters.api.open311")),
]
handler400 = "tongban.portal.errors.bad_request"
handler403 = "tongban.portal.errors.forbidden"
handler404 = "tongban.portal.errors.not_found"
