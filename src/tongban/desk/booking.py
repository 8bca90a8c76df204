"""Booking a reception, for the sender of a case of any kind: the page's steps and what it shows.

A door has the page, because it knows how its senders prove themselves: it hands over the case and its template, which
includes `desk/booking.html`. Not for who may book: the table and `reception.py` say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import resident
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_of
from tongban.cases.refusal import Refusal
from tongban.gate.numbers import number
from tongban.registry import snapshot
from tongban.registry.names import unit_name
from tongban.registry.snapshot import Snapshot

from . import ical, queueing, reception
from .models import QueuedForSlot, Slot
from .reception_rules import rules

Days = list[tuple[date, list[list[Slot]]]]
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Queue:
    """A unit whose times are all taken: `place` is the sender's place among those who wait, 0 where they do not."""

    unit: str
    place: int


def by_day(slots: Iterable[Slot]) -> Days:
    """The slots under the day on which they start, and under whoever receives in the same way; they come soonest
    first."""
    found = []
    for day, rows in groupby(slots, key=lambda slot: timezone.localdate(slot.starts_at)):
        hosts: dict[tuple[str, str, str], list[Slot]] = {}
        for slot in rows:
            hosts.setdefault((slot.unit_id, slot.way, slot.told["who"]), []).append(slot)
        found.append((day, list(hosts.values())))
    return found


def booked(case: Case) -> Slot | None:
    """The reception that is booked for a case and not yet over."""
    slot = Slot.objects.filter(booked_case=case, held_at__isnull=True, cancelled_at__isnull=True).first()
    return slot if slot is not None and slot.ends_at > timezone.now() else None


def shown(case: Case, registry: Snapshot) -> dict[str, Any]:
    """What the page and the panel of the following page show: the booking, times kept for the sender, free times by
    day, and the queues of the units that have none."""
    free = list(reception.free_for(case, registry)[:SHOWN])
    mine = booked(case)
    kept = [slot for slot in free if slot.kept_for_id == case.pk]
    open_units = {slot.unit_id for slot in free}
    waits = {row.unit_id: row for row in QueuedForSlot.objects.filter(case=case)}
    queues = [
        Queue(unit, queueing.place(waits[unit]) if unit in waits else 0)
        for unit in reception.units_for(case, registry)
        if unit not in open_units
    ]
    return {
        "mine": mine,
        "link": mine.told["where"] if mine is not None and mine.way == "video" else "",
        "kept": kept,
        "days": by_day(slot for slot in free if slot not in kept),
        "free": len(free),
        "soonest": free[0] if free else None,
        "queues": [] if mine is not None else queues,
        "keep_hours": int(rules().keep.total_seconds() // 3600),
        "can_book": _can(case, reception.BOOK),
    }


def _can(case: Case, act: str) -> bool:
    open_to = procedure_of(case).open_to(case.state, {"resident"})
    return case.erased_at is None and any(edge.act == act for edge in open_to)


def page(request: HttpRequest, case: Case, template: str, here: str, **more: Any) -> HttpResponse:
    """Book, change, cancel, wait or wait no longer. `here` is the page's address. The view that calls it is declared
    for senders, with a form (`@allows("resident", FORM)`)."""
    registry, message, status = snapshot.current(), "", 200
    if request.method == "POST":
        try:
            _take(request, case, registry)
            return redirect(here)
        except Refusal as refusal:
            message, status = str(refusal.message), refusal.status
            case.refresh_from_db()
    context = {"case": case, "message": message, "here": here, **shown(case, registry), **more}
    return render(request, template, context, status=status)


def _take(request: HttpRequest, case: Case, registry: Snapshot) -> None:
    """What the form asks for. Raises Refusal."""
    who = resident(case.pk)
    if "queue" in request.POST:
        queueing.join(case, request.POST["queue"], who)
        return
    if "dequeue" in request.POST:
        queueing.leave(case, request.POST["dequeue"], who)
        return
    slot = number(request.POST.get("slot"))
    if slot is None:
        raise Refusal("not_found", _("没有这个接访时段，请重新选择。"))
    if "cancel" in request.POST:
        reception.cancel(case, slot, who)
    else:
        reception.book(case, slot, who, registry)


def calendar_file(slot: Slot | None) -> HttpResponse:
    """A slot as a calendar file. Raises Http404 where there is none."""
    if slot is None:
        raise Http404
    way = str(slot.get_way_display())
    where, link = slot.told["where"], slot.way == "video"
    about = [
        _("方式：%(way)s") % {"way": way},
        *([_("接访人：%(who)s") % {"who": slot.told["who"]}] if slot.told["who"] else []),
        *([_("请带上：%(bring)s") % {"bring": slot.told["bring"]}] if slot.told["bring"] else []),
    ]
    event = ical.Event(
        uid=uid_of(f"reception {slot.seal}"),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        stamp=timezone.now(),
        sequence=slot.changes,
        summary=_("接访：%(unit)s") % {"unit": unit_name(slot.unit_id)},
        location=where,
        description="\n".join(about),
        url=where if link else "",
    )
    return calendar_response(event, "reception.ics")


def calendar_response(event: ical.Event, name: str) -> HttpResponse:
    """A calendar file as an answer that is kept nowhere."""
    response = HttpResponse(ical.calendar(event), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def uid_of(what: str) -> str:
    """The name of an event that stays the same and tells nothing of what it is about."""
    return f"{hashlib.sha256(what.encode()).hexdigest()[:32]}@{_host()}"


def _host() -> str:
    return str(settings.ORIGIN).partition("://")[2].partition("/")[0].partition(":")[0] or "tongban"
