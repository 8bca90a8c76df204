"""Routes of the resident's part."""

from __future__ import annotations

from django.urls import path

from .pages import proving, reading, receiving, tracking, writing

urlpatterns = [
    path("letters/new/", writing.new, name="new"),
    path("letters/new/where/", writing.new_where, name="new_where"),
    path("letters/new/text/", writing.new_text, name="new_text"),
    path("letters/sent/", writing.sent, name="sent"),
    path("letters/receipt/", writing.receipt, name="receipt"),
    path("letters/receipt/qr.svg", writing.receipt_code, name="receipt_code"),
    path("letters/track/", tracking.track, name="track"),
    path("letters/c/<str:code>/", tracking.case, name="case"),
    path("letters/c/<str:code>/act/<slug:act>/", tracking.case_act, name="case_act"),
    path("letters/c/<str:code>/looks/", tracking.looks, name="looks"),
    path("letters/c/<str:code>/data/", tracking.my_data, name="my_data"),
    path("letters/c/<str:code>/file/<str:key>/", tracking.file, name="file"),
    path("letters/c/<str:code>/proof/", proving.page, name="proofs"),
    path("letters/c/<str:code>/proof/<int:sequence>.tlog-proof", proving.proof_file, name="proof_file"),
    path("letters/c/<str:code>/proof/<int:sequence>.pdf", proving.proof_sheet, name="proof_sheet"),
    path("letters/c/<str:code>/proof/<int:sequence>.svg", proving.proof_code, name="proof_code"),
    path("letters/c/<str:code>/book/", receiving.book, name="book"),
    path("letters/published/", reading.published, name="published"),
    path("letters/published/<slug:slug>/", reading.letter, name="letter"),
    path("letters/search/", reading.search, name="search"),
    path("letters/reception/", receiving.reception, name="reception"),
]
