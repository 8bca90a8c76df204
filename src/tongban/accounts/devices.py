"""The devices on which an official has signed in before: a signed cookie, so that strangers cannot keep the official
out.

Failures to sign in are counted for a name wherever they come from; who knows a name could fail in it for ever. A
browser that once signed in with all factors has a small allowance of its own, which nobody else can use up. The cookie
opens nothing, and with somebody else's one can guess a few times an hour more. Not for residents, who have no account.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from .models import Official

NAME = "tongban_device"
SALT = "tongban.accounts.device"
LASTS = 180 * 24 * 3600
MOST = 5
"""So many officials may share a browser."""
ALLOWANCE = "20/h/key"
"""Failures that a known device may have, in the words of allauth; they count for nothing else. House rule."""


def _known(request: HttpRequest) -> dict[int, str]:
    """Official's number → name of this device, as the cookie says; empty for none and for a forged one."""
    try:
        found = signing.loads(request.COOKIES.get(NAME, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return {int(official): str(device) for official, device in found}


def known_as(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """The name of this device where the official whom the credentials name has signed in on it, else None."""
    known = _known(request) if NAME in request.COOKIES else {}
    if not known:
        return None
    name = str((credentials or {}).get("username") or "")
    number = Official.objects.filter(username=name, is_active=True).values_list("pk", flat=True).first()
    return known.get(number) if number is not None else None


def is_known(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> bool:
    """For django-axes: attempts from a known device are counted by its allowance alone."""
    return known_as(request, credentials) is not None


def remember(request: HttpRequest, response: HttpResponseBase, official: Official) -> None:
    """Have this browser be a known device of the official."""
    known = _known(request)
    device = known.pop(official.pk, None) or secrets.token_urlsafe(12)
    kept = [(official.pk, device), *known.items()][:MOST]
    response.set_cookie(
        NAME, signing.dumps(kept, salt=SALT), max_age=LASTS, path="/accounts/", httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
