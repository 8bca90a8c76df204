"""Sessions of officials in the database, unreadable there: the row is found by a digest of the cookie's key, its
content is sealed with the key ring. Whoever has the database can neither read a session nor go on with one.

The digest stands inside the seal as well, so that a content moved to another row opens nothing. Residents have no
sessions: what their browser has shown stands in sealed cookies (`cookies.py`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import orjson
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tongban.vault.keyring import KeyRingError, ring

PURPOSE = b"session"
BATCH = 1000


def row_of(key: str) -> str:
    """Under which key the session with this cookie lies: 160 bits, as many letters as Django's column takes."""
    return hashlib.sha256(b"tongban session\x00" + key.encode()).hexdigest()[:40]


class SessionStore(InDatabase):
    """Django's sessions in the database, with the key digested and the content sealed."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        key = self.session_key
        found = (
            self.model.objects.filter(session_key=row_of(key), expire_date__gt=timezone.now()).first() if key else None
        )
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=row_of(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        key = self._get_or_create_session_key()  # type: ignore[attr-defined]
        return self.model(session_key=row_of(key), session_data=self.encode(data), expire_date=self.get_expiry_date())

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=row_of(key)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The content as it lies in the row."""
        plain = orjson.dumps([row_of(self.session_key or ""), session_dict], option=orjson.OPT_NON_STR_KEYS)
        return base64.b64encode(ring().seal(plain, PURPOSE)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """The content of a row; empty where it was changed, or moved here from another row."""
        try:
            row, content = orjson.loads(ring().open(base64.b64decode(session_data), PURPOSE))
        except (KeyRingError, binascii.Error, ValueError, TypeError):
            return {}
        return content if self.session_key is None or row == row_of(self.session_key) else {}


def clear_expired(batch: int = BATCH) -> int:
    """Delete a batch of sessions whose time is over; returns how many. For the worker."""
    old = list(Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)[:batch])
    return Session.objects.filter(pk__in=old).delete()[0] if old else 0
