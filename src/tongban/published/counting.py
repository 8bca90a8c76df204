"""What readers count on a published case: 有用 and 我也遇到. Two numbers; nobody is known by them.

A browser counts once: it keeps a short mark of each case it counted for (`COOKIE`). A mark is two bytes of a keyed
digest of the case, the same for everybody who counted there, so the cookie names no case to whoever looks at it and
tells no two browsers apart that counted the same. A double click, before there is a mark, is one: an address counts
for a case once in ten seconds, and so many times a day at most, which only this process' memory knows. Why so, and
what it cannot do: docs/decisions/0016. Nothing here enters the figures of a unit.
"""

from __future__ import annotations

import hmac
import re
from typing import Any, Literal

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from tongban.gate import cookies
from tongban.gate.rates import BUCKETS, client_address

from .models import PublishedCase

What = Literal["useful", "met"]
COOKIE = "tongban_counted"
AGE = 180 * 24 * 3600
"""So long a browser keeps its marks. House rule."""
MOST = 60
"""So many marks a browser keeps, the newest."""
TWICE = (6.0, 1.0, "always")
"""One in ten seconds, told to all processes for those seconds: rate a minute, room, how much is told."""
A_DAY = (5 / 1440, 5.0, "never")
"""Five a day of one address for one case: a family or an office, no more. In memory alone, under a random key."""


def mark(slug: str, what: What) -> str:
    """What a browser keeps of having counted: four characters."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"tongban counted", "sha256")
    return hmac.digest(key, f"{what}\x00{slug}".encode(), "sha256").hex()[:4]


def marks(request: HttpRequest) -> list[str]:
    """The marks that this browser keeps; none where the cookie is not one of ours."""
    given = cookies.read(request, COOKIE)
    return re.findall("....", given) if re.fullmatch(f"(?:[0-9a-f]{{4}}){{0,{MOST}}}", given) else []


def counted(request: HttpRequest, row: PublishedCase, what: What) -> bool:
    """Whether this browser has counted for the case."""
    return mark(row.slug, what) in marks(request)


def count(request: HttpRequest, response: HttpResponse, row: PublishedCase, what: What) -> HttpResponse:
    """Count once for this browser, and let it keep that it has. The answer is the same whether it counted or not."""
    own, kept = mark(row.slug, what), marks(request)
    if own not in kept and not _again(f"{client_address(request)} {row.slug} {what}"):
        PublishedCase.objects.filter(pk=row.pk).update(**{what: F(what) + 1})
    cookies.put(response, COOKIE, "".join([*(one for one in kept if one != own), own][-MOST:]), AGE)
    return response


def _again(who: str) -> bool:
    rate, room, told = TWICE
    if BUCKETS.take("counted twice", who, rate, room, told) > 0:
        return True
    rate, room, told = A_DAY
    return BUCKETS.take("counted today", who, rate, room, told) > 0


def panel(found: Any) -> PublishedCase | None:
    """For the desk's page of a case: its public page, where readers counted there (`desk/parts.py`, Panel)."""
    return PublishedCase.objects.filter(case_id=found.case.pk).exclude(useful=0, met=0).first()
