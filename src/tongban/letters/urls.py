"""Routes of the letters' door: the resident's part and the desk."""

from __future__ import annotations

from . import urls_desk, urls_resident

app_name = "letters"
urlpatterns = [*urls_resident.urlpatterns, *urls_desk.urlpatterns]
