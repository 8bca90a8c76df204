"""Rate limits without a captcha, counted for one address or one IPv6 network across processes and machines.

Each process has token buckets in memory; what they let through is told to a table that all processes share, and the
table can refuse as well. How much is told depends on the kind of request (`LIMITS`):

- `always`: guesses of a secret. Every one is told before it is answered: W processes let no more through than one.
- `often`: submissions and uploads. The first two of an address are counted in memory alone, so that a resident who
  sends a letter costs the database nothing; from the third on all are told. W processes let at most 2·W more through
  than one.
- `never`: reading. Counted in memory; a deployment with W processes lets W times as much through.

What is refused in memory asks the table nothing, so a flood costs no writes. Nothing is kept of an address but its
keyed hash, for minutes. Not for signing in: django-allauth and django-axes count that, in tables too
(`accounts/adapter.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Literal, NamedTuple

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .models import SharedLimit

log = logging.getLogger("tongban.gate")
UNTOLD = 2
"""So many requests of an address go untold where a kind is told `often`."""


class Limit(NamedTuple):
    """`rate` a minute with room for `burst`, for one address; `told`: how much of it the shared table learns."""

    rate: float
    burst: float
    told: Literal["always", "often", "never"] = "never"


LIMITS: dict[str, Limit] = {
    "submit": Limit(10, 20, "often"),
    "track": Limit(20, 20, "always"),
    "upload": Limit(30, 30, "often"),
    "recover": Limit(0.2, 6, "always"),
    "recover_contact": Limit(6 / 1440, 4, "always"),
    "recover_all": Limit(60, 120, "always"),
    "ask": Limit(60, 60),
    "count": Limit(10, 20, "never"),
    "api": Limit(120, 240, "never"),
    "mail": Limit(0.5, 3, "always"),
    "mail_to": Limit(1 / 60, 3, "always"),
}
"""Kind of request → its limit. House rules. `mail_to` counts an address that mail is sent to, whoever asks for it."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    untold: int = 0


class Buckets:
    """Token buckets in memory; the least recently used are forgotten first."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._buckets: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._salt = secrets.token_bytes(16)

    def take(
        self, kind: str, who: str, rate: float, burst: float, told: str = "never", *, now: float | None = None
    ) -> float:
        """0.0 where the request may pass, else the seconds to wait."""
        now = time.monotonic() if now is None else now
        key = hashlib.blake2b(f"{kind}\x00{who}".encode(), key=self._salt, digest_size=12).digest()
        bucket = self._buckets.pop(key, None) or _Bucket(burst, now)
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.filled) * rate / 60)
        bucket.filled = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) * 60 / rate
        bucket.tokens -= 1
        bucket.untold += 1
        if told == "never" or (told == "often" and burst - bucket.tokens <= UNTOLD):
            return 0.0
        cost, bucket.untold = bucket.untold, 0
        wait = tell(kind, who, cost, rate, burst)
        if wait > 0:  # others have used it up: remember that here, so that the next ask is free
            bucket.tokens = min(bucket.tokens, 1 - wait * rate / 60)
        return wait

    def clear(self) -> None:
        """Forget everything, the shared table's as well: for tests."""
        self._buckets.clear()
        SharedLimit.objects.all().delete()


BUCKETS = Buckets()


def tell(kind: str, who: str, cost: int, rate: float, burst: float, now: float | None = None) -> float:
    """Take `cost` from the bucket that all processes share; 0.0, or the seconds to wait, and then nothing is taken.

    The generic cell rate algorithm in one statement: the row holds when the bucket will be full again. Where the
    database is too busy the buckets in memory have to do.
    """
    now = time.time() if now is None else now
    interval = 60 / rate
    latest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    full = f"{latest}({_TABLE}.full_at, %(now)s) + %(cost)s"
    values: dict[str, str | float] = {
        "key": _name(kind, who),
        "now": now,
        "cost": cost * interval,
        "room": burst * interval,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_TABLE} (key, full_at) VALUES (%(key)s, %(now)s + %(cost)s) ON CONFLICT (key) DO UPDATE "
                f"SET full_at = {full} WHERE {full} <= %(now)s + %(room)s RETURNING full_at",
                values,
            )
            if cursor.fetchone() is not None:
                return 0.0
            cursor.execute(f"SELECT full_at FROM {_TABLE} WHERE key = %(key)s", values)
            row = cursor.fetchone()
    except OperationalError:
        log.warning("the shared limits could not be asked")
        return 0.0
    return max(0.001, row[0] + (cost - burst) * interval - now) if row else 0.0


_TABLE = SharedLimit._meta.db_table


def _name(kind: str, who: str) -> str:
    """What the shared table knows an address by: nothing that can be turned back without the house's secret."""
    return hmac.digest(_hash_key(settings.SECRET_KEY), f"{kind}\x00{who}".encode(), "sha256").hex()[:32]


@lru_cache(maxsize=4)
def _hash_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"tongban shared limits", "sha256")


def forget_full() -> int:
    """Delete the rows of buckets that are full again; how many there were. The worker does it."""
    return SharedLimit.objects.filter(full_at__lt=time.time()).delete()[0]


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """What is counted as one: an IPv4 address, the /64 of an IPv6 address (one line of a home or an office has at least
    that much); empty for what is no address. A port is left away, an IPv4 address in IPv6 clothes is IPv4."""
    text = address.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False).network_address)


def client_address(request: HttpRequest) -> str:
    """The address of the client as it is counted (`network_of`); behind N trusted proxies, the N-th from the right of
    X-Forwarded-For."""
    count = settings.TRUSTED_PROXIES
    if count:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= count:
            return network_of(chain[-count])
    return network_of(str(request.META.get("REMOTE_ADDR", "")))


def wait_for(request: HttpRequest, kind: str) -> int:
    """Whole seconds that this client has to wait before another request of this kind; 0 for none."""
    return wait_of(kind, client_address(request))


def wait_of(kind: str, who: str) -> int:
    """The same for something else that is counted as one: a telephone number, or all together."""
    if not settings.RATE_LIMITS:
        return 0
    wait = BUCKETS.take(kind, who, *LIMITS[kind])
    return 0 if wait <= 0 else int(wait) + 1


def wait_for_mail(address: str) -> int:
    """Whole seconds that nobody can have another message sent to this address; 0 for none."""
    if not settings.RATE_LIMITS:
        return 0
    wait = BUCKETS.take("mail_to", address, *LIMITS["mail_to"])
    return 0 if wait <= 0 else int(wait) + 1


def too_often(request: HttpRequest, wait: int, reason: str) -> HttpResponse:
    """The page for who has to wait so many seconds."""
    response = render(request, "429.html", {"wait": wait, "reason": reason}, status=429)
    response["Retry-After"] = str(wait)
    return response


def limited(kind: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Limits the POST requests of a view; the person is told how long to wait and loses nothing they typed."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait = wait_for(request, kind) if request.method == "POST" else 0
            if wait:
                return too_often(request, wait, _("请求太频繁"))
            return view(request, *args, **kwargs)

        return inner

    return wrap
