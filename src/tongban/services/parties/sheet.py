"""The sheet that is handed over or posted to an interested party (告知书): what it is about, what they can do until
when, and the code and password of their own case.

The password is drawn when the sheet is made and stands nowhere else: the database has its digest. Making another ends
the one before.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.cases import receipts, renewing
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.counter.paper import letter
from tongban.desk.actpages import Handed
from tongban.desk.forms import act_form
from tongban.registry import snapshot
from tongban.registry.names import matter_name, place_line, unit_name

from ..appointments import APPOINTED, shown
from ..rules import worked
from .guards import SHEET, ask_by


def made(case: Case, secret: str) -> bytes:
    """The sheet as PDF: the official's words, nothing of the applicant's."""
    private = case.private or {}
    days = snapshot.current().limit("hearing_ask", case.matter_id, case.place_id)
    end = ask_by(case)
    until = (
        _("在%(day)s以前") % {"day": date_format(timezone.localdate(end))}
        if end is not None
        else _("自收到本告知书之日起%(n)d个工作日内") % {"n": days.days if days is not None else 5}
    )
    said = {"matter": matter_name(case.matter_id), "place": place_line(case.place_id), "until": until}
    paragraphs = [
        _("本单位正在审查一件“%(matter)s”申请（%(place)s），认为它同您有重大利益关系：") % said,
        *case.body.split("\n"),
        _("您有权陈述、申辩；可以%(until)s要求听证，不收费用；也可以说明不要求听证。在作出决定以前，我们听取您的意见。")
        % said,
    ]
    fixed = shown(case) if worked(case).get(APPOINTED) else None
    if fixed is not None:
        when = timezone.localtime(fixed.fixed.starts_at).strftime("%Y-%m-%d %H:%M")
        told = {"when": when, "where": fixed.fixed.where, "comes": fixed.fixed.comes}
        paragraphs.append(
            _("听证定在 %(when)s，%(where)s，由%(comes)s主持。认为主持人同这件事有直接利害关系的，可以申请回避。")
            % told
        )
    paragraphs += [
        _("在网上陈述、要求听证、看听证的时间和决定：打开 %(address)s，输入查询码 %(code)s，密码 %(secret)s。")
        % {
            "address": f"{settings.ORIGIN}{reverse('counter:follow')}",
            "code": receipts.grouped(case.code),
            "secret": receipts.grouped(secret),
        },
        _("密码只印在这张纸上，谁有它就能以您的名义答复，请收好。不方便上网的，可以书面或者当面向本单位提出。"),
        _("依据：《中华人民共和国行政许可法》第三十六条、第四十七条。"),
    ]
    who = "\n".join(part for part in (case.sender, str(private.get("address") or "")) if part).replace("\n", "，")
    signed = (unit_name(case.unit_id), date_format(timezone.localdate()))
    return letter(_("利害关系人权利告知书"), receipts.grouped(case.code), f"{who}：", paragraphs, signed)


def page(request: HttpRequest, code: str, desk: Handed) -> HttpResponse:
    """GET says what it is; POST makes the sheet, once for each press of the button."""
    before = desk.repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = desk.find(request, code)
    desk.refuse_erased(found)
    edge = next((one for one in desk.offered(found) if one.act == "make_sheet"), None)
    if edge is None:
        found.procedure.decide("make_sheet", found.case.state, frozenset(found.standing))
        raise Refusal("not_allowed", _("利害关系人已经答复，不能再制作告知书。"))
    asked = desk.ask_first(found)
    if asked is not None:
        return asked
    form = act_form(edge, found, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        again = bool(worked(found.case).get(SHEET))
        return render(request, desk.template, {"found": found, "case": found.case, "form": form, "again": again})
    form.is_valid()  # the password is drawn here, no field of the form has it
    secret = receipts.issue(None, found.case.code.encode()).secret
    step = Step("make_sheet", found.actor, renewing.of(secret), nonce=form.shown_nonce)
    case = perform(found.case.pk, step).case
    response = HttpResponse(made(case, secret), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.code}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
