"""Notices to whoever a decision concerns (the owner, the host, the registrar): a statement of reasons that people read,
in two languages, with XARF v4 beside it for programs. Written in the transaction of the act, sent by the worker.

The contact address is the one that the official enters: nothing is looked up by itself. Every word comes from the
decision as it stands in the public register, none from the report. Sources: 反电信网络诈骗法 Art. 32 (told, with the
reason and the way to object); Regulation (EU) 2022/2065 Art. 17 for what a statement of reasons holds; XARF v4
(xarf.org).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tongban.cases import notices
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.registry import snapshot
from tongban.registry.names import spoken
from tongban.webaddr import parse

from .guarding import defanged
from .harms import harms
from .inputs import TARGETS
from .models import Listed

XARF_TYPES: dict[str, dict[str, Any]] = {
    "6001": {"type": "fraud", "fraud_type": "other"},
    "6004": {"type": "malware"},
    "6007": {"type": "phishing", "lure_type": "other"},
}
"""Kinds of harm for which XARF v4 has a type. The others go without: a wrong type would be worse."""
LANGUAGES = ("zh-hans", "en")


def told(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Queue the notices of acts that name a contact address; the hook of `notify`."""
    for case, act, context in rows:
        contact = context.payload.get("contact")
        listed = Listed.objects.filter(case=case).first()
        if contact and listed is not None:
            notices.waiting(case, "email", message(listed, contact, act.at), act.at).save()


def message(row: Listed, to: str, now: datetime) -> dict[str, Any]:
    """The mail about a decision: for people, and for programs where XARF knows the harm."""
    parts = []
    for language in LANGUAGES:
        with translation.override(language):
            parts.append(statement(row))
    with translation.override(LANGUAGES[0]):
        subject = _("【%(site)s】处置决定 %(number)s：%(name)s") % {
            "site": settings.SITE_NAME,
            "number": row.number,
            "name": defanged(row.host),
        }
    found: dict[str, Any] = {"to": to, "subject": subject, "text": "\n\n----\n\n".join(parts)}
    report = xarf(row, now)
    if report is not None:
        found["attached"] = [["xarf.json", json.dumps(report, ensure_ascii=False, indent=2), "application/json"]]
    return found


def statement(row: Listed) -> str:
    """The statement of reasons in the language of now: what, how far, from when, until when, why, on which law, by
    whom and whether by a machine, how to object."""
    harm = harms().get(row.harm)
    unit = snapshot.current().units.get(row.unit_id)
    lines = (
        (_("决定编号"), row.number),
        (_("处置的名字"), defanged(row.name)),
        (_("范围"), str(dict(TARGETS).get(row.scope, row.scope))),
        (_("从"), timezone.localtime(row.since).date().isoformat()),
        (_("到"), _("%(day)s，到期自动解除") % {"day": row.until.isoformat()}),
        (_("认定的危害"), spoken(harm.name, harm.name_en) if harm is not None else row.harm),
        (_("认定的事实"), row.statement),
        (_("法律依据"), row.basis),
        (_("谁决定的"), spoken(unit.name, unit.name_en) if unit is not None else row.unit_id),
        (_("怎样决定的"), _("由工作人员核实后决定；没有由程序自动决定。")),
    )
    how = _(
        "认为错了，可以申诉，不用注册，不收费：%(object)s（写上决定编号）。由上级单位、另外的人审查；"
        "申诉成立，立即解除。能证明网站由您控制的（DNS 记录、文件或本邮箱），请在申诉页面上证明。"
    ) % {"object": f"{settings.ORIGIN}{reverse('counter:new_report_objection')}"}
    where = _("这个决定是公开的：%(page)s") % {
        "page": f"{settings.ORIGIN}{reverse('reports:decision', args=[row.number])}"
    }
    return "\n".join([*(f"{label}: {value}" for label, value in lines), "", how, where])


def xarf(row: Listed, now: datetime) -> dict[str, Any] | None:
    """The report as XARF v4; None where it has no type for this harm."""
    known = XARF_TYPES.get(row.harm)
    if known is None:
        return None
    address = parse(f"http://{row.name}")
    origin = urlsplit(settings.ORIGIN).hostname or "localhost"
    ours = {
        "org": (settings.SITE_NAME or "Tongban")[:200],
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or f"noreply@{origin}",
        "domain": origin,
    }
    return {
        "xarf_version": "4.0.0",
        "report_id": str(uuid.uuid4()),
        "timestamp": row.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reporter": ours,
        "sender": ours,
        "source_identifier": address.host,
        "category": "content",
        **known,
        "evidence_source": "user_report",
        "url": address.href,
        "domain": address.host,
        "verified_at": row.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verification_method": "manual",
        "description": row.statement[:1000],
        "tags": [f"tongban:{row.number}"],
    }
