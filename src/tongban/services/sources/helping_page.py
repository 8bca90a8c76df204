"""窗口代填: an official of the role clerk types an application, or a bundle (一件事), for a resident who stands at the
counter.

The official has looked at the card and says so; the application is opened in their name, the resident takes the
receipt along and sees there which unit's counter typed. One resident at a time: beginning, ending and the next one
each throw away what this browser held of the one before (the draft with its files, the receipt, proofs of secrets),
and a page left open from before is refused (`counter.carried.of_another`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from tongban.counter import proven
from tongban.counter.drafts import BrowserDraft
from tongban.counter.parts import writing_of
from tongban.detect.checks import is_credit_code, is_resident_id
from tongban.gate import cookies
from tongban.gate.allow import FORM, actor_of, allows
from tongban.registry.names import unit_name

from . import acting, person
from .acting import Client
from .person import Person, normal

KINDS = ("application", "bundle")
"""What is typed at a counter: one item, or a bundle of several."""


class ClientForm(forms.Form):
    """Who stands at the counter."""

    name = forms.CharField(label=_("姓名或单位名称"), max_length=60)
    id_number = forms.CharField(label=_("身份证号或统一社会信用代码"), max_length=20)
    unit = forms.ChoiceField(label=_("您的窗口"))
    seen = forms.BooleanField(label=_("我看过本人的证件，本人在场并同意由我代为填写"))

    def __init__(self, units: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ChoiceField):
            unit.choices = [(code, unit_name(code)) for code in units]

    def clean_id_number(self) -> str:
        """A right number."""
        found = normal(self.cleaned_data["id_number"])
        if not (is_resident_id(found) or is_credit_code(found)):
            raise forms.ValidationError(
                _("这个号码不对：身份证号是 18 位，最后一位是校验位；企业请填统一社会信用代码。")
            )
        return found


@allows("official", FORM)
def helping(request: HttpRequest) -> HttpResponse:
    """Who is helped now; POST begins with somebody (`kind` says whether with one item or a bundle), `go_on` goes on
    with either for the same person, `end` ends. For clerks alone."""
    units = sorted({unit for unit, role in actor_of(request).posts if role == acting.ROLE})
    if not units:
        reason = _("只有受理员可以在窗口代填。")
        return render(request, "403.html", {"reason": reason}, status=403)
    if request.method == "POST" and "end" in request.POST:
        response = _cleared(request, redirect("registers:helping"))
        acting.end_help(response)
        return response
    now = acting.helped(request)
    if request.method == "POST" and "go_on" in request.POST:
        if now is None:
            return redirect("registers:helping")
        return _gone_on(request, now, _kind(request.POST["go_on"]))
    form = ClientForm(units, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _begun(request, form.cleaned_data, _kind(request.POST.get("kind", "")))
    context = {"form": form, "now": now}
    return render(request, "services/registers/helping.html", context, status=422 if form.errors else 200)


def _kind(asked: str) -> str:
    return asked if asked in KINDS else KINDS[0]


def _begun(request: HttpRequest, said: dict[str, Any], kind: str) -> HttpResponse:
    response = _cleared(request, redirect("counter:new", kind))
    subject = Person(said["id_number"], said["name"], "counter")
    session = acting.begin_help(response, request, said["unit"], subject)
    return _draft(request, response, Client(session, said["unit"], subject), kind)


def _gone_on(request: HttpRequest, client: Client, kind: str) -> HttpResponse:
    """Back to what is written for this person, or on to what is not begun for them yet."""
    writing, response = writing_of(kind), redirect("counter:new", kind)
    assert writing is not None  # noqa: S101 -- this door brings it
    draft = BrowserDraft(request, writing)
    if draft.values.get("client") == client.session:
        return response
    draft.forget(response)
    request.COOKIES.pop(cookies.named(writing.cookie), None)
    return _draft(request, response, client, kind)


def _draft(request: HttpRequest, response: HttpResponse, client: Client, kind: str) -> HttpResponse:
    writing, subject = writing_of(kind), client.subject
    assert writing is not None  # noqa: S101 -- this door brings it
    about = {"client": client.session, "client_unit": client.unit, "name": subject.name,
             "id_number": subject.id_number}  # fmt: skip
    return BrowserDraft(request, writing).save(response, brought=list(about), **about)


def _cleared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Without anything that this browser held of a resident."""
    for writing in filter(None, map(writing_of, KINDS)):
        BrowserDraft(request, writing).forget(response)
        request.COOKIES.pop(cookies.named(writing.cookie), None)
    for name in (proven.LETTERS, proven.RECEIPT, person.COOKIE):
        cookies.take_away(response, name)
    return response
