"""The page on which an address is handed to the body that acts against harm to children. It asks for the address alone,
answers with a number, sets no cookie, and never shows again what was typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from tongban.gate.allow import FORM, allows
from tongban.gate.keeping import public_for
from tongban.gate.origin import from_here
from tongban.gate.rates import limited
from tongban.webaddr import BadAddress

from . import counting, taking


@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables()
@allows("public", FORM)
@limited("submit")
def report(request: HttpRequest) -> HttpResponse:
    """GET asks; POST seals. It acts for nobody and knows no session, so it asks for no token, and takes nothing that
    another site's page sent."""
    context: dict[str, object] = {"body": taking.body(), "offered": taking.key() is not None, "all": counting.total()}
    status = 200
    if request.method == "POST" and context["offered"]:
        if not from_here(request):
            status, context["error"] = 403, _("请在本页填写后提交。")
        else:
            try:
                context["number"] = taking.take(request.POST.get("address", "")).number
            except BadAddress:
                status, context["error"] = 422, _("没有读出网址。请只粘贴网址；不是网址的线索，请直接报警。")
    elif request.method == "POST":
        status = 404
    response = render(request, "reports/sealed.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@allows("public")
@public_for(60)
def counts(request: HttpRequest) -> HttpResponse:
    """How many were taken in each month and how many the body has fetched, to be compared with the ledger."""
    return JsonResponse(counting.published())
