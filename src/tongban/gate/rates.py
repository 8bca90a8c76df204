"""Rate limits without a captcha.

The limits are token buckets in each worker's memory, keyed by address and kind of request; a deployment with W workers
lets W times as much through. Nothing is kept of an address but its keyed hash, for minutes.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Buckets:
    """Token buckets: `rate` a minute with room for `burst`; the least recently used are forgotten first."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._buckets: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._salt = secrets.token_bytes(16)

    def take(self, kind: str, who: str, rate: float, burst: float, now: float | None = None) -> float:
        """0.0 where the request may pass, else the seconds to wait."""
        now = time.monotonic() if now is None else now
        key = hashlib.blake2b(f"{kind}\x00{who}".encode(), key=self._salt, digest_size=12).digest()
        bucket = self._buckets.pop(key, None) or _Bucket(burst, now)
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.filled) * rate / 60)
        bucket.filled = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) * 60 / rate

    def clear(self) -> None:
        """Forget everything: for tests."""
        self._buckets.clear()


BUCKETS = Buckets()
LIMITS: dict[str, tuple[float, float]] = {
    "submit": (10, 20),
    "track": (20, 20),
    "upload": (30, 30),
    "api": (120, 240),
}
"""Kind of request → (a minute, burst) for one address in one worker. House rules."""


def client_address(request: HttpRequest) -> str:
    """The address of the client; behind N trusted proxies, the N-th from the right of X-Forwarded-For."""
    count = settings.TRUSTED_PROXIES
    if count:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= count:
            return chain[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


def wait_for(request: HttpRequest, kind: str) -> int:
    """Whole seconds that this client has to wait before another request of this kind; 0 for none."""
    if not settings.RATE_LIMITS:
        return 0
    rate, burst = LIMITS[kind]
    wait = BUCKETS.take(kind, client_address(request), rate, burst)
    return 0 if wait <= 0 else int(wait) + 1


def limited(kind: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Limits the POST requests of a view; the person is told how long to wait and loses nothing they typed."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait = wait_for(request, kind) if request.method == "POST" else 0
            if wait:
                response = render(request, "429.html", {"wait": wait, "reason": _("请求太频繁")}, status=429)
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **kwargs)

        return inner

    return wrap
