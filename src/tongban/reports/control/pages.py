"""The page on which whoever objects shows control of the site, and the desk's page for the same question. A question is
put when a button is pressed, and its answer becomes an act of the objection."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tongban.cases.actform import ActForm
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.counter.proven import proven_case
from tongban.desk.actpages import Handed
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited

from . import asking, proving


def question(case: Case) -> dict[str, Any]:
    """What a template needs to say how control is shown."""
    act = proving.shown(case)
    return {
        "case": case,
        "value": proving.value(case),
        "records": proving.records(case),
        "file": f"http://{proving.hosts(case)[0]}{proving.FILE}"
        if settings.CONTROL_FILE and proving.hosts(case)
        else "",
        "contact": bool(proving.contact_of(case)),
        "shown": act,
    }


def ask(case: Case, how: str) -> str:
    """Put the question; empty where the answer was yes, else what to tell whoever asked."""
    try:
        if how == "dns" and proving.records(case):
            found = asking.in_dns(proving.records(case), proving.value(case))
        elif how == "file" and settings.CONTROL_FILE and proving.hosts(case):
            found = asking.in_file(proving.hosts(case)[0], proving.value(case))
        else:
            return _("这种证明方式现在不能用。")
    except asking.NotAsked:
        return _("没有查到：对方的服务器没有回答。请过几分钟再试。")
    if found:
        return ""
    return _("还没有查到。新加的记录要几分钟到几小时才能生效，请稍后再试。")


@allows("resident", FORM)
@limited("track")
def show_control(request: HttpRequest, code: str) -> HttpResponse:
    """The sender's page: what to put where; POST asks."""
    case = proven_case(request, code)
    if case.kind != "report_objection" or not case.is_open or not proving.hosts(case):
        raise Http404
    problem, status = "", 200
    if request.method == "POST":
        how = request.POST.get("how", "")
        if how == "contact":
            problem = (
                "" if proving.right(case, request.POST.get("digits", "")) else _("数字不对，请对照邮件再输入一次。")
            )
        else:
            problem = ask(case, how)
        if not problem:
            perform(case.pk, Step("show_control", SYSTEM, {"how": how}))
            messages.success(request, _("已证明网站由您控制，审查的人会看到。"))
            return redirect("counter:case", case.code)
        status = 422
    return render(request, "reports/control.html", {**question(case), "problem": problem}, status=status)


def links(case: Case, acts: Any) -> list[tuple[str, str]]:
    """On the sender's page of an objection: the way to show control, while it is open."""
    from django.urls import reverse

    if not case.is_open or not proving.hosts(case):
        return []
    return [(reverse("reports:control", args=[case.code]), _("证明网站由我控制"))]


def on_desk(request: HttpRequest, code: str, desk: Handed) -> HttpResponse:
    """The desk's page: what was shown, and asking now. An official who saw another proof says so in the answer."""
    before = desk.repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = desk.find(request, code)
    desk.refuse_erased(found)
    edge: Edge | None = next((one for one in desk.offered(found) if one.act == "show_control"), None)
    if edge is None:
        raise Refusal("not_allowed", _("您的岗位不能进行这项操作。"))
    asked = desk.ask_first(found)
    if asked is not None:
        return asked

    def shown(now: Any, form: ActForm, status: int = 200) -> HttpResponse:
        context = {"found": now, "form": form, **question(now.case)}
        return render(request, desk.template, context, status=status)

    if request.method != "POST":
        return shown(found, ActForm(edge, found.case, found.actor, found.registry, initial={"how": "dns"}))
    form = ActForm(edge, found.case, found.actor, found.registry, request.POST)
    if not form.is_valid():
        return shown(found, form, 422)
    problem = ask(found.case, form.payload()["how"])
    if problem:
        form.refuse(problem, "how")
        return shown(found, form, 422)
    try:
        performed = desk.take_step(found, form)
    except Refusal as refusal:
        now, _changes = desk.refused(found, form, refusal)
        return shown(now, form, refusal.status)
    return desk.done(request, found, performed)
