"""Routes of the letters' door for residents: published letters and reception; and where letters were written and
followed before."""

from __future__ import annotations

from django.urls import path

from tongban.published.urls import routes

from .pages import receiving
from .pages.moved import moved
from .publication import KIND, WHERE

urlpatterns = [
    path("letters/c/<str:code>/book/", receiving.book, name="book"),
    path("letters/c/<str:code>/book/reception.ics", receiving.calendar, name="reception_file"),
    *routes(KIND, WHERE, search="letters/search/", names=("published", "letter", "search")),
    path("letters/reception/", receiving.reception, name="reception"),
    # the counter's now
    path("letters/new/", moved("new", kind="letter"), name="new"),
    path("letters/new/<slug:step>/", moved("new_step", kind="letter"), name="new_step"),
    path("letters/sent/", moved("sent"), name="sent"),
    path("letters/receipt/", moved("receipt"), name="receipt"),
    path("letters/receipt/qr.svg", moved("receipt_code"), name="receipt_code"),
    path("letters/leave/", moved("leave"), name="leave"),
    path("letters/track/", moved("follow"), name="track"),
    path("letters/c/<str:code>/", moved("case"), name="case"),
    path("letters/c/<str:code>/act/<slug:act>/", moved("act"), name="case_act"),
    path("letters/c/<str:code>/looks/", moved("looks"), name="looks"),
    path("letters/c/<str:code>/data/", moved("my_data"), name="my_data"),
    path("letters/c/<str:code>/file/<str:key>/", moved("file"), name="file"),
    path("letters/c/<str:code>/proof/", moved("proofs"), name="proofs"),
    path("letters/c/<str:code>/proof/<int:sequence>.tlog-proof", moved("proof_file"), name="proof_file"),
    path("letters/c/<str:code>/proof/<int:sequence>.pdf", moved("proof_sheet"), name="proof_sheet"),
    path("letters/c/<str:code>/proof/<int:sequence>.svg", moved("proof_code"), name="proof_code"),
]
