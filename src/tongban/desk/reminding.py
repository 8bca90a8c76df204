"""Reminders before a booked reception, by notice: some hours before (`data/reception.toml`), each once.

A reminder says when, and nothing of what the case is about. It is claimed by a conditional UPDATE and queued in the
same transaction; the house's notices send it and try again where that fails.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tongban.cases.models import Notice
from tongban.cases.notices import to_sender
from tongban.cases.procedure import procedure_of

from .models import Slot
from .reception_rules import rules


def remind(now: datetime | None = None, batch: int = 200) -> int:
    """Queue the reminders that are due; returns how many times of reception were looked at. Where several are due at
    once (nothing ran for a while), one goes out."""
    now, times = now or timezone.now(), rules().remind
    booked = Slot.objects.filter(
        booked_case__isnull=False, held_at__isnull=True, cancelled_at__isnull=True, reminded__lt=len(times),
        starts_at__gt=now, starts_at__lte=now + times[0],
    ).select_related("booked_case")  # fmt: skip
    looked = 0
    for slot in booked.order_by("starts_at", "pk")[:batch]:
        due = rules().reminders_gone(slot.starts_at, now)
        if slot.reminded >= due:
            continue
        looked += 1
        with transaction.atomic():
            mine = Slot.objects.filter(pk=slot.pk, booked_case=slot.booked_case_id, reminded=slot.reminded)
            if mine.update(reminded=due):
                Notice.objects.bulk_create(_notices(slot, now))
    return looked


def _notices(slot: Slot, now: datetime) -> list[Notice]:
    case = slot.booked_case
    if case is None or case.erased_at is not None:
        return []
    with translation.override(case.language):
        when = timezone.localtime(slot.starts_at).strftime("%Y-%m-%d %H:%M")
        what = _("您预约的接访 %(when)s 开始，请按时参加") % {"when": when}
    notices = to_sender(case, procedure_of(case), what, now)
    for notice in notices:
        notice.case = case
    return notices
