"""我的账户: the cases that somebody took in, to be opened by showing who they are instead of code and secret.

A choice: nothing comes in by itself, whoever takes a case in has shown its secret in this browser, and one button
closes the account with all that it holds. Letters and reports need none, and can be taken in too. Not for what
registers were asked: `used_pages.py`.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases.models import Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.counter import proven
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.rates import limited

from . import person, who_page
from .person import Person
from .rows import Account

MOST = 200
"""So many cases an account holds; the oldest go first."""


def _which(case: Case) -> str:
    """Which secret opens the case now."""
    return case.secret_digest[:16]


def _held(me: Person | None) -> list[list[Any]]:
    row = Account.objects.filter(person=me.blind).first() if me is not None else None
    return list((row.private or {}).get("cases") or ()) if row is not None else []


def cases_of(me: Person | None) -> list[Case]:
    """The cases in somebody's account whose secret is still the one that they had, the last taken in first."""
    held = _held(me)
    rows = {case.pk: case for case in Case.objects.filter(pk__in=[number for number, _secret in held])}
    found = [(rows.get(number), which) for number, which in reversed(held)]
    return [case for case, which in found if case is not None and _which(case) == which]


@allows("public", FORM)
@limited("submit")
def account(request: HttpRequest) -> HttpResponse:
    """What is in it; POST `open` opens one case, `close` throws the account away."""
    me = person.shown(request)
    if request.method == "POST":
        if me is None:
            raise Http404
        if "close" in request.POST:
            Account.objects.filter(person=me.blind).delete()
            return redirect("registers:account")
        return _opened(request, me)
    rows = [
        {"case": case, "kind": procedure_of(case).label, "state": procedure_of(case).state(case.state)}
        for case in cases_of(me)
    ]
    response = render(request, "services/registers/account.html", {"me": me, "rows": rows})
    response["Cache-Control"] = "no-store"
    return response


def _opened(request: HttpRequest, me: Person) -> HttpResponse:
    found = next((case for case in cases_of(me) if case.code == request.POST.get("open")), None)
    if found is None:
        raise Http404
    return proven.remember(request, redirect("counter:case", found.code), found)


@allows("resident", FORM)
@limited("submit")
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Take a case in whose secret this browser has shown. GET asks, POST does it."""
    found, me = proven.proven_case(request, code), person.shown(request)
    if request.method != "POST" or me is None:
        return render(request, "services/registers/take.html", {"case": found, "me": me})
    with transaction.atomic():
        row, _made = Account.objects.select_for_update().get_or_create(person=me.blind)
        held = [one for one in (row.private or {}).get("cases") or () if one[0] != found.pk]
        row.private = {"cases": [*held, [found.pk, _which(found)]][-MOST:]}
        row.save(update_fields=["private"])
    return redirect("registers:account")


@allows("resident", POST)
@limited("submit")
def leave_out(request: HttpRequest, code: str) -> HttpResponse:
    """Take a case out again."""
    found, me = proven.proven_case(request, code), person.shown(request)
    if me is None:
        raise Http404
    with transaction.atomic():
        row = Account.objects.select_for_update().filter(person=me.blind).first()
        if row is not None:
            row.private = {"cases": [one for one in (row.private or {}).get("cases") or () if one[0] != found.pk]}
            row.save(update_fields=["private"])
    return redirect("registers:account")


def links(case: Case, acts: list[Edge]) -> list[tuple[str, Any]]:
    """The link of the following page (`FollowLink`), where this deployment has a way to show who one is."""
    if not who_page.is_possible():
        return []
    return [(reverse("registers:take", args=[case.code]), _("放进我的账户"))]
