"""The page “is this address listed?”: the browser computes the hash and asks by its first bytes (`listed.js`); without
JavaScript the server answers, and the page says that it then sees the address. Nothing of a question is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited
from tongban.webaddr import BadAddress, parse

from . import register
from .guarding import defanged


@csrf_exempt
@allows("public", FORM)
@limited("ask")
def listed(request: HttpRequest) -> HttpResponse:
    """POST answers for browsers without JavaScript: the address stands in the body, in no address and no log. It
    changes nothing and knows no session, so it asks for no token."""
    asked = request.POST.get("address", "").strip()[:2000] if request.method == "POST" else ""
    context: dict[str, object] = {"asked": asked, "answered": request.method == "POST"}
    status = 200
    if request.method == "POST":
        try:
            context["name"] = defanged(parse(asked).host)
            context["rows"] = register.holding(asked)
        except BadAddress:
            context["unreadable"], status = True, 422
    response = render(request, "reports/listed.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
