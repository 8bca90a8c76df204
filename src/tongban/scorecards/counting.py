"""Counts acts as they settle: which public facts of an act add to which measure. The rule stands here once, pure.

`measures` reads nothing but what the ledger's entry also says (act, month, unit, public part), so that anybody can
recompute every figure from the log. Not for judging people: there is no figure for an official.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act

ANSWERS = frozenset({"answer", "approve_answer", "answer_merged", "approve_answer_merged"})


def measures(act: str, public: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(measure, value) for each count that an act adds to."""
    if act == "submit":
        yield "received", 0
    elif act in ANSWERS:
        yield "answered", 0
        if public.get("in_time") is not None:
            yield ("in_time" if public["in_time"] else "late"), 0
        if public.get("days") is not None:
            yield "days", int(public["days"])
    elif act == "rate":
        yield "grade", int(public["grade"])
    elif act == "escalate" and public.get("rung") == "overdue":
        yield "overdue", 0
    elif act == "ask_review":
        yield "review", 0
    elif act == "publish":
        yield "published", 0


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
