"""Counts acts as they settle: into tallies of one row for each unit, month, kind, measure and value, and as items of
the month's statement on the ledger.

What an act counts for, and the values that it brings, stands in its procedure's table (`cases/counting.py`); what that
adds to is the rule in `rules.py`. Not for judging
people: there is no figure for an official.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from tongban.cases.counting import counted_for, values_of
from tongban.cases.models import Act
from tongban.cases.procedure import procedure_of
from tongban.ledger import entry as ledger_entry

from .rules import measures

_TALLY = (
    "INSERT INTO scorecards_tally (unit_id, month, kind, measure, value, count) VALUES (%s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (unit_id, month, kind, measure, value) DO UPDATE SET count = scorecards_tally.count + excluded.count"
)
_ITEM = (
    "INSERT INTO scorecards_item (month, kind, unit, what, brought, mark, counted_at) VALUES (%s, %s, %s, %s, "
    "%s, %s, %s)"
)


def unit_of(act: Act) -> str:
    """The unit that an act counts for, as its commitment says: the one that performed it, else the one the case was
    with."""
    return act.for_unit or act.unit_id or act.case.unit_id


def counts_for(act: Act) -> tuple[str, list[int | None]]:
    """What an act counts for by its kind's table, and the values it brings; an empty word where it counts for
    nothing."""
    procedure = procedure_of(act.case)
    edge = procedure.edge(act.act, act.state_before) or procedure.named(act.act)
    what = edge.counted(act.public) if edge is not None else ""
    return what, values_of(counted_for(procedure, what), act.public, procedure.days_steps) if what else []


def mark_of(act: Act) -> bytes:
    """The act's mark in its statement. Of an act that was erased before it was counted, random bytes that belong to
    nothing."""
    if not act.salt:
        return os.urandom(16)
    return ledger_entry.mark(ledger_entry.salt(bytes(act.salt)))


def count(acts: Sequence[Act]) -> None:
    """Add a batch of acts to the tallies and the items, in the caller's transaction: two statements for the whole
    batch."""
    found: Counter[tuple[str, date, str, str, int]] = Counter()
    items: list[tuple[Any, ...]] = []
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    for act in acts:
        what, brought = counts_for(act)
        if not what:
            continue
        month, unit, kind = timezone.localdate(act.at).replace(day=1), unit_of(act), act.case.kind
        for measure, value in measures(what, brought):
            found[(unit, month, kind, measure, value)] += 1
        items.append((month, kind, unit, what, orjson.dumps(brought).decode(), mark_of(act), now))
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_TALLY, [(*key, number) for key, number in sorted(found.items())])
        cursor.executemany(_ITEM, items)
