"""Getting a new secret by a code that is sent to a contact left on the case: what is asked, looked for, and checked.

The request that asks writes one row and does nothing else, so its answer and its work are the same whether or not there
is such a case; the worker looks, and sends. Checking a code is the same work too. A code has six digits, holds for ten
minutes and five tries; the database has a keyed hash of it alone, so that whoever steals the database cannot try them
all. The new secret itself is the kernel's (`cases/recovering.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tongban.cases import notices, receipts, recovering, search
from tongban.cases.models import Case
from tongban.cases.receipts import Receipt
from tongban.cases.refusal import Refusal
from tongban.gate.rates import wait_of
from tongban.registry import snapshot
from tongban.vault.keyring import ring
from tongban.workdays import shanghai_day

from .models import Recovery
from .proven import followed

HOLDS = timedelta(minutes=10)
WAITS = timedelta(minutes=5)
"""So long the worker has to look; then what was asked is forgotten."""
TRIES = 5
DIGITS = 6
FRESH_HANDLE = 32
NOTHING: dict[str, Any] = {"case": 0, "was": "0" * 64, "by": ["email", ""], "mark": "0" * 64, "shown": ""}
"""What a row holds where no case was found: as much as any other."""


@dataclass(frozen=True)
class Asked:
    """What somebody knows of their case: a contact (`phone` or `email`, normalised) with its code, or with the day it
    was sent and the place."""

    by: tuple[str, str]
    code: str = ""
    day: date | None = None
    place: str = ""


def ask(asked: Asked) -> str:
    """Take the question; the handle for the asker's browser. Nothing is looked up. A contact that was asked about too
    often, or too many questions in all, are taken in the same way and lead nowhere."""
    handle, now = secrets.token_urlsafe(FRESH_HANDLE), timezone.now()
    too_often = wait_of("recover_contact", "\x00".join(asked.by)) or wait_of("recover_all", "")
    private: dict[str, Any] = {
        "by": list(asked.by), "code": asked.code, "day": asked.day.isoformat() if asked.day else "",
        "place": asked.place,
    }  # fmt: skip
    if too_often:
        private = dict(NOTHING)
    Recovery.objects.create(
        handle=_row_of(handle),
        private=private,
        looked=bool(too_often),
        expires_at=now + (HOLDS if too_often else WAITS),
    )
    return handle


def look_for_waiting(batch: int = 50) -> int:
    """Look for the cases that were asked about, and send the codes; returns how many questions. For the worker."""
    done = 0
    for number in list(Recovery.objects.filter(looked=False).order_by("pk").values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            row = Recovery.objects.select_for_update().filter(pk=number, looked=False).first()
            if row is None:
                continue
            asked, row.looked = row.private or {}, True
            case = _found(asked) if row.expires_at > timezone.now() else None
            row.private = _send(case, asked["by"], row.handle) if case is not None else dict(NOTHING)
            row.expires_at = timezone.now() + HOLDS
            row.save()
        done += 1
    return done


def forget_old(batch: int = 500) -> int:
    """Delete questions whose time is over; returns how many. For the worker."""
    old = list(Recovery.objects.filter(expires_at__lt=timezone.now()).values_list("pk", flat=True)[:batch])
    return Recovery.objects.filter(pk__in=old).delete()[0]


def _found(asked: dict[str, Any]) -> Case | None:
    """The case that somebody asks about: it must have the contact that they name."""
    by = (asked["by"][0], asked["by"][1])
    if asked["code"]:
        cases: Iterable[Case] = Case.objects.filter(code=asked["code"])
    else:
        line = snapshot.current().subtree("places", asked["place"])
        numbers = search.by_contact(by[0], by[1], search.EVERYWHERE)
        day = date.fromisoformat(asked["day"])
        known = Case.objects.filter(pk__in=numbers, place_id__in=line).order_by("-submitted_at", "-pk")
        cases = (case for case in known if shanghai_day(case.submitted_at) == day)
    kinds = followed()
    return next(
        (
            case
            for case in cases
            if case.kind in kinds
            and case.erased_at is None
            and by in search.contacts_of(case.private)
            and recovering.by_contact(case)
        ),
        None,
    )


def _send(case: Case, by: list[str], row: str) -> dict[str, Any]:
    """Send a fresh code to the contact; what the row keeps of it."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with translation.override(case.language):
        subject = _("【%(site)s】重新领取密码的验证码") % {"site": settings.SITE_NAME}
        text = _(
            "验证码 %(digits)s，十分钟内有效，用来重新领取 %(code)s 的密码。不是您本人要的，请不要告诉任何人。"
        ) % {"digits": code, "code": receipts.grouped(case.code)}
    channel = "sms" if by[0] == "phone" else "email"
    content = {"to": by[1], "subject": subject, "text": text, "template": "code", "values": {"code": code}}
    if channel == "email" or settings.NOTICE_SMS:
        notices.waiting(case, channel, content, timezone.now()).save()
    return {
        "case": case.pk, "was": case.secret_digest, "by": by, "mark": _mark(row, code),
        "shown": code if settings.DEMO else "",
    }  # fmt: skip


@dataclass(frozen=True)
class Renewed:
    """A new secret, for the case it opens."""

    case: Case
    receipt: Receipt


def check(handle: str, typed: str) -> Renewed | None:
    """The new secret where the code is right; None for a wrong one, one too late or too often, and for a question that
    led to no case. Each asks for the same work, but for the one that is right."""
    now, row_handle = timezone.now(), _row_of(handle)
    digits = "".join(ch for ch in unicodedata.normalize("NFKC", typed[:40]) if ch in string.digits)
    with transaction.atomic():
        row = Recovery.objects.select_for_update().filter(handle=row_handle, looked=True, expires_at__gt=now).first()
        kept = (row.private if row is not None else None) or NOTHING
        right = hmac.compare_digest(_mark(row_handle, digits), str(kept["mark"]))
        if row is None or row.tries >= TRIES:
            return None
        row.tries += 1
        row.save(update_fields=["tries"])
        if not right or not kept["case"]:
            return None
        row.delete()
        return _renewed(kept, now)


def _renewed(kept: dict[str, Any], now: datetime) -> Renewed | None:
    try:
        receipt = recovering.new_secret(kept["case"], kept["was"], (kept["by"][0], kept["by"][1]), now)
    except Refusal:
        return None
    return Renewed(Case.objects.get(pk=kept["case"]), receipt) if receipt is not None else None


def shown_in_demo(handle: str) -> str:
    """The code that was sent, in the demo alone, which sends nothing; empty anywhere else."""
    row = Recovery.objects.filter(handle=_row_of(handle)).first() if settings.DEMO else None
    return str((row.private or {}).get("shown", "")) if row is not None else ""


def _row_of(handle: str) -> str:
    """What the database knows a handle by."""
    return hashlib.sha256(b"tongban recovery\x00" + handle.encode()).hexdigest()


def _mark(row: str, code: str) -> str:
    """What the database keeps of a code: a hash under a key of the deployment, bound to its row."""
    return hmac.digest(_key(), f"{row}\x00{code}".encode(), "sha256").hex()


@lru_cache(maxsize=2)
def _key() -> bytes:
    return ring().derive("recovery code")
