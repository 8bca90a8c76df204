"""The first message to an interested party: that there is something, and how they get a password of their own.

By open mail: it says neither about whom it is, nor of what. The password is not in it; whoever holds the address or the
telephone fetches it there (`counter/recovering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tongban.cases import notices
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, procedure_of
from tongban.cases.receipts import grouped
from tongban.registry.names import unit_name


def tell_how(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Queues the message, in the transaction in which the case is opened; where nothing reaches them there is a sheet
    (`sheet.py`)."""
    for case, act, _context in rows:
        private, procedure = case.private or {}, procedure_of(case)
        if not notices.reachable(case, procedure):
            continue
        with translation.override(case.language):
            said = {
                "site": settings.SITE_NAME,
                "unit": unit_name(case.unit_id),
                "code": grouped(case.code),
                "until": act.public.get("until", ""),
                "recover": f"{settings.ORIGIN}{reverse('counter:recover')}",
            }
            subject = gettext("【%(site)s】%(unit)s有一件事要听您的意见") % said
            text = (
                gettext(
                    "%(unit)s正在审查一件申请，认为它同您有重大利益关系。您可以陈述、申辩；%(until)s 以前可以要求听证，"
                    "不收费用。\n查询码 %(code)s。请先用收到本通知的邮箱或者电话领取密码：%(recover)s"
                )
                % said
            )
            what = gettext("%(unit)s有一件事要听您的意见，%(until)s 以前可以要求听证") % said
        channel = "email" if private.get("email") else "sms"
        values = {"kind": str(procedure.label), "code": grouped(case.code), "what": what}
        content = {"to": private.get("email") or private.get("phone"), "subject": subject, "text": text,
                   "template": "progress", "values": values}  # fmt: skip
        notices.waiting(case, channel, content, act.at).save()
