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
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import Case, Notice
    from .procedure import Edge, Procedure

log = logging.getLogger("tongban.notices")

TRIES = 14
"""After that many failures, a day and a half, a notice is given up; an administrator can have it sent again. House rule."""


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
    """The notices that an act sends to the sender of the case: by e-mail where there is one, else by SMS.

    None where the procedure has no page on which a sender follows the case.
    """
    from .models import Notice
    from .receipts import grouped

    private = case.private or {}
    email, phone = private.get("email"), private.get("phone")
    if not procedure.follow or not (email or (phone and settings.NOTICE_SMS)):
        return []
    with translation.override(case.language):
        subject = _("【%(site)s】%(kind)s %(code)s 有新进展") % {"site": settings.SITE_NAME, "kind": procedure.label, "code": grouped(case.code)}
        text = _("%(kind)s %(code)s：%(what)s。\n请凭查询码和密码查看：%(link)s") % {
            "kind": procedure.label,
            "code": grouped(case.code),
            "what": str(edge.told),
            "link": f"{settings.ORIGIN}{procedure.follow}",
        }
    content = {"to": email or phone, "subject": subject, "text": text}
    return [Notice(channel="email" if email else "sms", private=content, next_try_at=now, created_at=timezone.now())]


class MailRound:
    """One connection to the mail server for a batch; where it cannot be made, every message of the batch fails at once."""

    def __init__(self) -> None:
        self._mail = get_connection()
        self._open = False
        self._broken: Exception | None = None

    def send(self, content: dict[str, str]) -> None:
        """Send one message. Raises what the mail server says."""
        if self._broken is not None:
            raise self._broken
        if not self._open:
            try:
                self._mail.open()
            except Exception as error:
                self._broken = error
                raise
            self._open = True
        try:
            EmailMessage(content["subject"], content["text"], to=[content["to"]], connection=self._mail).send()
        except Exception:
            self.close()  # the server may have hung up; the next message opens anew
            raise

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open = False
            self._mail.close()


def _send_sms(content: dict[str, str]) -> None:
    gateway = sms_gateway()
    if gateway is None:
        raise RuntimeError("no SMS gateway")
    gateway.send(content["to"], content["text"])


def retry_failed(now: datetime | None = None) -> int:
    """Have every notice that was given up sent again from the beginning; returns how many."""
    from .models import Notice

    return Notice.objects.filter(state="failed").update(state="waiting", tries=0, next_try_at=now or timezone.now())


def send_waiting(now: datetime | None = None, batch: int = 200) -> int:
    """Send the notices whose time has come; returns how many were looked at. Safe beside other workers.

    A batch is claimed in one short transaction by moving its next try on, so a worker that dies in mid-work leaves it
    to be tried again; what was sent and what was not is written down in one statement each.
    """
    from .models import Notice

    now = now or timezone.now()
    with transaction.atomic():
        waiting = Notice.objects.filter(state="waiting", next_try_at__lte=now).order_by("next_try_at")
        if connection.vendor == "postgresql":
            waiting = waiting.select_for_update(skip_locked=True)
        claimed = list(waiting[:batch])
        by_tries: dict[int, list[int]] = {}
        for notice in claimed:
            by_tries.setdefault(notice.tries, []).append(notice.pk)
        for tries, keys in by_tries.items():
            wait = timedelta(minutes=min(2**tries, 360))
            Notice.objects.filter(pk__in=keys).update(tries=tries + 1, next_try_at=now + wait)
    sent: list[int] = []
    failed: dict[tuple[str, str], list[int]] = {}
    mail = MailRound()
    senders: dict[str, Callable[[dict[str, str]], None]] = {"email": mail.send, "sms": _send_sms}
    for notice in claimed:
        try:
            senders[notice.channel](notice.private or {})
        except Exception as error:
            state = "failed" if notice.tries + 1 >= TRIES else "waiting"
            failed.setdefault((state, type(error).__name__), []).append(notice.pk)
        else:
            sent.append(notice.pk)
    mail.close()
    if sent:
        Notice.objects.filter(pk__in=sent).update(state="sent", private=None, error="")
    for (state, error_name), keys in failed.items():
        Notice.objects.filter(pk__in=keys).update(state=state, error=error_name)
        log.warning("notices could not be sent and will be tried again", extra={"count": len(keys)})
    return len(claimed)
