"""预约接访 for residents: how it works and the free times of all units; booking one for a letter; the calendar file."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tongban.counter.proven import proven_case
from tongban.desk import booking
from tongban.desk import reception as times
from tongban.desk.reception_rules import rules
from tongban.gate.allow import FORM, allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import limited


@allows("public")
@public_for(15)
def reception(request: HttpRequest) -> HttpResponse:
    """How it works, and units with free times in the next days."""
    slots = list(times.free(None)[:500])
    slots.sort(key=lambda slot: (slot.unit_id, slot.starts_at))
    by_unit = [(unit, list(rows)) for unit, rows in groupby(slots, key=lambda slot: slot.unit_id)]
    units = [{"unit": unit, "slots": rows, "days": booking.by_day(rows)} for unit, rows in by_unit]
    hours = [int(before.total_seconds() // 3600) for before in (rules().lead, rules().keep)]
    return render(request, "letters/reception.html", {"units": units, "lead": hours[0], "keep": hours[1]})


@allows("resident", FORM)
@limited("submit")
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Book, change or cancel a time for a letter; wait for one."""
    found = proven_case(request, code)
    here, ics = (reverse(f"letters:{name}", args=[found.code]) for name in ("book", "reception_file"))
    return booking.page(request, found, "letters/book.html", here, ics=ics)


@allows("resident")
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The booked time, for the sender's calendar."""
    return booking.calendar_file(booking.booked(proven_case(request, code)))
