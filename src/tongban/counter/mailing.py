"""Sending a draft to oneself: a link by mail that opens it on another device, once, within seven days.

The key stands behind the # of the link and goes to no server until its page is sent; without JavaScript it is typed.
The mail says nothing of what was written. Neither the address nor the key is kept: the message waits sealed among the
notices until the worker has sent it. Not for what was sent already: that has its receipt.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import receipts
from tongban.cases.inputs import EMAIL, normal_email
from tongban.cases.models import Notice
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited, too_often, wait_for_mail
from tongban.registry import snapshot

from . import carried, steps
from .drafts import BrowserDraft
from .parts import Writing, writing_of

LONGEST = 120


def _writing(kind: str) -> Writing:
    writing = writing_of(kind)
    if writing is None or not steps.drafts_by_mail():
        raise Http404
    return writing


@allows("public", FORM)
@limited("mail")
def mail(request: HttpRequest, kind: str) -> HttpResponse:
    """Asks for an address; POST sends the link there."""
    writing = _writing(kind)
    draft = BrowserDraft(request, writing)
    page = steps.Page(request, writing, None, draft, snapshot.current())
    if request.method == "POST" and not draft.exists:
        carried.take_up(request, draft)
    context = {"writing": writing, "back": page.address(steps.first_open(page)), "sent": "sent" in request.GET}
    if context["sent"]:
        return render(request, "counter/mail.html", context)
    if not draft.values:
        return redirect(page.address(writing.steps[0]))
    typed = request.POST.get("email", draft.values.get("email") or "")[:LONGEST].strip()
    context |= {"email": typed, "ticket": carried.ticket(draft)}
    if request.method != "POST":
        return render(request, "counter/mail.html", context)
    if not EMAIL.fullmatch(typed):
        context["error"] = _("请填写电子邮箱，例如 name@example.com。")
        return render(request, "counter/mail.html", context, status=422)
    wait = wait_for_mail(normal_email(typed))
    if wait:
        return too_often(request, wait, _("这个邮箱刚收到过几封这样的邮件"))
    key = draft.copy_for_mail(kind)
    link = f"{reverse('counter:new_open', args=[kind])}#{key}"
    _send(typed, f"{settings.ORIGIN}{link}", receipts.grouped(key))
    if settings.DEMO and not settings.EMAIL_URL:
        return render(request, "counter/mail.html", {**context, "sent": True, "demo_link": link})
    return redirect(f"{reverse('counter:new_mail', args=[kind])}?sent")


def _send(to: str, link: str, key: str) -> None:
    """Leave the message to the worker, which tries again where the mail server does not answer."""
    now = timezone.now()
    text = _(
        "您在“%(site)s”没写完的内容已经存好，七天内有效。\n\n请打开这个链接接着写：\n%(link)s\n\n"
        "页面上没有自动填好的，请输入：%(key)s\n\n链接只能用一次，请不要转发。不是您本人要求的，不用理会这封邮件。"
    ) % {"site": settings.SITE_NAME, "link": link, "key": key}
    subject = _("【%(site)s】接着写您的草稿") % {"site": settings.SITE_NAME}
    content = {"to": to, "subject": subject, "text": text}
    Notice.objects.create(channel="email", private=content, next_try_at=now)


@allows("public", FORM)
@limited("track")
def open_mailed(request: HttpRequest, kind: str) -> HttpResponse:
    """Asks for the key, which a script takes from behind the #; POST opens the draft here and uses the key up."""
    writing = _writing(kind)
    draft = BrowserDraft(request, writing)
    context = {"writing": writing, "here": draft.exists}
    if request.method != "POST":
        return render(request, "counter/open.html", context)
    if not draft.take_over(request.POST.get("key", ""), kind):
        context["error"] = _("这个链接已经用过，或者过了七天。")
        return render(request, "counter/open.html", context, status=422)
    page = steps.Page(request, writing, None, draft, snapshot.current())
    return draft.save(redirect(page.address(steps.first_open(page, to_go_through=True))))
