"""One time of reception on the desk: its particulars, changing or cancelling it, its calendar file, the record of what
was said; and a day's sheet to print."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actform import ActForm
from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import booking, opening, reception
from .acting import repeated
from .forms import act_form
from .models import Slot
from .opening import Found
from .slots import PlaceForm, SlotRow, asked_day, day_begins, of_unit, rows_of, units_of


def _row(slot_id: int, actor: Actor, registry: Snapshot) -> SlotRow:
    """A time of one of the official's units. Raises Http404: another unit's does not exist for them, nor one that is
    booked by a case that does not (who comes to talk about a unit's conduct is nothing that its people may learn)."""
    slots = Slot.objects.filter(pk=slot_id, unit_id__in=units_of(actor, registry), cancelled_at__isnull=True)
    rows = rows_of(slots.select_related("official"), actor, registry)
    if not rows or (rows[0].slot.booked_case_id is not None and rows[0].case is None):
        raise Http404
    return rows[0]


@allows("official", FORM)
def slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    """A time and what whoever books it is told. POST changes that; whoever booked it hears of it."""
    actor, registry = actor_of(request), snapshot.current()
    row = _row(slot_id, actor, registry)
    open_one = row.slot.held_at is None and not row.past
    first = {"way": row.slot.way, **row.slot.told}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=first, label_suffix="")
    status = 200
    if request.method == "POST":
        if not open_one:
            raise Refusal("wrong_state", _("接访已经开始或者登记，不能再改。"))
        status = _change(request, row.slot, form, actor)
        if status == 200:
            return HttpResponseRedirect(reverse("desk:slot", args=[slot_id]))
    context = {"row": row, "slot": row.slot, "case": row.case, "form": form, "open": open_one}
    return render(request, "desk/slot.html", context, status=status)


def _change(request: HttpRequest, slot: Slot, form: PlaceForm, actor: Actor) -> int:
    """Put the particulars into the slot; the status of the answer."""
    if not form.is_valid():
        return 422
    try:
        reception.rearrange(slot, form.cleaned_data["way"], form.told(), actor)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return refusal.status
    messages.success(request, _("已改好，预约的人会收到通知。") if slot.booked_case_id else _("已改好。"))
    return 200


@allows("official")
def slot_file(request: HttpRequest, slot_id: int) -> HttpResponse:
    """A time as a calendar file, for officials of its unit."""
    return booking.calendar_file(_row(slot_id, actor_of(request), snapshot.current()).slot)


@allows("official")
def slots_day(request: HttpRequest) -> HttpResponse:
    """A day's sheet of one unit, to print."""
    actor, registry = actor_of(request), snapshot.current()
    units = units_of(actor, registry)
    if not units:
        raise Refusal("not_allowed", _("您的岗位不能安排接访。"))
    asked = request.GET.get("unit", "")
    unit = asked if asked in units else units[0]
    day = asked_day(request.GET.get("day", ""), timezone.localdate())
    rows = rows_of(of_unit(unit, day_begins(day), day_begins(day + timedelta(days=1))), actor, registry)
    return render(request, "desk/slots_day.html", {"unit": unit, "day": day, "rows": rows})


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
    edge = found.procedure.decide(reception.RECEIVE, found.case.state, frozenset(found.standing))
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    if slot.held_at is not None and request.method != "POST":
        raise Refusal("conflict", reception.HELD)
    if slot.starts_at > timezone.now():
        raise Refusal("wrong_state", _("接访还没有开始，开始以后才能登记。"))
    form = act_form(edge, found, request.POST if request.method == "POST" else None)
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
    return render(
        request,
        "desk/slot_record.html",
        {"found": found, "case": found.case, "slot": slot, "form": form},
        status=status,
    )
