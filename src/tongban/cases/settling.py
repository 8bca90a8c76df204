"""What lags a moment behind the acts: the search index, and whatever other rooms count from public parts.

The worker takes unsettled acts in batches, lets every settler see them, and marks them, all in one transaction: a
worker that dies leaves them unsettled and the next one takes them. Not for anything a resident waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from . import search
from .models import Act, Case
from .procedure import procedure_for

Settler = Callable[[Sequence[Act]], None]
_settlers: list[Settler] = []
BLOCK = 500
"""Acts with keys so near are of one share."""
SEEN = ("act", "sequence", "at", "public", "unit_id", "for_unit", "case_id", "case__kind", "case__unit_id", "case__erased_at")
"""What settlers are given of an act and its case; what is sealed is opened for the index alone, and only where it has words."""


def register(settler: Settler) -> None:
    """Have `settler` see every act once, in batches, inside the transaction, with its case loaded (the fields `SEEN`)."""
    if settler not in _settlers:
        _settlers.append(settler)


def settle(batch: int = 100, share: tuple[int, int] = (0, 1)) -> int:
    """Settle one batch; returns how many acts it had. Several workers never take the same act.

    `share` (i, n): only the i-th of n shares of the acts, for processes that agreed to work side by side.

    The words are folded and hashed before the transaction, so that it holds nobody at the door up. Inside it the acts
    are looked at once more: what another worker took is left out, and what was erased meanwhile is not indexed.
    """
    waiting = Act.objects.select_related("case").filter(settled=False)
    if share[1] > 1:
        waiting = waiting.alias(mine=F("pk") / BLOCK % share[1]).filter(mine=share[0])
    acts = list(waiting.only(*SEEN).order_by("pk")[:batch])
    if not acts:
        return 0
    words = search.prepare(_words(acts))
    with transaction.atomic():
        still = Act.objects.filter(pk__in=[act.pk for act in acts], settled=False).order_by("pk")
        if connection.vendor == "postgresql":
            still = still.select_for_update(skip_locked=True)  # the acts and their cases, which are joined
        erased = dict(still.values_list("pk", "case__erased_at"))
        mine = [act for act in acts if act.pk in erased]
        search.store([row for row in words if row[0] in erased and erased[row[0]] is None])
        for settler in _settlers:
            settler(mine)
        Act.objects.filter(pk__in=[act.pk for act in mine]).update(settled=True)
    return len(mine)


def _words(acts: Sequence[Act]) -> list[tuple[int, str]]:
    """The words by which acts are found, with the acts' ids. An act whose line in the table has no words is not opened."""
    letters: dict[int, Any] = dict(Case.objects.filter(pk__in=[act.case_id for act in acts if act.sequence == 1]).values_list("pk", "private"))
    spoken: dict[int, Any] = dict(Act.objects.filter(pk__in=[act.pk for act in acts if act.sequence > 1 and _has_words(act)]).values_list("pk", "private"))
    words = []
    for act in acts:
        if act.sequence == 1:
            words.append((act.pk, search.words_of_letter(letters.get(act.case_id))))
        elif act.pk in spoken:
            words.append((act.pk, search.words_of_act(spoken[act.pk])))
    return words


def _has_words(act: Act) -> bool:
    lines = [line for line in procedure_for(act.case.kind).edges if line.act == act.act]
    return not lines or any(need.name == "text" for line in lines for need in line.needs)
