"""Cookies of this house: their names, how they are set and taken away, and values that only this house can read.

Over HTTPS every name begins with `__Host-` (RFC 6265bis, 4.1.3.2): a browser takes such a cookie from this very host
alone, so neither a neighbouring site nor plain HTTP can plant one. All end with the browser unless an age is given.
A sealed cookie is the whole memory of what it says: nothing of it lies in the database. Not for officials' sessions:
`sessions.py`.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tongban.vault.keyring import KeyRingError, ring

UNTIL = "until"


def named(name: str) -> str:
    """The full name of a cookie in this deployment."""
    return f"{settings.COOKIE_PREFIX}{name}"


def read(request: HttpRequest, name: str) -> str:
    """What the browser sent under this name; empty where nothing."""
    return request.COOKIES.get(named(name), "")


def put(response: HttpResponse, name: str, value: str, age: int | None = None) -> None:
    """Set a cookie for this host alone, out of reach of scripts. `age` in seconds; without it it ends with the
    browser."""
    put_named(response, named(name), value, age)


def put_named(response: HttpResponse, full_name: str, value: str, age: int | None = None) -> None:
    """The same for a full name, as Django's settings have it."""
    response.cookies.pop(full_name, None)  # Django keeps the age of one that was taken away on the same response
    response.set_cookie(
        full_name, value, max_age=age, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def take_away(response: HttpResponse, name: str) -> None:
    """Have the browser forget a cookie."""
    take_away_named(response, named(name))


def take_away_named(response: HttpResponse, full_name: str) -> None:
    """The same for a full name; with the attributes it was set with, or a browser leaves a `__Host-` cookie alone."""
    put_named(response, full_name, "", 0)


def put_sealed(response: HttpResponse, name: str, value: Mapping[str, Any], seconds: int) -> None:
    """Give the browser a value that nobody else can read or change, good for so many seconds at most."""
    put(response, name, sealed(name, value, seconds))


def sealed(name: str, value: Mapping[str, Any], seconds: int) -> str:
    """The text of a sealed cookie; what was sealed for one name opens under no other."""
    plain = orjson.dumps({**value, UNTIL: int(time.time()) + seconds})
    return base64.urlsafe_b64encode(ring().seal(plain, _purpose(name))).decode().rstrip("=")


def read_sealed(request: HttpRequest, name: str) -> dict[str, Any]:
    """The value of a sealed cookie; empty where there is none, where it was changed, or where its time is over."""
    return opened(name, read(request, name))


def opened(name: str, text: str) -> dict[str, Any]:
    """The value of `sealed`; empty for anything else."""
    if not text:
        return {}
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value = orjson.loads(ring().open(raw, _purpose(name)))
    except (KeyRingError, binascii.Error, ValueError):
        return {}
    return value if isinstance(value, dict) and value.get(UNTIL, 0) > time.time() else {}


def _purpose(name: str) -> bytes:
    return b"cookie\x00" + name.encode()
