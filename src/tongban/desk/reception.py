"""预约接访: units publish times, residents book one for their case, change or cancel; what was said becomes an act.

A slot is claimed by a conditional UPDATE whose row count says who won, inside the transaction of the act, so two
residents never hold the same time, on SQLite or PostgreSQL. Whoever frees a time takes no other case's lock: those who
wait for one are told after the transaction (`queueing.py`). The lines of the table are in `reception_edges.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import SYSTEM, Actor
from tongban.cases.models import Act, Case
from tongban.cases.people import barred_officials
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed, Step, locked, perform
from tongban.registry.snapshot import Snapshot
from tongban.workdays import YearNotLoaded

from . import queueing
from .models import QueuedForSlot, Slot
from .reception_edges import ACTS, BOOK, DEQUEUE, KEEP, PASS, QUEUE, REARRANGE, RECEIVE, UNBOOK, edges
from .reception_rules import LEAD, rules
from .wherever import checked_where

__all__ = [
    "ACTS", "BOOK", "DEQUEUE", "KEEP", "LEAD", "PASS", "QUEUE", "REARRANGE", "RECEIVE", "UNBOOK", "edges",
]  # fmt: skip
HELD = _("这次接访已经登记。")
TAKEN = _("这个时段刚刚被别人预约，请另选一个。")
MOST_WEEKS = 26
UNRECORDED = timedelta(days=1)
"""So long after a reception its unit can write the record before another is booked; then nobody came. House rule."""


def label(slot: Slot) -> str:
    """The time of a slot as the acts have it."""
    return queueing.label(slot)


def units_for(case: Case, registry: Snapshot) -> list[str]:
    """The units that can receive the sender of this case: its lead unit and the coordinating one, never a barred
    one."""
    barred = registry.barred(case.against_id)
    coordinating = registry.coordinating(case.place_id, timezone.localdate(), barred)
    return [code for code in dict.fromkeys((case.unit_id, coordinating)) if code is not None and code not in barred]


def free(units: Sequence[str] | None, now: datetime | None = None, case: Case | None = None) -> QuerySet[Slot]:
    """Slots that can still be booked, soonest first: not those kept for somebody who waits, but for `case`."""
    now = now or timezone.now()
    kept = Q(kept_until__isnull=True) | Q(kept_until__lte=now)
    if case is not None:
        kept |= Q(kept_for=case)
    slots = Slot.objects.filter(kept, booked_case__isnull=True, cancelled_at__isnull=True, starts_at__gt=now + LEAD)
    if units is not None:
        slots = slots.filter(unit_id__in=units)
    return slots.order_by("starts_at", "pk")


def free_for(case: Case, registry: Snapshot, now: datetime | None = None) -> QuerySet[Slot]:
    """The slots that the sender of this case can book: never one of a unit, nor with an official, whom it is about."""
    slots = free(units_for(case, registry), now, case)
    barred = registry.barred(case.against_id)
    officials = barred_officials(barred, timezone.localdate()) if barred else set()
    return slots.exclude(official_id__in=officials) if officials else slots


def offer(
    unit: str, first: datetime, number: int, minutes: int, way: str, official_id: int | None,
    told: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Publish `number` slots in a row from `first`; those already there are left as they are. Returns how many are
    new. `told`: `where`, `who` and `bring`, for whoever books. Raises Refusal."""
    if first <= timezone.now():
        raise Refusal("bad_input", _("接访时间应当晚于现在。"), "first")
    if not (1 <= number <= 40 and 5 <= minutes <= 120):
        raise Refusal("bad_input", _("时段数应在 1 到 40 之间，时长应在 5 到 120 分钟之间。"), "number")
    private = checked_told(way, told or {})
    rows = [
        Slot(
            unit_id=unit,
            starts_at=first + timedelta(minutes=minutes * index),
            minutes=minutes,
            way=way,
            official_id=official_id,
            private=private or None,
        )
        for index in range(number)
    ]
    with transaction.atomic():
        by = Q(official__isnull=True) if official_id is None else Q(official_id=official_id)
        here = Slot.objects.filter(by, unit_id=unit, starts_at__in=[row.starts_at for row in rows])
        here.filter(cancelled_at__isnull=False, booked_case__isnull=True, held_at__isnull=True).delete()  # offered anew
        before = Slot.objects.filter(unit_id=unit).count()
        Slot.objects.bulk_create(rows, ignore_conflicts=True)
        new = Slot.objects.filter(unit_id=unit).count() - before
        transaction.on_commit(lambda: queueing.pass_on([unit]), robust=True)
    return new


def every_week(first: datetime, weeks: int, registry: Snapshot) -> tuple[list[datetime], list[date]]:
    """The same time in so many weeks, and the days left out because nobody works then. The first day stays as it was
    chosen; of a year whose calendar is not loaded no day is left out."""
    local, kept, left = timezone.localtime(first), [first], []
    for week in range(1, min(weeks, MOST_WEEKS)):
        start = local + timedelta(weeks=week)
        try:
            working = registry.calendar.is_working_day(start.date())
        except YearNotLoaded:
            working = True
        if working:
            kept.append(start)
        else:
            left.append(start.date())
    return kept, left


def checked_told(way: str, told: Mapping[str, str]) -> dict[str, str]:
    """What whoever books is told: where it is, checked by its way; who receives; what to bring. Raises Refusal."""
    found = {name: " ".join(str(told.get(name) or "").split()) for name in ("where", "who", "bring")}
    if found["where"]:
        found["where"] = checked_where(way, found["where"])
    return {name: value for name, value in found.items() if value}


def book(case: Case, slot_id: int, actor: Actor, registry: Snapshot, nonce: str | None = None) -> Performed:
    """Book a slot for a case; an earlier booking of the case is given back in the same transaction. Raises Refusal."""
    now = timezone.now()
    taken = Refusal("conflict", TAKEN, "slot")
    try:
        with transaction.atomic():
            slot = Slot.objects.filter(pk=slot_id).first()
            if slot is None or slot.unit_id not in units_for(case, registry):
                raise Refusal("not_found", _("没有这个接访时段。"), "slot")
            if slot.booked_case_id == case.pk and slot.held_at is None:
                return Performed(case, None, again=True)
            locked(case.pk)  # everybody locks the case first and its times after it
            before = Slot.objects.filter(booked_case=case, held_at__isnull=True)
            if before.filter(starts_at__lte=now, starts_at__gt=now - UNRECORDED).exists():
                raise Refusal("conflict", _("上一次接访单位还没有登记，请等单位登记以后再约。"), "slot")
            give_back(before)
            gone = rules().reminders_gone(slot.starts_at, now)
            claim = free_for(case, registry, now).order_by().filter(pk=slot_id)
            if not claim.update(
                booked_case=case, booked_at=now, kept_for=None, kept_until=None, reminded=gone, changes=F("changes") + 1
            ):
                raise taken
            done = perform(case.pk, Step(BOOK, actor, {"slot": label(slot)}, nonce=nonce))
            queueing.leave(case)
            return done
    except IntegrityError:
        raise taken from None


def give_back(slots: QuerySet[Slot]) -> int:
    """These times are nobody's again; where somebody waits for one of the unit's they are kept for the next. In the
    caller's transaction. Returns how many."""
    units = set(slots.values_list("unit_id", flat=True))
    if not units:
        return 0
    waited = set(QueuedForSlot.objects.filter(unit_id__in=units).values_list("unit_id", flat=True))
    now, found = timezone.now(), 0
    empty = {"booked_case": None, "booked_at": None, "kept_for": None, "reminded": 0, "changes": F("changes") + 1}
    for unit in units:
        until = now + rules().keep if unit in waited else None
        found += slots.filter(unit_id=unit).update(**empty, kept_until=until)
    if waited:
        transaction.on_commit(lambda: queueing.pass_on(sorted(waited)), robust=True)
    return found


def cancel(case: Case, slot_id: int, actor: Actor, reason: str = "", *, withdraw: bool = False) -> Performed:
    """Give a booked slot back; an official says why. With `withdraw` the time itself is taken back too. Raises
    Refusal."""
    with transaction.atomic():
        slot = Slot.objects.filter(pk=slot_id, booked_case=case, held_at__isnull=True).first()
        if slot is None:
            raise Refusal("not_found", _("没有这个预约。"), "slot")
        given = {"slot": label(slot), **({"reason": reason} if reason else {})}
        done = perform(case.pk, Step(UNBOOK, actor, given))
        if withdraw:
            Slot.objects.filter(pk=slot_id, booked_case=case).update(cancelled_at=timezone.now())
        give_back(Slot.objects.filter(pk=slot_id, booked_case=case))
    return done


def rearrange(slot: Slot, way: str, told: Mapping[str, str], actor: Actor) -> Slot:
    """Other particulars of a slot; whoever booked it is told, by an act. Raises Refusal."""
    private = checked_told(way, told)
    with transaction.atomic():
        if slot.booked_case_id is not None:
            locked(slot.booked_case_id)
        now = (
            Slot.objects.select_for_update().filter(pk=slot.pk, cancelled_at__isnull=True, held_at__isnull=True).first()
        )
        if now is None or now.booked_case_id != slot.booked_case_id:
            raise Refusal("conflict", _("这个时段刚刚有了变化，请看过现在的情况再改。"))
        if (now.way, now.private or {}) == (way, private):
            return now
        now.way, now.private, now.changes = way, private or None, now.changes + 1
        now.save(update_fields=["way", "private", "changes"])
        if now.booked_case_id is not None:
            perform(now.booked_case_id, Step(REARRANGE, actor, {"slot": label(now)}))
    return now


def record(slot: Slot, text: str, actor: Actor, nonce: str | None = None) -> Performed:
    """Write down what was said; it becomes an act on the case, which its sender can read. Raises Refusal."""
    if slot.booked_case_id is None:
        raise Refusal("wrong_state", _("这个时段没有人预约。"))
    with transaction.atomic():
        done = perform(slot.booked_case_id, Step(RECEIVE, actor, {"slot": label(slot), "text": text}, nonce=nonce))
        if not done.again and not Slot.objects.filter(
            pk=slot.pk, booked_case=slot.booked_case_id, held_at__isnull=True
        ).update(held_at=timezone.now()):
            raise Refusal("conflict", HELD)
    return done


def on_reception(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """The acts of reception go with a time that the case holds, or with its place in a queue, whoever calls for them:
    an act without one is refused, and so is a record before the time has begun. In the act's transaction. Raises
    Refusal."""
    for case, act, context in rows:
        if act.act in (QUEUE, DEQUEUE, KEEP, PASS):
            queueing.check(case, act, context)
            continue
        slots = Slot.objects.filter(booked_case=case).order_by(F("held_at").desc(nulls_last=True))
        mine = {label(slot): slot for slot in slots}
        slot = mine.get(str(context.payload.get("slot", "")))
        if slot is None:
            raise Refusal("not_found", _("没有这个预约。"), "slot")
        if slot.held_at is not None:
            raise Refusal("conflict", HELD)
        if act.act == RECEIVE and slot.starts_at > act.at:
            raise Refusal("wrong_state", _("接访还没有开始，开始以后才能登记。"))


def on_leaving(rows: Iterable[tuple[Case, Any, Any]]) -> None:
    """A hook for acts after which nobody comes (withdrawing, merging): a booked time is given back by an act of the
    house, and the place in a queue goes. In the act's transaction."""
    ids = [case.pk for case, _act, _context in rows]
    booked = Slot.objects.filter(booked_case_id__in=ids, held_at__isnull=True, starts_at__gt=timezone.now())
    for slot in booked:
        assert slot.booked_case_id is not None
        perform(slot.booked_case_id, Step(UNBOOK, SYSTEM, {"slot": label(slot)}))
    give_back(booked)
    queueing.forget(ids)


def withdraw_slot(slot: Slot) -> None:
    """Take a free slot back. Raises Refusal where somebody booked it."""
    if not Slot.objects.filter(pk=slot.pk, booked_case__isnull=True).update(
        cancelled_at=timezone.now(), kept_for=None, kept_until=None
    ):
        raise Refusal("conflict", _("已有人预约，不能取消；请先与提交人联系。"))
