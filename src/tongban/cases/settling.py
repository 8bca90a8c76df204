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


def settle(batch: int = 100) -> int:
    """Settle one batch; returns how many acts it had. Several workers never take the same act.

    The words are folded and hashed before the transaction, so that it holds nobody at the door up. Inside it the acts
    are looked at once more: what another worker took is left out, and what was erased meanwhile is not indexed.
    """
    acts = list(Act.objects.select_related("case").filter(settled=False).order_by("pk")[:batch])
    if not acts:
        return 0
    words = search.prepare([(act.pk, search.words_of(act, act.case)) for act in acts if act.private or act.sequence == 1])
    with transaction.atomic():
        still = Act.objects.filter(pk__in=[act.pk for act in acts], settled=False).select_related("case").only("case__erased_at").order_by("pk")
        if connection.vendor == "postgresql":
            still = still.select_for_update(skip_locked=True, of=("self", "case"))
        erased = {act.pk: act.case.erased_at for act in still}
        mine = [act for act in acts if act.pk in erased]
        search.store([row for row in words if row[0] in erased and erased[row[0]] is None])
        for settler in _settlers:
            settler(mine)
        Act.objects.filter(pk__in=[act.pk for act in mine]).update(settled=True)
    return len(mine)
