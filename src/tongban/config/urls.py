"""All routes of the house. Every view declares who may use it; a test walks them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tongban.portal.urls")),
    path("", include("tongban.letters.urls")),
    path("accounts/", include("tongban.accounts.urls")),
]
handler400 = "tongban.portal.errors.bad_request"
handler403 = "tongban.portal.errors.forbidden"
handler404 = "tongban.portal.errors.not_found"
