"""What the law does by itself as time goes by: an application that nobody answered in five days is accepted, a renewal
that nobody decided is granted (行政许可法 Arts 32, 50). The worker does it, batch by batch; safe to kill."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from tongban.cases import deadlines
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.registry import snapshot
from tongban.workdays import shanghai_day

BATCH = 200


def deem_accepted(now: datetime | None = None, batch: int = BATCH) -> int:
    """Accept what was received and not answered within the limit `application_accept`; returns how many."""
    now, registry, done = now or timezone.now(), snapshot.current(), 0
    late = Case.objects.filter(kind="application", state="received", phase="work", due_at__lt=now)
    for case in late.order_by("due_at", "pk")[: batch * 5]:
        limit = registry.limit("application_accept", case.matter_id, case.place_id)
        last = deadlines.due(limit, case.step_since, registry)
        if last.at is None or now <= last.at:
            continue
        done += _done(case, "deem_accepted", now)
        if done >= batch:
            break
    return done


def deem_renewed(now: datetime | None = None, batch: int = BATCH) -> int:
    """Grant renewals of which nobody decided before the end of what they renew; returns how many."""
    now, done = now or timezone.now(), 0
    waiting = Case.objects.filter(
        kind="renewal", state="lodged", phase="work", about__in_force_until__lt=shanghai_day(now)
    )
    for case in waiting.order_by("pk")[:batch]:
        done += _done(case, "deem_granted", now)
    return done


def _done(case: Case, act: str, now: datetime) -> int:
    try:
        perform(case.pk, Step(act, SYSTEM, at=now))
    except Refusal:  # somebody was quicker
        return 0
    return 1
