"""The administrators' page of mail and text messages: what is set up, without a secret, and a test that says in words
what the server or the vendor answered.

What is sent for cases, and tried again: `cases/notices.py`. A test is sent at once, is no notice, and leaves nothing
behind: neither a row nor a line in the log with the address.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases import notices, sms
from tongban.cases.inputs import EMAIL, normal_phone
from tongban.cases.models import Notice
from tongban.cases.sms.gateways import templates
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited

PROVIDERS = {
    "": gettext_lazy("没有设置"),
    "console": gettext_lazy("只记次数，不真的发出（演示）"),
    "aliyun": gettext_lazy("阿里云短信"),
    "tencent": gettext_lazy("腾讯云短信"),
}
TEMPLATES = {
    "progress": gettext_lazy("有新进展"),
    "code": gettext_lazy("验证码"),
    "renewed": gettext_lazy("密码已重新领取"),
}
SHORTEST_PHONE, LONGEST_PHONE = 7, 15


class TestForm(forms.Form):
    """Where a test goes: a telephone number or an e-mail address."""

    to = forms.CharField(
        label=gettext_lazy("发到哪里"), max_length=254, help_text=gettext_lazy("您自己的手机号码或电子邮箱。")
    )

    def clean_to(self) -> str:
        """As it is sent to."""
        typed = str(self.cleaned_data["to"]).strip()
        if "@" in typed:
            if EMAIL.fullmatch(typed):
                return typed
        elif SHORTEST_PHONE <= len(normal_phone(typed)) <= LONGEST_PHONE:
            return normal_phone(typed)
        raise forms.ValidationError(_("请填手机号码或电子邮箱。"))


@allows("administrator", FORM)
@limited("submit")
def page(request: HttpRequest) -> HttpResponse:
    """What is set up; POST sends a test."""
    form = TestForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        good, said = _mail(to) if "@" in to else _text(to)
        (messages.success if good else messages.error)(request, said)
        return redirect("portal:messages")
    mail = urlsplit(settings.EMAIL_URL)
    counts = dict(Notice.objects.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "form": form,
        "mail": mail.hostname if settings.EMAIL_URL else "",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "provider": PROVIDERS[settings.NOTICE_SMS],
        "vendor": settings.NOTICE_SMS in ("aliyun", "tencent"),
        "sign": settings.SMS["sign"],
        "key_end": settings.SMS["key_id"][-4:],
        "templates": [(words, templates().get(name, "")) for name, words in TEMPLATES.items()],
        "missing": sms.missing(),
        "waiting": counts.get("waiting", 0),
        "failed": counts.get("failed", 0),
    }
    return render(request, "portal/messages.html", context, status=422 if form.is_bound else 200)


def _mail(to: str) -> tuple[bool, str]:
    """Send a test mail; whether the server took it, in words."""
    subject = _("【%(site)s】测试邮件") % {"site": settings.SITE_NAME}
    try:
        EmailMessage(subject, _("收到这封邮件，说明本站可以发通知。"), to=[to]).send()
    except Exception as error:  # whatever a mail server or the way to it answers
        return False, _("没有发出：%(why)s") % {"why": type(error).__name__}
    if not settings.EMAIL_URL:
        return True, _("没有设置邮件服务器，只记了一次，没有真的发出。")
    return True, _("邮件服务器收下了。几分钟内没有收到，请看看垃圾邮件。")


def _text(to: str) -> tuple[bool, str]:
    """Send a test message; what the vendor answered, in words."""
    words = {"kind": _("测试"), "code": "0000", "what": _("短信可以发出")}
    text = _("这是一条测试短信，说明本站可以发通知。")
    try:
        number = notices.send_sms({"to": to, "text": text, "template": "progress", "values": words})
    except sms.NotSent as refused:
        why = f"{refused.code} {refused.words}".strip()
        return False, _("没有发出：%(why)s") % {"why": why}
    if settings.NOTICE_SMS == "console":
        return True, _("只记了一次，没有真的发出。")
    return True, _("%(provider)s收下了，编号 %(number)s。") % {
        "provider": PROVIDERS[settings.NOTICE_SMS],
        "number": number or "—",
    }
