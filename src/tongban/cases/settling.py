"""What lags a moment behind the acts: the search index, and whatever other rooms count from public parts.

The worker takes unsettled acts in batches, lets every settler see them, and marks them, all in one transaction: a
worker that dies leaves them unsettled and the next one takes them. Not for anything a resident waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection, transaction
from django.db.models import F, QuerySet

from .index import merging, taking
from .models import Act

Settler = Callable[[Sequence[Act]], None]
_settlers: list[Settler] = []
BLOCK = 500
"""Acts with keys so near are of one share."""
SEEN = (
    "act", "sequence", "at", "state_before", "salt", "public", "unit_id", "for_unit", "settled", "case_id",
    "case__kind", "case__edition",
    "case__unit_id", "case__place_id", "case__matter_id", "case__sequence", "case__erased_at",
)  # fmt: skip
"""What settlers are given of an act and its case; what is sealed is opened for the index alone, and
only where it has words."""


def register(settler: Settler) -> None:
    """Have `settler` see every act once, in batches, inside the transaction, with its case
    loaded (the fields `SEEN`)."""
    if settler not in _settlers:
        _settlers.append(settler)


def settle(batch: int = 100, share: tuple[int, int] = (0, 1)) -> int:
    """Settle one batch; returns how many acts it had. Several workers never take the same act.

    `share` (i, n): only the i-th of n shares of the acts, for processes that agreed to work side by side.

    The words are cut and sealed before the transaction, so that no request waits for it. Inside it the acts
    are looked at once more: what another worker took is left out, and what was erased meanwhile is not indexed.
    """
    waiting: QuerySet[Act] = Act.objects.select_related("case").filter(settled=False)
    if share[1] > 1:
        waiting = waiting.alias(mine=F("pk") / BLOCK % share[1]).filter(mine=share[0])
    acts = list(waiting.only(*SEEN).order_by("pk")[:batch])
    if not acts:
        return 0
    taken = taking.take(acts)
    with transaction.atomic():
        still = Act.objects.filter(pk__in=[act.pk for act in acts], settled=False).order_by("pk")
        if connection.vendor == "postgresql":
            still = still.select_for_update(skip_locked=True)  # the acts and their cases, which are joined
        erased = dict(still.values_list("pk", "case__erased_at"))
        mine = [act for act in acts if act.pk in erased]
        taken.store({number for number, when in erased.items() if when is None})
        for settler in _settlers:
            settler(mine)
        Act.objects.filter(pk__in=[act.pk for act in mine]).update(settled=True)
    if share[0] == 0:
        merging.keep_few()
    return len(mine)
