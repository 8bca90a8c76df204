"""Publishing what the sender of a case saw and did not object to: by the house itself, once the time is over.

For the worker. An act of the system, like an expiry, by the table of the case's kind; not for who may publish: its
guards (`guards.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform

from .models import AskedSender
from .storing import acts_that, asked_text, on_publish

LATER = timedelta(days=1)
"""What cannot appear now (a review is running) is looked at again so much later."""


def publish_unopposed(now: datetime | None = None, batch: int = 200) -> int:
    """Publish where the time passed in silence; returns how many were looked at. Safe beside other workers."""
    now = now or timezone.now()
    over = AskedSender.objects.filter(until__lt=now).order_by("until", "pk").values_list("case_id", flat=True)
    ids = list(over[:batch])
    for case_id in ids:
        if not _publish(case_id, now):
            AskedSender.objects.filter(case_id=case_id, until__lt=now).update(until=now + LATER)
    return len(ids)


def _publish(case_id: int, now: datetime) -> bool:
    """Whether the case was published, by the first of its publishing acts that is not refused."""
    case = Case.objects.get(pk=case_id)
    procedure = procedure_of(case)
    texts = asked_text(case, procedure)
    if texts is None:
        AskedSender.objects.filter(case_id=case_id).delete()
        return True
    named = acts_that(on_publish, procedure)
    lines = [edge for edge in procedure.open_to(case.state, {SYSTEM.kind}) if edge.act in named]
    for edge in lines:
        try:
            perform(case_id, Step(edge.act, SYSTEM, texts, at=now))
        except Refusal:
            continue
        return True
    return False
