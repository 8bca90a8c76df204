"""The addresses of this part."""

from django.urls import path

from . import account_pages, helping_page, mandate_pages, oidc, used_pages, who_page

app_name = "registers"
urlpatterns = [
    path("registers/", used_pages.registers, name="registers"),
    path("registers/who/", who_page.who, name="who"),
    path("registers/who/go/", oidc.go, name="go"),
    path("registers/who/back/", oidc.back, name="back"),
    path("registers/used/", used_pages.of_me, name="used"),
    path("registers/used/<slug:key>.tlog-proof", used_pages.proof_of_me, name="proof"),
    path("registers/c/<slug:code>/", used_pages.of_case, name="of_case"),
    path("registers/c/<slug:code>/dispute/", used_pages.dispute, name="dispute"),
    path("registers/c/<slug:code>/<slug:key>.tlog-proof", used_pages.proof_of_case, name="proof_of_case"),
    path("my/", account_pages.account, name="account"),
    path("my/take/<slug:code>/", account_pages.take, name="take"),
    path("my/leave-out/<slug:code>/", account_pages.leave_out, name="leave_out"),
    path("mandates/", mandate_pages.mandates, name="mandates"),
    path("mandates/<slug:code>/apply/", mandate_pages.apply, name="apply"),
    path("mandates/<slug:code>/revoke/", mandate_pages.revoke, name="revoke"),
    path("mandates/<slug:code>/open/", mandate_pages.open_case, name="open_case"),
    path("desk/helping/", helping_page.helping, name="helping"),
]
