"""The demo's own page: who can sign in, and the code that their authenticator app would show now.

Officials of the demo are asked for a second factor like all others; nobody has their telephones, so this page shows
what stands on them. Everywhere but in the demo it does not exist.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.accounts.names import role_name
from tongban.gate.allow import allows

from .load import PEOPLE, starting_pages
from .signing_in import PASSWORD

PERIOD = 30
"""Seconds that a code is good for (RFC 6238)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo: how they sign in, the code of this moment (empty where none is asked), whether it was used
    already, and where they begin."""

    username: str
    name: str
    post: str
    role: str
    code: str
    used: bool
    begins: str


def codes(now: float | None = None) -> dict[str, tuple[str, bool]]:
    """The codes that the apps of the demo's officials show now, by sign-in name, and whether each was used already."""
    counter = int(now if now is not None else time.time()) // PERIOD
    names = [row[0] for row in PEOPLE]
    found = {}
    for row in Authenticator.objects.filter(type="totp", user__username__in=names).select_related("user"):
        secret = get_adapter().decrypt(row.data["secret"])
        code = totp.format_hotp_value(totp.hotp_value(secret, counter))
        used = cache.get(totp.TOTP(row)._get_used_cache_key(code)) is not None
        found[str(row.user.username)] = code, used
    return found


@allows("public")
def people(request: HttpRequest) -> HttpResponse:
    """Who can sign in, with the codes of this moment. 404 outside the demo."""
    if not settings.DEMO:
        raise Http404
    shown, begins = codes(), starting_pages()
    rows = [
        Person(username, name, label, role_name(role), *shown.get(username, ("", False)), begins.get(role, "/desk/"))
        for username, label, _unit, role, name in PEOPLE
    ]
    left = PERIOD - int(time.time()) % PERIOD
    response = render(request, "demo/people.html", {"rows": rows, "password": PASSWORD, "left": left})
    response["Cache-Control"] = "no-store"
    return response
