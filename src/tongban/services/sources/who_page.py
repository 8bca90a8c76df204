"""证明我是谁: how a browser shows who its user is, before a register is asked about them. By the city's sign-in
(`oidc.py`) where one is set up; in the demo by choosing an invented person, which the page says.

Nobody needs it to apply or to follow: without it everything is typed, and at a counter the official looks at the card.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited

from . import invented, oidc, person


@allows("public", FORM)
@limited("submit")
def who(request: HttpRequest) -> HttpResponse:
    """Who this browser has shown to be; POST `person` (in the demo) shows it, `forget` takes it back."""
    on = next_of(request)
    if request.method == "POST" and "forget" in request.POST:
        return person.forget(redirect("registers:who"))
    people = invented.people() if settings.DEMO else []
    message = ""
    if request.method == "POST":
        chosen = next((one for one in people if one.id_number == request.POST.get("person")), None)
        if chosen is not None:
            return person.remember(redirect(on or reverse("registers:used")), chosen)
        message = _("请选择一个人。")
    context: dict[str, Any] = {"shown": person.shown(request), "people": people, "next": on, "message": message}
    context["sign_in"] = oidc.is_set_up()
    return render(request, "services/registers/who.html", context, status=422 if message else 200)


def is_possible() -> bool:
    """Whether anybody can show who they are here."""
    return bool(settings.DEMO) or oidc.is_set_up()


def next_of(request: HttpRequest) -> str:
    """The page of this house that somebody comes from; empty for anything else."""
    found = request.POST.get("next") or request.GET.get("next") or ""
    local = found.startswith("/") and url_has_allowed_host_and_scheme(found, allowed_hosts=None)
    return found if local else ""
