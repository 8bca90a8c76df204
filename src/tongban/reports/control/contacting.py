"""A code for the contact address of a site, so that whoever reads that mailbox can show control. The hook of the act
`ask_contact`: in its transaction, sent by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tongban.cases import notices
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context

from ..effects import site_of
from ..guarding import defanged
from . import proving


def asked(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Queue the mail with the code."""
    for case, act, context in rows:
        contact = context.payload["contact"]
        said = []
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said.append(
                    _(
                        "有人对 %(name)s 的处置决定提出申诉，说网站由自己控制，并能收到这个邮箱的邮件。\n"
                        "如果是您，请在申诉的页面上填写这个数字：%(code)s\n"
                        "如果不是您，不用理会；没有这个数字，不能证明什么。"
                    )
                    % {"name": defanged(site_of(case).partition("://")[2]), "code": proving.code(case, contact)}
                )
        with translation.override("zh-hans"):
            subject = _("【%(site)s】证明网站由您控制") % {"site": settings.SITE_NAME}
        content = {"to": contact, "subject": subject, "text": "\n\n----\n\n".join(said)}
        notices.waiting(case, "email", content, act.at).save()
