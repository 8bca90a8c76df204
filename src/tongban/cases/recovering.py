"""A new secret for the sender of a case who has lost theirs, and has shown that they hold a contact left on it.

An act of the kernel that every kind has (`recover`): it stands in the story and on the ledger like any other. The old
secret opens nothing afterwards. Not for finding out who asks: `counter/recovering.py`.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tongban.registry.names import unit_name, unit_phone

from . import notices, receipts, renewing, spreading
from .actor import resident
from .models import Case
from .procedure import procedure_of
from .receipts import Receipt
from .search import contacts_of
from .writer import Step, locked, perform


def new_secret(case_id: int, was: str, contact: tuple[str, str], now: datetime) -> Receipt | None:
    """Give the case a new secret; the receipt that its sender keeps from now on. `was` is the digest of the secret that
    held when they asked, `contact` the (kind, value) by which they were reached; any other contact is told.

    None where the secret was renewed meanwhile, the case has no such contact any more, or its kind says that no contact
    is enough (`by_contact`). Raises Refusal where the kernel says no: an erased case.
    """
    with transaction.atomic():
        spreading.lock_above(case_id)
        case = locked(case_id)
        known = contacts_of(case.private)
        if case.secret_digest != was or contact not in known or not by_contact(case):
            return None
        secret = receipts.issue(None, b"").secret
        done = perform(case_id, Step("recover", resident(case_id), renewing.of(secret)))
        for kind, value in known:
            if kind != contact[0]:
                _tell(done.case, kind, value, now)
    return Receipt(case.code, secret)


def by_contact(case: Case) -> bool:
    """Whether a contact left on the case is enough for a new secret (`Procedure.recovers`)."""
    allows = procedure_of(case).recovers
    return allows is None or allows(case)


def _tell(case: Case, kind: str, value: str, now: datetime) -> None:
    """Tell the sender's other contact that somebody took a new secret, and how to stop it."""
    if kind == "phone" and not settings.NOTICE_SMS:
        return
    code = receipts.grouped(case.code)
    with translation.override(case.language):
        subject = _("【%(site)s】有人重新领取了 %(code)s 的密码") % {"site": settings.SITE_NAME, "code": code}
        text = _(
            "有人用验证码重新领取了 %(code)s 的密码，原来的密码已经作废。\n"
            "是您本人，不用理会。不是您：请马上到 %(link)s 用这里的联系方式再领一次，对方手里的密码随即作废；"
            "并告诉承办单位%(unit)s %(phone)s。"
        ) % {
            "code": code,
            "link": f"{settings.ORIGIN}{procedure_of(case).follow}recover/",
            "unit": unit_name(case.unit_id),
            "phone": unit_phone(case.unit_id),
        }
    content = {"to": value, "subject": subject, "text": text, "template": "renewed", "values": {"code": code}}
    notices.waiting(case, "sms" if kind == "phone" else "email", content, now).save()
