"""线上接访 for residents: free times of all units, and booking one for a letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from tongban.cases.actor import resident
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import limited
from tongban.registry import snapshot

from .. import reception as times
from ..models import Slot
from .tracking import proven_case


@allows("public")
@public_for(15)
def reception(request: HttpRequest) -> HttpResponse:
    """Units with free times in the next days."""
    slots = list(times.free(None)[:500])
    slots.sort(key=lambda slot: (slot.unit_id, slot.starts_at))
    units = [(unit, _by_day(rows)) for unit, rows in groupby(slots, key=lambda slot: slot.unit_id)]
    return render(request, "letters/reception.html", {"units": units})


def _by_day(slots: Iterable[Slot]) -> list[tuple[date, list[Slot]]]:
    """The slots under the day on which they start; they come soonest first."""
    return [(day, list(rows)) for day, rows in groupby(slots, key=lambda slot: timezone.localdate(slot.starts_at))]


@allows("resident", FORM)
@limited("submit")
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Book, change or cancel a time for a letter."""
    found = proven_case(request, code)
    registry = snapshot.current()
    message, status = "", 200
    if request.method == "POST":
        number = request.POST.get("slot", "")
        try:
            if not number.isdigit():
                raise Refusal("not_found", "")
            if "cancel" in request.POST:
                times.cancel(found, int(number), resident(found.pk))
            else:
                times.book(found, int(number), resident(found.pk), registry)
            return redirect("letters:book", found.code)
        except Refusal as refusal:
            message, status = refusal.message, refusal.status
    free = times.free(times.units_for(found, registry))[:60]
    days = _by_day(free)
    mine = found.slots.filter(held_at__isnull=True).first()
    return render(request, "letters/book.html", {"case": found, "days": days, "mine": mine, "message": message}, status=status)
