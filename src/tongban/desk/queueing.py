"""Waiting for a time of reception: who waits for which unit, and to whom a freed time is offered, one after another.

A freed time is kept for the first who waits, who is told and has some hours (`data/reception.toml`) to book it; then it
is the next one's, and whoever let it pass waits no longer. Done after the transaction that freed a time, and by the
worker again and again, so that nothing is lost where a process dies. Not for booking: `reception.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import SYSTEM, Actor
from tongban.cases.models import Act, Case
from tongban.cases.people import barred_officials
from tongban.cases.procedure import Context, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed, Step, locked, perform
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from .models import QueuedForSlot, Slot
from .reception_edges import DEQUEUE, KEEP, PASS, QUEUE
from .reception_rules import LEAD, rules


def label(slot: Slot) -> str:
    """The time of a slot as the acts have it."""
    return _moment(slot.starts_at)


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def join(case: Case, unit: str, actor: Actor, nonce: str | None = None) -> Performed:
    """The sender waits for a time of a unit of theirs that has none free. Raises Refusal."""
    from . import reception

    registry = snapshot.current()
    with transaction.atomic():
        locked(case.pk)
        if unit not in reception.units_for(case, registry):
            raise Refusal("not_found", _("这个单位不接访这个件。"), "unit")
        if Slot.objects.filter(booked_case=case, held_at__isnull=True, starts_at__gt=timezone.now()).exists():
            raise Refusal("conflict", _("您已经预约了接访；想换时间，请直接改到空闲的时段。"), "unit")
        if reception.free_for(case, registry).filter(unit_id=unit).exists():
            raise Refusal("conflict", _("这个单位现在有空闲的时段，请直接预约。"), "unit")
        row, new = QueuedForSlot.objects.get_or_create(case=case, unit_id=unit, defaults={"since": timezone.now()})
        if not new:
            return Performed(case, None, again=True)
        return perform(case.pk, Step(QUEUE, actor, {"unit": unit}, nonce=nonce))


def leave(case: Case, unit: str | None = None, actor: Actor | None = None) -> None:
    """The case waits no longer: for `unit`, or for any. With `actor` by an act (for one unit). What was kept for it is
    the next one's. In the caller's transaction or its own. Raises Refusal where it did not wait."""
    with transaction.atomic():
        rows = QueuedForSlot.objects.filter(case=case, **({"unit_id": unit} if unit else {}))
        if actor is not None:
            locked(case.pk)
            if not rows.exists():
                raise Refusal("not_found", _("没有在这个单位排队。"), "unit")
            perform(case.pk, Step(DEQUEUE, actor, {"unit": unit}))
        _drop(rows.values_list("case_id", "unit_id"))


def forget(case_ids: Iterable[int]) -> None:
    """These cases wait for nothing any more. In the caller's transaction."""
    _drop(QueuedForSlot.objects.filter(case_id__in=list(case_ids)).values_list("case_id", "unit_id"))


def _drop(pairs: Iterable[tuple[int, str]]) -> None:
    units = set()
    for case_id, unit in list(pairs):
        QueuedForSlot.objects.filter(case_id=case_id, unit_id=unit).delete()
        if Slot.objects.filter(kept_for_id=case_id, unit_id=unit).update(kept_for=None):
            units.add(unit)
    if units:
        transaction.on_commit(lambda: pass_on(sorted(units)), robust=True)


def place(row: QueuedForSlot) -> int:
    """Which one in the queue somebody is, from 1."""
    before = Q(since__lt=row.since) | Q(since=row.since, pk__lt=row.pk)
    return QueuedForSlot.objects.filter(before, unit_id=row.unit_id).count() + 1


def check(case: Case, act: Act, context: Context) -> None:
    """The acts of waiting go with a place in the queue. In the act's transaction. Raises Refusal."""
    if act.act == KEEP:
        kept = Slot.objects.filter(kept_for=case, booked_case__isnull=True)
        if not any(label(slot) == context.payload.get("slot") for slot in kept):
            raise Refusal("not_found", _("没有为这个件保留的时段。"), "slot")
    elif not QueuedForSlot.objects.filter(case=case, unit_id=context.payload["unit"]).exists():
        raise Refusal("not_found", _("没有在这个单位排队。"), "unit")


# --- passing freed times on -------------------------------------------------------------------------------------------


def pass_on(units: Sequence[str] | None = None, now: datetime | None = None) -> int:
    """Offer free times to those who wait; returns how many were offered or taken back. Safe beside other workers."""
    now = now or timezone.now()
    done = _take_back(now)
    waited = QueuedForSlot.objects.all() if units is None else QueuedForSlot.objects.filter(unit_id__in=units)
    for unit in sorted(set(waited.values_list("unit_id", flat=True))):
        done += _offer_in(unit, now)
    kept = Slot.objects.filter(kept_for__isnull=True, kept_until__isnull=False)
    nobody_waits = kept.exclude(unit_id__in=QueuedForSlot.objects.values("unit_id"))
    if nobody_waits.exists():  # an update that changes nothing would still wait for its turn to write
        nobody_waits.update(kept_until=None)
    return done


def _take_back(now: datetime) -> int:
    """Times that were kept for somebody long enough; they wait no longer."""
    over = Slot.objects.filter(kept_for__isnull=False, booked_case__isnull=True, kept_until__lte=now)
    done = 0
    for slot_id, case_id, unit in list(over.values_list("pk", "kept_for_id", "unit_id")[:200]):
        with transaction.atomic():
            locked(case_id)
            mine = Slot.objects.filter(pk=slot_id, kept_for_id=case_id, booked_case__isnull=True, kept_until__lte=now)
            if not mine.update(kept_for=None, kept_until=now + rules().keep):  # until the next is found
                continue
            _lapse(case_id, unit, now)
            done += 1
    return done


def _lapse(case_id: int, unit: str, now: datetime) -> None:
    waiting = QueuedForSlot.objects.filter(case_id=case_id, unit_id=unit)
    if waiting.exists():
        with suppress(Refusal):  # the case is over or erased: nobody is to be told
            perform(case_id, Step(PASS, SYSTEM, {"unit": unit}, at=now))
        waiting.delete()


def _offer_in(unit: str, now: datetime) -> int:
    registry, done = snapshot.current(), 0
    free = Slot.objects.filter(
        unit_id=unit, booked_case__isnull=True, cancelled_at__isnull=True, kept_for__isnull=True,
        starts_at__gt=now + LEAD,
    )  # fmt: skip
    slots = list(free.order_by("starts_at", "pk")[:200])
    offered = Slot.objects.filter(unit_id=unit, kept_for__isnull=False, booked_case__isnull=True).values("kept_for_id")
    waiting = QueuedForSlot.objects.filter(unit_id=unit).exclude(case_id__in=offered).select_related("case")
    for row in waiting.order_by("since", "pk")[: 2 * len(slots) + 20] if slots else ():
        if not _can_book(row.case, unit, registry):
            row.delete()
            continue
        barred = registry.barred(row.case.against_id)
        officials = barred_officials(barred, timezone.localdate(now)) if barred else frozenset()
        slot = next((one for one in slots if one.official_id not in officials), None)
        if slot is not None:
            slots.remove(slot)
            done += _keep(slot, row.case, now)
    left = [slot.pk for slot in slots if slot.kept_until is not None]
    if left:
        free.filter(pk__in=left).update(kept_until=None)
    return done


def _can_book(case: Case, unit: str, registry: Snapshot) -> bool:
    from . import reception

    open_to = procedure_of(case).open_to(case.state, {SYSTEM.kind})
    return (
        case.erased_at is None
        and any(edge.act == KEEP for edge in open_to)
        and unit in reception.units_for(case, registry)
    )


def _keep(slot: Slot, case: Case, now: datetime) -> int:
    until = min(now + rules().keep, slot.starts_at - LEAD)
    try:
        with transaction.atomic():
            locked(case.pk)
            mine = Slot.objects.filter(
                pk=slot.pk, booked_case__isnull=True, cancelled_at__isnull=True, kept_for__isnull=True
            )
            if not mine.update(kept_for=case, kept_until=until):
                return 0
            perform(case.pk, Step(KEEP, SYSTEM, {"slot": label(slot), "until": _moment(until)}, at=now))
    except Refusal:
        return 0
    return 1
