"""What the letters' door does by itself: closes answered letters nobody came back to, forgets old drafts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.registry import snapshot

from .models import Draft

DRAFT_DAYS = 7
"""A draft lives so long after it was last changed. House rule."""


def close_quiet_letters(batch: int = 200) -> int:
    """Close answered letters once the time to ask for a review is over (信访工作条例 Art. 35); returns how many."""
    registry = snapshot.current()
    now = timezone.now()
    closed = 0
    answered = Case.objects.filter(kind="letter", state="answered", answered_at__lt=now - timedelta(days=1))
    for case in answered.order_by("answered_at", "pk")[: batch * 5]:
        limit = registry.limit("review_ask", case.matter_id, case.place_id)
        days = limit.days if limit else 30
        if case.answered_at is None or case.answered_at > now - timedelta(days=days):
            continue
        try:
            perform(case.pk, Step("close", SYSTEM))
        except Refusal:
            continue
        closed += 1
        if closed >= batch:
            break
    return closed


def forget_old_drafts() -> int:
    """Delete drafts nobody has touched for a week; returns how many."""
    old = Draft.objects.filter(changed_at__lt=timezone.now() - timedelta(days=DRAFT_DAYS))
    return old.delete()[0]
