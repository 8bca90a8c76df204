"""E-mail by SMTP from TONGBAN_EMAIL_URL: smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

log = logging.getLogger("tongban.mail")


class ConfiguredBackend(EmailBackend):
    """The SMTP backend with the host, the account and the encryption of the URL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parts = urlsplit(settings.EMAIL_URL)
        kwargs.update(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if parts.scheme == "smtps" else 587),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_ssl=parts.scheme == "smtps",
            use_tls=parts.scheme == "smtp" and bool(parts.username),
            timeout=20,
        )
        super().__init__(*args, **kwargs)


class ConsoleBackend(BaseEmailBackend):
    """Where no mail server is set: says how many messages would have gone, never to whom or what is in them."""

    _held: int | None = None

    def open(self) -> bool:
        self._held = 0
        return True

    def close(self) -> None:
        if self._held:
            log.info("no mail server is set; messages not sent", extra={"count": self._held})
        self._held = None

    def send_messages(self, email_messages: Any) -> int:
        number = len(list(email_messages))
        if self._held is None:
            log.info("no mail server is set; messages not sent", extra={"count": number})
        else:
            self._held += number
        return number
