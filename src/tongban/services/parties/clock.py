"""What happens to interested parties as time goes by: the five days end, a message turns out not to have arrived. For
the worker, batch by batch; safe to kill."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform

from .guards import KIND, ask_by

BATCH = 200


def close_asking(now: datetime | None = None, batch: int = BATCH) -> int:
    """Go on with those whose five days are over (行政许可法 Art. 47); returns how many. Whom the message did not reach
    was not told: the unit tells them on paper."""
    now, done = now or timezone.now(), 0
    for case in Case.objects.filter(kind=KIND, state="told", phase="work").order_by("pk").iterator(chunk_size=500):
        if done >= batch:
            break
        end = ask_by(case)
        if _unreached(case):
            done += _done(case, "undelivered", now)
        elif end is not None and now > end:
            done += _done(case, "close_asking", now)
    return done


def _unreached(case: Case) -> bool:
    """Whether nothing that was sent reached them, and no sheet was handed over since."""
    states = set(Notice.objects.filter(case=case).values_list("state", flat=True))
    return states == {"failed"} and not case.acts.filter(act="tell").exists()


def _done(case: Case, act: str, now: datetime) -> int:
    try:
        perform(case.pk, Step(act, SYSTEM, at=now))
    except Refusal:  # somebody was quicker
        return 0
    return 1
