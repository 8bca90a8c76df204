"""线上接访 on the desk: a unit's reception times, who booked them, and what was said.

Slots are changed through `letters/reception.py` only. A booking names its letter only to officials for whom that letter
exists; to others of the unit the time is just taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.templatetags.tongban_names import unit_name
from tongban.letters import reception
from tongban.letters.models import Slot
from tongban.letters.procedure import LETTER
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import opening
from .acting import repeated
from .needs import ActForm
from .opening import DOING, Found

SHOWN_BEFORE = timedelta(days=14)
"""Past times stay on the page so long, so that what was said can still be recorded. House rule."""
MOST = 200


class OfferForm(forms.Form):
    """Reception times to publish: so many in a row from a first one."""

    unit = forms.ChoiceField(label=gettext_lazy("接访单位"))
    first = forms.DateTimeField(
        label=gettext_lazy("第一个时段开始时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    number = forms.IntegerField(label=gettext_lazy("连续几个时段"), min_value=1, max_value=40, initial=6)
    minutes = forms.IntegerField(label=gettext_lazy("每个时段几分钟"), min_value=5, max_value=120, initial=20)
    way = forms.ChoiceField(label=gettext_lazy("方式"), choices=Slot._meta.get_field("way").choices or [])
    myself = forms.BooleanField(label=gettext_lazy("由我接访"), required=False, initial=True)

    def __init__(self, units: tuple[str, ...], data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="offer_%s", label_suffix="")
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [(code, unit_name(code)) for code in units]


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A time on the page. `case` is set where the booking's letter exists for who looks."""

    slot: Slot
    case: Case | None
    past: bool
    may_record: bool


def units_of(actor: Actor, registry: Snapshot) -> tuple[str, ...]:
    """The units for which an official publishes times: clerks, handlers and heads for their own."""
    return tuple(dict.fromkeys(unit for unit, role in actor.posts if role in DOING and unit in registry.units))


def slot_rows(unit: str, actor: Actor, registry: Snapshot) -> list[SlotRow]:
    """The times of a unit from a fortnight ago on, soonest first."""
    now = timezone.now()
    slots = list(
        Slot.objects.filter(unit_id=unit, cancelled_at__isnull=True, starts_at__gt=now - SHOWN_BEFORE)
        .select_related("official").order_by("starts_at", "pk")[:MOST]
    )  # fmt: skip
    booked = [slot.booked_case_id for slot in slots if slot.booked_case_id]
    seen = {case.pk: case for case in access.cases_for(actor, registry).filter(pk__in=booked)}
    rows = []
    for slot in slots:
        case = seen.get(slot.booked_case_id or 0)
        past = slot.starts_at <= now
        rows.append(SlotRow(slot, case, past, case is not None and past and slot.held_at is None and _may_record(case, actor, registry)))
    return rows


def _may_record(case: Case, actor: Actor, registry: Snapshot) -> bool:
    standing = frozenset(access.standing(actor, case, registry))
    return not case.erased_at and any(edge.act == "receive" for edge in LETTER.open_to(case.state, standing))


@allows("official", FORM)
def slots(request: HttpRequest) -> HttpResponse:
    """The times of one unit; POST publishes some (`do=offer`), takes a free one back (`withdraw`) or frees a booked one (`cancel`)."""
    actor, registry = actor_of(request), snapshot.current()
    units = units_of(actor, registry)
    if not units:
        if request.method == "POST":
            raise Refusal("not_allowed", _("您的岗位不能安排接访。"))
        return render(request, "letters/desk/slots.html", {"nothing": True})
    asked = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    unit = asked if asked in units else units[0]
    form = OfferForm(units, initial={"unit": unit})
    status = 200
    if request.method == "POST":
        if request.POST.get("do") != "offer":
            return _change_one(request, actor, registry, units)
        form = OfferForm(units, request.POST)
        status = _offer(request, form, actor)
        if status == 200:
            return HttpResponseRedirect(f"{reverse('letters:slots')}?unit={unit}")
    context = {
        "form": form, "unit": unit, "units_choice": [(code, unit_name(code)) for code in units], "rows": slot_rows(unit, actor, registry),
    }  # fmt: skip
    return render(request, "letters/desk/slots.html", context, status=status)


def _offer(request: HttpRequest, form: OfferForm, actor: Actor) -> int:
    """Publish the times of a filled form; the status of the answer."""
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    official = actor.official_id if given["myself"] else None
    try:
        new = reception.offer(given["unit"], given["first"], given["number"], given["minutes"], given["way"], official)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return refusal.status
    text = ngettext("已公布 %(n)d 个接访时段。", "已公布 %(n)d 个接访时段。", new) % {"n": new} if new else _("这些时段先前已经公布。")
    messages.success(request, text)
    return 200


def _change_one(request: HttpRequest, actor: Actor, registry: Snapshot, units: tuple[str, ...]) -> HttpResponse:
    """Take back a free time, or free a booked one after speaking with the resident. Raises Refusal or Http404."""
    number = request.POST.get("slot", "")
    slot = Slot.objects.filter(pk=int(number), unit_id__in=units).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if slot is None:
        raise Http404
    if request.POST.get("do") == "withdraw":
        reception.withdraw_slot(slot)
        messages.success(request, _("这个时段已取消。"))
    elif request.POST.get("do") == "cancel":
        case = access.cases_for(actor, registry).filter(pk=slot.booked_case_id or 0).first()
        if case is None:
            raise Http404
        reception.cancel(case, slot.pk, actor)
        messages.success(request, _("预约已取消，来信人会在进度里看到。"))
    else:
        raise Refusal("bad_input", _("不认识这个操作。"))
    return HttpResponseRedirect(f"{reverse('letters:slots')}?unit={slot.unit_id}")


@allows("official", FORM)
def slot_record(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Write down what was said; it becomes an act on the letter that its sender can read."""
    slot = Slot.objects.select_related("booked_case", "unit").filter(pk=slot_id, booked_case__isnull=False).first()
    if slot is None or slot.booked_case is None:
        raise Http404
    before = repeated(request, slot.booked_case.code) if request.method == "POST" else None
    if before is not None:
        return before
    found = opening.find(request, slot.booked_case.code)
    edge = LETTER.decide("receive", found.case.state, frozenset(found.standing))
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    if slot.held_at is not None and request.method != "POST":
        raise Refusal("conflict", reception.HELD)
    if slot.starts_at > timezone.now():
        raise Refusal("wrong_state", _("接访还没有开始，开始以后才能登记。"))
    form = ActForm(edge, found, request.POST if request.method == "POST" else None)
    del form.fields["slot"]
    if request.method != "POST":
        return _record_page(request, found, slot, form)
    if not form.is_valid():
        return _record_page(request, found, slot, form, 422)
    try:
        reception.record(slot, form.cleaned_data["text"], found.actor, form.shown_nonce)
    except Refusal as refusal:
        form.refuse(refusal.message, refusal.field)
        return _record_page(request, found, slot, form, refusal.status)
    messages.success(request, _("接访已登记。"))
    return HttpResponseRedirect(found.url)


def _record_page(request: HttpRequest, found: Found, slot: Slot, form: ActForm, status: int = 200) -> HttpResponse:
    return render(request, "letters/desk/slot_record.html", {"found": found, "case": found.case, "slot": slot, "form": form}, status=status)
