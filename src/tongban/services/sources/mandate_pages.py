"""委托别人办事: giving a mandate, taking it back, and applying by one. For who has shown who they are.

A mandate names one person by name and number, the items, and a last day within a year; it can be taken back at any
time, and from then on opens nothing. What was applied for by it stays the giver's application: they hold its receipt.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.counter.drafts import BrowserDraft
from tongban.counter.parts import writing_of
from tongban.detect.checks import is_resident_id
from tongban.gate import cookies
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.rates import limited
from tongban.registry.names import spoken

from .. import reading
from . import acting, person
from .person import normal
from .rows import Mandate

LONGEST = timedelta(days=365)
"""A mandate holds a year at most. House rule."""


def item_names() -> dict[str, str]:
    """Code of an item → its name in the language of the page."""
    items = reading.current().items
    return {code: spoken(item.matter.name, item.matter.name_en) for code, item in sorted(items.items())}


class MandateForm(forms.Form):
    """Whom, for what, until when."""

    name = forms.CharField(label=_("受托人姓名"), max_length=60)
    id_number = forms.CharField(label=_("受托人身份证号"), max_length=20)
    items = forms.MultipleChoiceField(label=_("可以替我办哪些事项"), widget=forms.CheckboxSelectMultiple)
    until = forms.DateField(label=_("到哪一天为止"), widget=forms.DateInput(attrs={"type": "date"}))
    registers = forms.BooleanField(label=_("办理时，可以从登记取得我的信息"), required=False)

    def __init__(self, giver: person.Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._giver = giver
        items = self.fields["items"]
        if isinstance(items, forms.MultipleChoiceField):
            items.choices = list(item_names().items())

    def clean_id_number(self) -> str:
        """A right number, and somebody else's."""
        found = normal(self.cleaned_data["id_number"])
        if not is_resident_id(found) or len(found) != 18:
            raise forms.ValidationError(_("这个号码不对：身份证号是 18 位，最后一位是校验位。"))
        if found == normal(self._giver.id_number):
            raise forms.ValidationError(_("不用委托自己。"))
        return found

    def clean_until(self) -> Any:
        """From today on, within a year."""
        found, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= found <= today + LONGEST:
            raise forms.ValidationError(_("请填今天以后、一年以内的日期。"))
        return found


@allows("public", FORM)
@limited("submit")
def mandates(request: HttpRequest) -> HttpResponse:
    """The mandates that one gave and was given; POST gives one."""
    me = person.shown(request)
    if me is None:
        return render(request, "services/registers/mandates.html", {"me": None})
    form = MandateForm(me, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given = Mandate(
            giver=me.blind,
            taker=person.blind(said["id_number"]),
            items=said["items"],
            registers=said["registers"],
            since=timezone.localdate(),
            until=said["until"],
            made_at=timezone.now(),
        )
        given.private = {
            "giver": {"name": me.name, "id_number": normal(me.id_number)},
            "taker": {"name": said["name"], "id_number": said["id_number"]},
        }
        given.save(force_insert=True)
        return redirect("registers:mandates")
    names = item_names()
    context = {
        "me": me,
        "form": form,
        "given": [_row(one, "taker", names) for one in Mandate.objects.filter(giver=me.blind)[:100]],
        "taken": [_row(one, "giver", names) for one in acting.running().filter(taker=me.blind)[:100]],
    }
    return render(request, "services/registers/mandates.html", context, status=422 if form.errors else 200)


def _row(mandate: Mandate, other: str, names: dict[str, str]) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "mandate": mandate,
        "name": ((mandate.private or {}).get(other) or {}).get("name", ""),
        "items": [(code, names[code]) for code in mandate.items if code in names],
        "runs": mandate.revoked_at is None and mandate.since <= today <= mandate.until,
    }


@allows("public", POST)
@limited("submit")
def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """The giver takes a mandate back."""
    me = person.shown(request)
    found = Mandate.objects.filter(code=code, giver=me.blind).first() if me is not None else None
    if found is None:
        raise Http404
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
    return redirect("registers:mandates")


@allows("public", POST)
@limited("submit")
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """The taker begins an application for the giver. What was being written in this browser is thrown away, so that two
    people's never mix; the page says so."""
    me, matter = person.shown(request), request.POST.get("matter", "")
    found = acting.usable(me, code, matter)
    writing = writing_of("application")
    if me is None or found is None or writing is None or matter not in reading.current().items:
        raise Http404
    giver = acting.giver_of(found)
    response = BrowserDraft(request, writing).forget(redirect("counter:new_step", "application", "place"))
    request.COOKIES.pop(cookies.named(writing.cookie), None)
    kept = {"code": found.code, "name": me.name, "id_number": normal(me.id_number)}
    about = {"matter": matter, "mandate": kept, "name": giver.name, "id_number": giver.id_number}
    return BrowserDraft(request, writing).save(response, **about)
