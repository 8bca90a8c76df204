"""Notices to people outside the house: written in the transaction of the act, sent by the
worker, tried again on failure.

A notice says that something happened and where to look; it never quotes the letter or the answer. Who sends text
messages: `sms/`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import sms
from .inputs import normal_phone

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from .models import Case, Notice
    from .procedure import Edge, Procedure

log = logging.getLogger("tongban.notices")

TRIES = 14
"""After that many failures, a day and a half, a notice is given up; an administrator can have
it sent again. House rule."""


def reachable(case: Case, procedure: Procedure) -> bool:
    """Whether a notice reaches the sender of the case: there is a page on which they follow it, and an address."""
    private = case.private or {}
    return bool(procedure.follow and (private.get("email") or (private.get("phone") and settings.NOTICE_SMS)))


def for_resident(case: Case, edge: Edge, procedure: Procedure, now: datetime) -> list[Notice]:
    """The notices that an act sends to the sender of the case."""
    return to_sender(case, procedure, edge.told, now)


def to_sender(case: Case, procedure: Procedure, what: str | Promise, now: datetime) -> list[Notice]:
    """Notices to the sender of the case that say `what`: by e-mail where there is one, else by SMS.

    None where the procedure has no page on which a sender follows the case.
    """
    from .models import Notice
    from .receipts import grouped

    private = case.private or {}
    email, phone = private.get("email"), private.get("phone")
    if not reachable(case, procedure):
        return []
    with translation.override(case.language):
        subject = _("【%(site)s】%(kind)s %(code)s 有新进展") % {
            "site": settings.SITE_NAME,
            "kind": procedure.label,
            "code": grouped(case.code),
        }
        text = _("%(kind)s %(code)s：%(what)s。\n请凭查询码和密码查看：%(link)s") % {
            "kind": procedure.label,
            "code": grouped(case.code),
            "what": str(what),
            "link": f"{settings.ORIGIN}{procedure.follow}",
        }
        values = {"kind": str(procedure.label), "code": grouped(case.code), "what": str(what)}
    content = {"to": email or phone, "subject": subject, "text": text, "template": "progress", "values": values}
    return [Notice(channel="email" if email else "sms", private=content, next_try_at=now, created_at=timezone.now())]


class MailRound:
    """One connection to the mail server for a batch; where it cannot be made, every message of
    the batch fails at once."""

    def __init__(self) -> None:
        self._mail = get_connection()
        self._open = False
        self._broken: Exception | None = None

    def send(self, content: dict[str, Any]) -> None:
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
            message = EmailMessage(content["subject"], content["text"], to=[content["to"]], connection=self._mail)
            for name, text, kind in content.get("attached", ()):
                message.attach(name, text, kind)
            message.send()
        except Exception:
            self.close()  # the server may have hung up; the next message opens anew
            raise

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open = False
            self._mail.close()


def send_sms(content: dict[str, Any]) -> str:
    """Send one text message; the answer is the provider's number for it. Raises NotSent, also where the deployment has
    no provider."""
    gateway = sms.gateway()
    if gateway is None:
        raise sms.NotSent("no SMS provider")
    values = content.get("values") or {}
    return gateway.send(
        sms.Message(normal_phone(content["to"]), content["text"], content.get("template", "progress"), values)
    )


def waiting(case: Case, channel: str, content: dict[str, Any], now: datetime) -> Notice:
    """A notice about a case that the worker will send at once: `to`, `subject`, `text`; for text messages
    `template` with `values`, for mail `attached` (name, text, media type of each). Not stored yet."""
    from .models import Notice

    return Notice(case=case, channel=channel, private=content, next_try_at=now, created_at=timezone.now())


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
    senders: dict[str, Callable[[dict[str, Any]], object]] = {"email": mail.send, "sms": send_sms}
    for notice in claimed:
        try:
            senders[notice.channel](notice.private or {})
        except Exception as error:
            state = "failed" if notice.tries + 1 >= TRIES else "waiting"
            why = error.code if isinstance(error, sms.NotSent) else type(error).__name__
            failed.setdefault((state, why), []).append(notice.pk)
        else:
            sent.append(notice.pk)
    mail.close()
    if sent:
        Notice.objects.filter(pk__in=sent).update(state="sent", private=None, error="")
    for (state, error_name), keys in failed.items():
        Notice.objects.filter(pk__in=keys).update(state=state, error=error_name)
        log.warning("notices could not be sent and will be tried again", extra={"count": len(keys)})
    return len(claimed)
