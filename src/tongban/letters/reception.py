"""线上接访: units publish times, residents book one for their letter, change or cancel; what was said becomes an act.

A slot is claimed by a conditional UPDATE whose row count says who won, inside the transaction of the act, so two
residents never hold the same time, on SQLite or PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed, Step, perform
from tongban.registry.snapshot import Snapshot

from .models import Slot

LEAD = timedelta(hours=1)
"""A slot can be booked, changed or cancelled up to so long before it starts. House rule."""
HELD = _("这次接访已经登记。")


def units_for(case: Case, registry: Snapshot) -> list[str]:
    """The units that can receive the sender of this case: its lead unit and the coordinating one, never a barred one."""
    barred = registry.barred(case.against_id)
    coordinating = registry.coordinating(case.place_id, timezone.localdate(), barred)
    return [code for code in dict.fromkeys((case.unit_id, coordinating)) if code is not None and code not in barred]


def free(units: Sequence[str] | None, now: datetime | None = None) -> QuerySet[Slot]:
    """Slots that can still be booked, soonest first."""
    slots = Slot.objects.filter(booked_case__isnull=True, cancelled_at__isnull=True, starts_at__gt=(now or timezone.now()) + LEAD)
    if units is not None:
        slots = slots.filter(unit_id__in=units)
    return slots.order_by("starts_at", "pk")


def offer(unit: str, first: datetime, number: int, minutes: int, way: str, official_id: int | None) -> int:
    """Publish `number` slots in a row from `first`; those already there are left as they are. Returns how many are new."""
    if first <= timezone.now():
        raise Refusal("bad_input", _("接访时间应当晚于现在。"), "first")
    if not (1 <= number <= 40 and 5 <= minutes <= 120):
        raise Refusal("bad_input", _("时段数应在 1 到 40 之间，时长应在 5 到 120 分钟之间。"), "number")
    rows = [
        Slot(unit_id=unit, starts_at=first + timedelta(minutes=minutes * index), minutes=minutes, way=way, official_id=official_id)
        for index in range(number)
    ]
    before = Slot.objects.filter(unit_id=unit).count()
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    return Slot.objects.filter(unit_id=unit).count() - before


def _label(slot: Slot) -> str:
    return timezone.localtime(slot.starts_at).strftime("%Y-%m-%d %H:%M")


def book(case: Case, slot_id: int, actor: Actor, registry: Snapshot, nonce: str | None = None) -> Performed:
    """Book a slot for a case; an earlier booking of the case is given back in the same transaction. Raises Refusal."""
    now = timezone.now()
    taken = Refusal("conflict", _("这个时段刚刚被别人预约，请另选一个。"), "slot")
    try:
        with transaction.atomic():
            slot = Slot.objects.filter(pk=slot_id).first()
            if slot is None or slot.unit_id not in units_for(case, registry):
                raise Refusal("not_found", _("没有这个接访时段。"), "slot")
            if slot.booked_case_id == case.pk and slot.held_at is None:
                return Performed(case, None, again=True)
            done = perform(case.pk, Step("book", actor, {"slot": _label(slot)}, nonce=nonce))
            Slot.objects.filter(booked_case=case, held_at__isnull=True, starts_at__gt=now).update(booked_case=None, booked_at=None)
            if not free(None, now).filter(pk=slot_id).update(booked_case=case, booked_at=now):
                raise taken
            return done
    except IntegrityError:
        raise taken from None


def cancel(case: Case, slot_id: int, actor: Actor) -> Performed:
    """Give a booked slot back. Raises Refusal."""
    with transaction.atomic():
        slot = Slot.objects.filter(pk=slot_id, booked_case=case, held_at__isnull=True).first()
        if slot is None:
            raise Refusal("not_found", _("没有这个预约。"), "slot")
        done = perform(case.pk, Step("unbook", actor, {"slot": _label(slot)}))
        Slot.objects.filter(pk=slot_id, booked_case=case).update(booked_case=None, booked_at=None)
    return done


def record(slot: Slot, text: str, actor: Actor, nonce: str | None = None) -> Performed:
    """Write down what was said; it becomes an act on the case, which its sender can read. Raises Refusal."""
    if slot.booked_case_id is None:
        raise Refusal("wrong_state", _("这个时段没有人预约。"))
    with transaction.atomic():
        done = perform(slot.booked_case_id, Step("receive", actor, {"slot": _label(slot), "text": text}, nonce=nonce))
        if not done.again and not Slot.objects.filter(pk=slot.pk, booked_case=slot.booked_case_id, held_at__isnull=True).update(held_at=timezone.now()):
            raise Refusal("conflict", HELD)
    return done


def withdraw_slot(slot: Slot) -> None:
    """Take a free slot back. Raises Refusal where somebody booked it."""
    if not Slot.objects.filter(pk=slot.pk, booked_case__isnull=True).update(cancelled_at=timezone.now()):
        raise Refusal("conflict", _("已有人预约，不能取消；请先与来信人联系。"))
