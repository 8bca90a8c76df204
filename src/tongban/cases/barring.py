"""What is taken away when a case is marked as being about a unit, so that nothing of it is left with that unit.

The act itself moves the case (`effects.mark_against`); here go its assisting units, its handler, and notices that still
wait for people of that unit. What rooms keep beside a case they take away themselves (`beside.py`). Not for who may see
a case: `access.py`.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from tongban.registry.snapshot import Snapshot

from . import beside
from .models import Assist, Case, Notice
from .people import barred_officials


def clear(case: Case, registry: Snapshot) -> None:
    """Take the case out of the hands of the unit that it is now about and of those below it. In the act's transaction,
    before the case is stored."""
    barred = registry.barred(case.against_id)
    officials = barred_officials(barred, timezone.localdate())
    Assist.objects.filter(case=case, unit_id__in=barred).delete()
    if case.handler_id in officials:
        case.handler_id = None
    of_theirs = Q(unit_id__in=barred) | Q(official_id__in=officials)
    Notice.objects.filter(of_theirs, case=case).exclude(state="sent").delete()
    beside.bar(case, barred, officials)
