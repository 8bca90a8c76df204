"""重新领取密码: the two pages. What is asked, then the code that was sent.

The first page says the same whatever was typed, as long as it could be somebody's; the second the same for a wrong code
and for a case that does not exist.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases import receipts
from tongban.cases.inputs import EMAIL, Asking, Day, PlaceChoice, normal_email, normal_phone
from tongban.gate import cookies
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited
from tongban.registry import snapshot

from . import proven, recovering
from .recovering import Asked

COOKIE = "tongban_recover"
SECONDS = 15 * 60
SHORTEST_PHONE, LONGEST_PHONE = 7, 15
DAY = Day("day", gettext_lazy("哪一天提交的"), required=False, latest=0)
PLACE = PlaceChoice("place", gettext_lazy("问题在哪里"), required=False)


class AskForm(forms.Form):
    """A contact, and the code, or the day with the place."""

    contact = forms.CharField(
        label=gettext_lazy("提交时留的手机号码或电子邮箱"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "on", "spellcheck": "false"}),
        help_text=gettext_lazy("验证码发到这里。"),
    )
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("12 位字母和数字。查询码也丢了，就不填，填下面的日期和地点。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        asking = Asking(snapshot.current(), now=timezone.now())
        self.fields["day"], self.fields["place"] = DAY.field(asking), PLACE.field(asking)

    def clean_contact(self) -> tuple[str, str]:
        """(kind, value), as it is looked up."""
        typed = self.cleaned_data["contact"].strip()
        if "@" in typed:
            if not EMAIL.fullmatch(typed):
                raise forms.ValidationError(_("请检查电子邮箱地址。"))
            return "email", normal_email(typed)
        digits = normal_phone(typed)
        if not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
            raise forms.ValidationError(_("请填提交时留的手机号码或电子邮箱。"))
        return "phone", digits

    def clean_code(self) -> str:
        """The tracking code as it is kept, empty where none was typed."""
        code = receipts.plain(self.cleaned_data["code"])
        wrong = len(code) != receipts.CODE_LENGTH or not (code.isascii() and code.isalnum())
        if code and wrong:
            raise forms.ValidationError(_("查询码是 12 位字母和数字，请对照回执再看一遍。"))
        return code

    def clean_day(self) -> date | None:
        """A day that has come."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("“%(label)s”不能晚于今天。") % {"label": DAY.label})
        return day

    def clean(self) -> None:
        """A code, or a day and a place."""
        known = self.cleaned_data
        if not self.errors and not known.get("code") and not (known.get("day") and known.get("place")):
            self.add_error("code", _("请填查询码；查询码也丢了，请填日期和地点。"))

    def asked(self) -> Asked:
        """What is asked. After `is_valid`."""
        known = self.cleaned_data
        if known["code"]:
            return Asked(known["contact"], code=known["code"])
        return Asked(known["contact"], day=known["day"], place=known["place"])


@allows("public", FORM)
@limited("recover")
def ask(request: HttpRequest) -> HttpResponse:
    """Asks who it is; POST takes the question and goes on to the code, whatever was typed."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        response = redirect("counter:recover_code")
        cookies.put_sealed(response, COOKIE, {"handle": recovering.ask(form.asked())}, SECONDS)
        return response
    lost_code = bool(form.is_bound and (form.data.get("day") or form.data.get("place")))
    context = {"form": form, "lost_code": lost_code, "sms": bool(settings.NOTICE_SMS)}
    return render(request, "counter/recover.html", context, status=422 if form.is_bound else 200)


@allows("public", FORM)
@limited("track")
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code; the right one gives the receipt with the new secret."""
    handle = str(cookies.read_sealed(request, COOKIE).get("handle", ""))
    if not handle:
        return redirect("counter:recover")
    error = ""
    if request.method == "POST":
        found = recovering.check(handle, request.POST.get("digits", ""))
        if found is not None:
            response: HttpResponse = redirect("counter:sent")
            cookies.take_away(response, COOKIE)
            proven.hand_over(response, found.receipt, found.case, renewed=True)
            return proven.remember(request, response, found.case)
        error = _("验证码不对，或者已经失效。请再看一遍；输错五次或者过了十分钟，请重新领取。")
    context = {"error": error, "shown": recovering.shown_in_demo(handle)}
    return render(request, "counter/recover_code.html", context, status=422 if error else 200)
