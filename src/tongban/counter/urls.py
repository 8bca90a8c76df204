"""Routes of the sender's side: writing a case of any kind, the receipt, following a case."""

from __future__ import annotations

from django.urls import path

from tongban.gate.door import parts

from . import following, leaving, mailing, own_data, proving, recovery_pages, said, sent, writing
from .parts import Writing

app_name = "counter"
urlpatterns = [
    # a first step of its own for each kind: what a navigation can lead to without knowing the kind
    *(
        path(f"new/{part.kind}/", writing.start, {"kind": part.kind}, name=f"new_{part.kind}")
        for part in parts(Writing)
    ),
    path("new/<slug:kind>/", writing.start, name="new"),
    path("new/<slug:kind>/check/", writing.check, name="new_check"),
    path("new/<slug:kind>/mail/", mailing.mail, name="new_mail"),
    path("new/<slug:kind>/open/", mailing.open_mailed, name="new_open"),
    path("new/<slug:kind>/<slug:step>/", writing.step, name="new_step"),
    path("ask/write/<slug:kind>/", said.carry, name="carry"),
    path("follow/", following.follow, name="follow"),
    path("follow/sent/", sent.sent, name="sent"),
    path("follow/receipt/", sent.receipt, name="receipt"),
    path("follow/receipt/qr.svg", sent.receipt_code, name="receipt_code"),
    path("follow/recover/", recovery_pages.ask, name="recover"),
    path("follow/recover/code/", recovery_pages.code, name="recover_code"),
    path("follow/leave/", leaving.leave, name="leave"),
    path("follow/<str:code>/", following.case, name="case"),
    path("follow/<str:code>/act/<slug:act>/", following.case_act, name="act"),
    path("follow/<str:code>/looks/", own_data.looks, name="looks"),
    path("follow/<str:code>/data/", own_data.my_data, name="my_data"),
    path("follow/<str:code>/file/<str:key>/", own_data.file, name="file"),
    path("follow/<str:code>/proof/", proving.page, name="proofs"),
    path("follow/<str:code>/proof/<int:sequence>.tlog-proof", proving.proof_file, name="proof_file"),
    path("follow/<str:code>/proof/<int:sequence>.pdf", proving.proof_sheet, name="proof_sheet"),
    path("follow/<str:code>/proof/<int:sequence>.svg", proving.proof_code, name="proof_code"),
]
