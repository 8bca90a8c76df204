"""Routes of the pages about the ledger."""

from __future__ import annotations

from django.urls import path

from . import ledger_pages

app_name = "ledger_pages"
urlpatterns = [
    path("", ledger_pages.ledger, name="ledger"),
    path("check/", ledger_pages.check, name="check"),
    path("statements/<slug:kind>/<slug:unit>/<slug:month>.json", ledger_pages.stated, name="stated"),
    path("entry/<int:index>/", ledger_pages.entry, name="entry"),
    path("entry/<int:index>.tlog-proof", ledger_pages.entry_proof, name="entry_proof"),
]
