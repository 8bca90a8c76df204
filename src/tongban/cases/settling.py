"""What lags a moment behind the acts: the search index, and whatever other rooms count from public parts.

The worker takes unsettled acts in batches, lets every settler see them, and marks them, all in one transaction: a
worker that dies leaves them unsettled and the next one takes them. Not for anything a resident waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection, transaction

from . import search
from .models import Act

Settler = Callable[[Sequence[Act]], None]
_settlers: list[Settler] = []


def register(settler: Settler) -> None:
    """Have `settler` see every act once, in batches, with its case loaded."""
    if settler not in _settlers:
        _settlers.append(settler)


def _index(acts: Sequence[Act]) -> None:
    search.add([(act.pk, search.words_of(act, act.case)) for act in acts if act.private or act.sequence == 1])


def settle(batch: int = 100) -> int:
    """Settle one batch; returns how many acts it had. Several workers never take the same act."""
    with transaction.atomic():
        unsettled = Act.objects.select_related("case").filter(settled=False).order_by("pk")
        if connection.vendor == "postgresql":
            unsettled = unsettled.select_for_update(skip_locked=True, of=("self",))
        acts = list(unsettled[:batch])
        if not acts:
            return 0
        _index(acts)
        for settler in _settlers:
            settler(acts)
        Act.objects.filter(pk__in=[act.pk for act in acts]).update(settled=True)
    return len(acts)
