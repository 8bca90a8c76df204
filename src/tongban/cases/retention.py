"""Ends what has had its time: erases what may no longer be kept, and lets expire what is no longer in force.

What is due is a query, whether it may go a rule (`erasure.py`); the act says on the ledger that it was done. What an
erasing takes away: `wiping.py`. Not for closing cases.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from . import attachments
from .actor import SYSTEM
from .models import Attachment, Case
from .procedure import procedure_of
from .refusal import Refusal
from .uploads import quotas
from .writer import Step, perform


def due_for_deletion(today: date) -> QuerySet[Case]:
    """Cases that are over and whose time of keeping has ended; never one that is still in force."""
    return Case.objects.filter(phase="over", erased_at__isnull=True, retain_until__lt=today)


def erase_due(today: date | None = None, batch: int = 200) -> int:
    """Erase one batch of what is due; returns how many cases. Resumable: what is erased is due no more.

    What the rule on erasing still forbids (`erasure.py`: its sender can ask for a review) is passed over until it
    allows it.
    """
    at = timezone.make_aware(datetime.combine(today, time(12))) if today else None
    due = due_for_deletion(today or timezone.localdate()).order_by("retain_until", "pk").values_list("pk", flat=True)
    erased = 0
    for case_id in due[: batch * 5]:
        try:
            perform(case_id, Step("erase", SYSTEM, at=at))
        except Refusal:
            continue
        erased += 1
        if erased >= batch:
            break
    return erased


def expire_due(today: date | None = None, batch: int = 200) -> int:
    """Let one batch of cases expire whose last day in force has passed (`in_force_until` is that day); returns how
    many. What the table forbids now is passed over and asked again the next time."""
    day = today or timezone.localdate()
    at = timezone.make_aware(datetime.combine(day, time(0, 5))) if today else None
    due = Case.objects.filter(phase="in_force", in_force_until__lt=day).order_by("in_force_until", "pk")
    expired = 0
    for case in due[: batch * 5]:
        act = procedure_of(case).expires
        if act is None:
            continue
        try:
            perform(case.pk, Step(act, SYSTEM, at=at))
        except Refusal:
            continue
        expired += 1
        if expired >= batch:
            break
    return expired


def orphans(older_than_hours: int = 24 * 8) -> int:
    """Delete files of drafts that were never sent; returns how many. Counts of uploads that are over go too."""
    quotas.forget_old()
    limit = timezone.now() - timedelta(hours=older_than_hours)
    old = list(Attachment.objects.filter(case=None, created_at__lt=limit)[:500])
    for item in old:
        attachments.discard(item)
    return len(old)
