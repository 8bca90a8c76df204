"""A letter being written: kept sealed in the database, found by a random key in a cookie, so that it survives.

Not for letters that were sent: those are cases.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse

from ..models import Draft

COOKIE = "tongban_draft"
AGE = 7 * 24 * 3600


class Writing:
    """The draft of this browser, empty where it has none. `values` is what was written so far."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.key = request.COOKIES.get(COOKIE, "")
        self._row = Draft.objects.filter(digest=_digest(self.key)).first() if len(self.key) >= 32 else None
        self.values: dict[str, Any] = dict(self._row.private or {}) if self._row else {}

    @property
    def exists(self) -> bool:
        """Whether anything was written."""
        return any(self.values.get(name) for name in ("matter", "about", "subject", "body"))

    @property
    def files(self) -> str:
        """The key under which this draft's attachments wait."""
        return _digest("files" + self.key)

    def save(self, response: HttpResponse, **values: Any) -> HttpResponse:
        """Keep `values` beside what is there, and give the browser its key."""
        if self._row is None:
            self.key = secrets.token_urlsafe(32)
            self._row = Draft(digest=_digest(self.key))
        self.values.setdefault("nonce", secrets.token_urlsafe(24))
        self.values.update(values)
        self._row.private = self.values
        self._row.save()
        response.set_cookie(COOKIE, self.key, max_age=AGE, httponly=True, samesite="Lax", secure=self._request.is_secure())
        return response

    def start(self) -> None:
        """Make sure the draft has a key, for uploads before anything else was saved."""
        if self._row is None:
            self.key = secrets.token_urlsafe(32)
            self._row = Draft(digest=_digest(self.key))

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Throw the draft away."""
        if self._row is not None and self._row.pk:
            self._row.delete()
        response.delete_cookie(COOKIE)
        return response


def _digest(key: str) -> str:
    return hashlib.sha256(b"tongban draft\x00" + key.encode()).hexdigest()
