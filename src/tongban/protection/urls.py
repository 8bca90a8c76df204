"""Routes of the catalogue."""

from __future__ import annotations

from django.urls import path

from .pages import decisions, fields, overview, reviewing, several, sources, uploading

app_name = "protection"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("export/<slug:form>/", overview.take_out, name="export"),
    path("fields/", fields.fields, name="fields"),
    path("fields/<slug:code>/", fields.field, name="field"),
    path("review/", reviewing.review, name="review"),
    path("several/", several.several, name="several"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:code>/", sources.source, name="source"),
    path("scans/<slug:code>/", sources.scan, name="scan"),
    path("upload/", uploading.upload, name="upload"),
]
