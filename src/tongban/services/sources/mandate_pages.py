"""委托别人办事: giving a mandate, taking it back, and applying by one. For who has shown who they are.

A mandate names one person by name and number, the items, and a last day within a year; it can be taken back at any
time, and from then on opens nothing. For a bundle (一件事) it has to cover each of its items: giving one for a bundle
names them all, and what another one does not cover is said before anything is asked. What was applied for by it is
the giver's application: they open it from here, and once the mandate is over nobody else does (`mandated.py`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import procedure_of
from tongban.counter import proven
from tongban.counter.drafts import BrowserDraft
from tongban.counter.parts import writing_of
from tongban.detect.checks import is_resident_id
from tongban.gate import cookies
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.rates import limited
from tongban.registry.names import matter_name, spoken

from .. import bundled, reading
from . import acting, mandated, person
from .person import normal
from .rows import Mandate

LONGEST = timedelta(days=365)
"""A mandate holds a year at most. House rule."""


def item_names() -> dict[str, str]:
    """Code of an item → its name in the language of the page."""
    items = reading.current().items
    return {code: spoken(item.matter.name, item.matter.name_en) for code, item in sorted(items.items())}


def bundle_names() -> dict[str, str]:
    """Code of a bundle → its name in the language of the page."""
    return {code: matter_name(code) for code in sorted(reading.current().bundles)}


class MandateForm(forms.Form):
    """Whom, for what, until when."""

    name = forms.CharField(label=_("受托人姓名"), max_length=60)
    id_number = forms.CharField(label=_("受托人身份证号"), max_length=20)
    bundles = forms.MultipleChoiceField(
        label=_("可以替我办哪些“一件事”"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("一件事是几个事项一起办；选了它，就是委托了它的全部事项。"),
    )
    items = forms.MultipleChoiceField(
        label=_("可以替我办哪些事项"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("“一件事”和事项，至少选一样。"),
    )
    until = forms.DateField(label=_("到哪一天为止"), widget=forms.DateInput(attrs={"type": "date"}))
    registers = forms.BooleanField(label=_("办理时，可以从登记取得我的信息"), required=False)

    def __init__(self, giver: person.Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._giver = giver
        for name, choices in (("items", item_names()), ("bundles", bundle_names())):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = list(choices.items())
        if not bundle_names():
            del self.fields["bundles"]

    def clean_id_number(self) -> str:
        """A right number, and somebody else's."""
        found = normal(self.cleaned_data["id_number"])
        if not is_resident_id(found) or len(found) != 18:
            raise forms.ValidationError(_("这个号码不对：身份证号是 18 位，最后一位是校验位。"))
        if found == normal(self._giver.id_number):
            raise forms.ValidationError(_("不用委托自己。"))
        return found

    def clean_items(self) -> list[str]:
        """The items, those of the chosen bundles among them; at least one."""
        of_bundles = [one for code in self.cleaned_data.get("bundles") or () for one in bundled.every_item(code)]
        found = sorted({*self.cleaned_data["items"], *of_bundles} & reading.current().items.keys())
        if not found:
            raise forms.ValidationError(_("请至少选一个事项，或者一件事。"))
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
        return _shown(request, None, None)
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
    return _shown(request, me, form, status=422 if form.errors else 200)


def _shown(
    request: HttpRequest, me: person.Person | None, form: MandateForm | None, message: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"me": me, "form": form, "message": message}
    if me is not None:
        names = item_names()
        context["given"] = [_row(one, "taker", names) for one in Mandate.objects.filter(giver=me.blind)[:100]]
        context["taken"] = [_row(one, "giver", names) for one in acting.running().filter(taker=me.blind)[:100]]
    return render(request, "services/registers/mandates.html", context, status=status)


def _row(mandate: Mandate, other: str, names: dict[str, str]) -> dict[str, Any]:
    today = timezone.localdate()
    missing = {code: bundled.missing_from(mandate.items, code) for code in bundle_names()}
    cases = mandated.of(mandate) if other == "taker" else []
    some = [code for code, gone in missing.items() if len(gone) < len(bundled.every_item(code))]
    return {
        "mandate": mandate,
        "name": ((mandate.private or {}).get(other) or {}).get("name", ""),
        "items": [(code, names[code]) for code in mandate.items if code in names],
        "bundles": [(code, matter_name(code)) for code in some if not missing[code]],
        "short": [acting.not_covered(code, missing[code]) for code in some if missing[code]],
        "cases": [(case, procedure_of(case).state(case.state)) for case in cases],
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
    mandated.revoke(found)
    return redirect("registers:mandates")


@allows("public", POST)
@limited("submit")
def open_case(request: HttpRequest, code: str) -> HttpResponse:
    """The giver opens a case that was applied for by the mandate, whether it still holds or not: no secret is needed,
    they have shown who they are."""
    me = person.shown(request)
    found = Mandate.objects.filter(code=code, giver=me.blind).first() if me is not None else None
    cases = mandated.of(found) if found is not None else []
    case = next((one for one in cases if one.code == request.POST.get("case")), None)
    if case is None:
        raise Http404
    return proven.remember(request, redirect("counter:case", case.code), case)


@allows("public", POST)
@limited("submit")
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """The taker begins an application, or a bundle, for the giver. What was being written in this browser is thrown
    away, so that two people's never mix; the page says so."""
    me, matter, holds = person.shown(request), request.POST.get("matter", ""), reading.current()
    found, whole = acting.taken(me, code), matter in holds.bundles
    writing = writing_of("bundle" if whole else "application")
    if me is None or found is None or writing is None or not (whole or matter in holds.items):
        raise Http404
    missing = bundled.missing_from(found.items, matter)
    if missing and not whole:
        raise Http404
    if missing:
        return _shown(request, me, MandateForm(me), acting.not_covered(matter, missing), 403)
    giver = acting.giver_of(found)
    response = BrowserDraft(request, writing).forget(redirect("counter:new_step", writing.kind, "place"))
    request.COOKIES.pop(cookies.named(writing.cookie), None)
    kept = {"code": found.code, "name": me.name, "id_number": normal(me.id_number), "items": found.items}
    about = {"matter": matter, "mandate": kept, "name": giver.name, "id_number": giver.id_number}
    return BrowserDraft(request, writing).save(response, **about)
