"""The monthly statements on the log: how one is written, and how an act's item is found in it.

A statement lists what counted at one unit in one month, each item with a mark that only the holder of the act's salt
can tie to it. Not for deciding what counts or when a statement is due: `scorecards/statements.py` does that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.db.models import Max

from . import log
from .models import Position, Statement
from .queue import enqueue

MOST_ITEMS = 1000
"""Items in one entry: some 45 bytes each, and an entry has at most 60,000."""
Values = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What counted once: the word, the values that the figures need, and the act's mark (32 hex digits)."""

    what: str
    values: Values
    mark: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An item in a statement on the log, and the index of the statement's entry."""

    index: int
    item: Item


def entries_of(
    kind: str, unit: str, month: str, items: Sequence[Item], said: int, day: date
) -> Iterator[dict[str, Any]]:
    """The entries that state `items` (`month` as YYYY-MM), numbered on from the `said` statements that are there
    already.

    The order is that of the marks, which are as random as a shuffle: it tells nothing, and an item is quickly found.
    """
    ordered = sorted(items, key=lambda item: item.mark)
    for number, start in enumerate(range(0, len(ordered), MOST_ITEMS), start=said + 1):
        lists: dict[str, list[list[Any]]] = defaultdict(list)
        for item in ordered[start : start + MOST_ITEMS]:
            lists[item.what].append([*item.values, item.mark])
        yield {
            "kind": kind, "act": "statement", "month": month, "unit": unit, "at": day.isoformat(), "items": dict(lists),
            "n": number,
        }  # fmt: skip


def state(kind: str, unit: str, month: str, items: Sequence[Item], day: date) -> int:
    """Queue the entries that state `items`, in the caller's transaction; returns how many."""
    of = {"month": month, "kind": kind, "unit": unit}
    said = Statement.objects.filter(**of).aggregate(last=Max("number"))["last"] or 0
    entries = list(entries_of(kind, unit, month, items, said, day))
    keys = enqueue(entries)
    Statement.objects.bulk_create(
        [Statement(**of, number=entry["n"], entry_key=key) for entry, key in zip(entries, keys, strict=True)]
    )
    return len(entries)


def on_the_log(kind: str, unit: str, month: str) -> list[tuple[int, dict[str, Any]]]:
    """The statements of a unit's month that stand on the log, as (index, entry), in order."""
    found = Statement.objects.filter(month=month, kind=kind, unit=unit).order_by("number")
    keys = [bytes(key) for key in found.values_list("entry_key", flat=True)]
    rows = Position.objects.filter(pk__in=keys).values_list("pk", "number")
    places = {bytes(key): number for key, number in rows}
    return [(places[key], orjson.loads(log.entry_at(places[key]))) for key in keys if key in places]


def find(kind: str, unit: str, month: str, mark: str) -> Listed | None:
    """The item with this mark in the unit's statements of the month; None where none on the log lists it."""
    for index, entry in on_the_log(kind, unit, month):
        for what, rows in entry["items"].items():
            for row in rows:
                if row[-1] == mark:
                    return Listed(index, Item(what, tuple(row[:-1]), mark))
    return None
