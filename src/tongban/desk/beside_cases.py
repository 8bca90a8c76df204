"""What the desk keeps beside a case, and how it goes: unsent answers, and booked times of reception
(`cases/beside.py`)."""

from __future__ import annotations

from collections.abc import Set

from django.db.models import Q

from tongban.cases.beside import Beside
from tongban.cases.models import Case

from .models import AnswerDraft, QueuedForSlot, Slot
from .queueing import forget
from .reception import give_back


def erased(case: Case) -> None:
    """Unsent answers go, and so do a booking to come and a place in a queue; a time of reception keeps that it was
    held."""
    AnswerDraft.objects.filter(case=case).delete()
    give_back(Slot.objects.filter(booked_case=case, held_at__isnull=True))
    forget([case.pk])


def barred(case: Case, units: Set[str], officials: Set[int]) -> None:
    """Unsent answers of these officials go, times booked with these units and officials, and waiting for them."""
    AnswerDraft.objects.filter(case=case, official_id__in=officials).delete()
    theirs = Q(unit_id__in=units) | Q(official_id__in=officials)
    give_back(Slot.objects.filter(theirs, booked_case=case))
    Slot.objects.filter(theirs, kept_for=case).update(kept_for=None)
    QueuedForSlot.objects.filter(case=case, unit_id__in=units).delete()


BESIDE = Beside("unsent answers and times of reception", erased, barred)
