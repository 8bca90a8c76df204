"""Notices to people outside the house: written in the transaction of the act, sent by the worker, tried again on failure.

A notice says that something happened and where to look; it never quotes the letter or the answer. The SMS interface
and its console implementation are here; a real gateway is a class with the same method.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import Case, Notice
    from .procedure import Edge, Procedure

log = logging.getLogger("tongban.notices")

TRIES = 8
"""After that many failures a notice is given up and shown on the desk. House rule."""


class SmsGateway(Protocol):
    """What sends a text message. Raises an exception where it could not."""

    def send(self, number: str, text: str) -> None: ...


class ConsoleSms:
    """Says on the log that a message would have been sent; never to whom or what."""

    def send(self, number: str, text: str) -> None:
        log.info("sms handed over", extra={"count": 1})


def sms_gateway() -> SmsGateway | None:
    """The gateway of this deployment, or None where it has none."""
    return ConsoleSms() if settings.NOTICE_SMS == "console" else None


def for_resident(case: Case, edge: Edge, procedure: Procedure, now: datetime) -> list[Notice]:
    """The notices that an act sends to the sender of the case: by e-mail where there is one, else by SMS."""
    from .models import Notice
    from .receipts import grouped

    private = case.private or {}
    email, phone = private.get("email"), private.get("phone")
    if not email and not (phone and settings.NOTICE_SMS):
        return []
    with translation.override(case.language):
        subject = _("【%(site)s】您的来信有新进展（%(code)s）") % {"site": settings.SITE_NAME, "code": grouped(case.code)}
        text = _("您的来信 %(code)s：%(what)s。\n请凭查询码和密码查看：%(link)s") % {
            "code": grouped(case.code),
            "what": str(edge.told),
            "link": f"{settings.ORIGIN}/letters/track/",
        }
    content = {"to": email or phone, "subject": subject, "text": text}
    return [Notice(channel="email" if email else "sms", private=content, next_try_at=now)]


def _send_email(content: dict[str, str]) -> None:
    EmailMessage(content["subject"], content["text"], to=[content["to"]], connection=get_connection()).send()


def _send_sms(content: dict[str, str]) -> None:
    gateway = sms_gateway()
    if gateway is None:
        raise RuntimeError("no SMS gateway")
    gateway.send(content["to"], content["text"])


SENDERS: dict[str, Callable[[dict[str, str]], None]] = {"email": _send_email, "sms": _send_sms}


def send_waiting(now: datetime | None = None, batch: int = 100) -> int:
    """Send the notices whose time has come; returns how many were looked at. Safe beside other workers.

    A notice is claimed by moving its next try on (a conditional UPDATE whose row count says who won), so a worker
    that dies in mid-work leaves it to be tried again.
    """
    from .models import Notice

    now = now or timezone.now()
    waiting = Notice.objects.filter(state="waiting", next_try_at__lte=now).order_by("next_try_at")[:batch]
    for notice in waiting:
        wait = timedelta(minutes=min(2**notice.tries, 360))
        claimed = Notice.objects.filter(pk=notice.pk, state="waiting", tries=notice.tries)
        if not claimed.update(tries=notice.tries + 1, next_try_at=now + wait):
            continue
        try:
            SENDERS[notice.channel](notice.private or {})
        except Exception as error:
            state = "failed" if notice.tries + 1 >= TRIES else "waiting"
            Notice.objects.filter(pk=notice.pk).update(state=state, error=type(error).__name__)
            log.warning("a notice could not be sent and will be tried again", extra={"count": notice.tries + 1})
        else:
            with transaction.atomic():
                Notice.objects.filter(pk=notice.pk).update(state="sent", private=None, error="")
    return len(waiting)
