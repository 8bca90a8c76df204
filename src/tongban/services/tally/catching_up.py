"""Counts acts as they settle, and once those that were settled before there was a tally, in the order of their keys.

A step of catching up takes a stretch of keys and moves the mark in one transaction, so it can be killed at any moment.
Each act has one who counts it: behind the mark and beyond the end it is counted as it settles; between them it is left
to the catching up, which counts what has settled. Nobody settles while the mark moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Min

from tongban.cases.models import Act

from ..figures import KIND
from .counting import Told, add_up, store, told
from .rows import CatchingUp

STRETCH = 5_000
"""So many keys of acts a step looks at."""
READ = (
    "act", "state_before", "public", "at", "for_unit", "unit_id", "case__unit_id", "case__place_id", "case__matter_id",
    "case__edition",
)  # fmt: skip
"""The fields of `counting.Told`, in its order."""
_MARK = "SELECT done, up_to FROM services_catchingup"


def of_applications(after: int, up_to: int, **at: datetime) -> Iterator[Told]:
    """Settled acts of applications with keys above `after` and up to `up_to`, as counting reads them; `at` further
    conditions on when they were."""
    acts = Act.objects.filter(pk__gt=after, pk__lte=up_to, case__kind=KIND, settled=True, **at)
    yield from map(Told._make, acts.values_list(*READ))


def under_way() -> bool:
    """Whether acts are still missing that were settled before there was a tally."""
    return CatchingUp.objects.exists()


def count(acts: Sequence[Act]) -> None:
    """Take a batch of acts in as they settle (`Settled` in `gate/parts.py`)."""
    mine = [act for act in acts if act.case.kind == KIND]
    if mine:
        store(add_up(map(told, _not_left(mine))))


def _not_left(acts: Sequence[Act]) -> Sequence[Act]:
    """Those of acts that settle now which are counted now. In the transaction of settling."""
    if not under_way():
        return acts
    with connection.cursor() as cursor:
        cursor.execute(_MARK + (" FOR SHARE" if connection.vendor == "postgresql" else ""))
        mark = cursor.fetchone()
    if mark is None:
        return acts
    done, up_to = mark
    return [act for act in acts if act.pk <= done or (up_to is not None and act.pk > up_to)]


def step() -> int:
    """Take the next stretch in; returns how many keys it had, 0 where nothing is left."""
    if not under_way():
        return 0
    with transaction.atomic():
        mark = CatchingUp.objects.select_for_update().first()
        if mark is None:
            return 0
        if mark.up_to is None:
            mark.up_to = Act.objects.aggregate(last=Max("pk"))["last"] or 0
        first = Act.objects.filter(pk__gt=mark.done, pk__lte=mark.up_to).aggregate(first=Min("pk"))["first"]
        if first is not None:  # keys that no act has are passed over
            after = int(first) - 1
            until = min(after + STRETCH, mark.up_to)
            store(add_up(of_applications(after, until)))
            mark.done = until
            mark.save()
            return until - after
        mark.delete()
    return 0
