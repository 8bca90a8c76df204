"""What the letters' door does by itself: closes answered letters nobody came back to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tongban.cases import deadlines
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.registry import snapshot

from .acts import REVIEW

UNSET_DAYS = 30
"""An answered letter is closed after so many days where the registry sets no limit to ask for a review. House rule."""


def close_quiet_letters(batch: int = 200) -> int:
    """Close answered letters once the time to ask for a review is over (信访工作条例 Art. 35); returns how many."""
    registry = snapshot.current()
    now = timezone.now()
    closed = 0
    answered = Case.objects.filter(kind="letter", state="answered", answered_at__lt=now - timedelta(days=1))
    for case in answered.order_by("answered_at", "pk")[: batch * 5]:
        last = deadlines.end_of_asking(REVIEW, case, registry)
        end = last.at or deadlines.counted_from(REVIEW, case) + timedelta(days=UNSET_DAYS)
        if last.awaiting is not None or now <= end:
            continue
        try:
            perform(case.pk, Step("close", SYSTEM))
        except Refusal:
            continue
        closed += 1
        if closed >= batch:
            break
    return closed
