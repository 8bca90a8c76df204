"""Counts acts as they settle, into tallies of one row for each unit, month, kind, measure and value.

What an act adds to is the rule in `rules.py`. Not for judging people: there is no figure for an official.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act

from .rules import measures


def unit_of(act: Act) -> str:
    """The unit that an act counts for, as its ledger entry says: the one that performed it, else the one the case was with."""
    return act.for_unit or act.unit_id or act.case.unit_id


def count(acts: Sequence[Act]) -> None:
    """Add a batch of acts to the tallies, in the caller's transaction: one statement for the whole batch."""
    found: Counter[tuple[str, date, str, str, int]] = Counter()
    for act in acts:
        month = timezone.localdate(act.at).replace(day=1)
        for measure, value in measures(act.act, act.public):
            found[(unit_of(act), month, act.case.kind, measure, value)] += 1
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO scorecards_tally (unit_id, month, kind, measure, value, count) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (unit_id, month, kind, measure, value) DO UPDATE SET count = scorecards_tally.count + excluded.count",
            [(*key, number) for key, number in sorted(found.items())],
        )
