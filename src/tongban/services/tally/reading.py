"""Reads the figures out of the tally, as everybody may see them: items with few applications at a unit stand together.

Added up by the database over the months asked for; nothing here looks at an act that has settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act

from .. import figures
from .counting import NAMES

LOOKED = 1_000
"""So many acts that wait to be settled are looked at; where more wait, some may be of any month."""
GRACE = timedelta(hours=1)
"""So long after the end of a month an act of it may still be on its way into the database, as for its statements."""
BATCH = 2_000
_ADDED = ", ".join(f"SUM({name}) AS {name}" for name in NAMES)
_OF_ITEMS = f"""
    of_items AS (SELECT unit, place, item, {_ADDED} FROM services_tallied
                 WHERE month >= %s AND month < %s {{units}} GROUP BY unit, place, item),
    named AS (SELECT unit, place, item, CASE WHEN received >= %s THEN item ELSE '' END AS shown, {", ".join(NAMES)}
              FROM of_items)"""  # noqa: S608 (names of columns)
_ROWS = f"""
    WITH {_OF_ITEMS}
    SELECT shown, unit, place, {_ADDED}, COUNT(*) OVER () FROM named GROUP BY unit, place, shown
    ORDER BY unit, place, CASE WHEN shown = '' THEN 1 ELSE 0 END, shown"""  # noqa: S608
_REASONS = f"""
    WITH {_OF_ITEMS}
    SELECT named.shown, named.unit, named.place, reason.why, SUM(reason.number)
    FROM services_talliedreason reason
    JOIN named ON named.unit = reason.unit AND named.place = reason.place AND named.item = reason.item
    WHERE reason.month >= %s AND reason.month < %s
    GROUP BY named.shown, named.unit, named.place, reason.why"""  # noqa: S608


def rows(since: date, until: date, unit: str = "", most: int | None = None) -> tuple[list[figures.Row], int]:
    """The rows of the months from `since` up to the one before `until`, of all units or one, by unit, place and item,
    at most so many; and how many there are. Months that are not over are left out."""
    until = min(until, figures.this_month())
    found: list[figures.Row] = []
    every = 0
    for item, of, place, *numbers, total in _asked(_ROWS, since, until, [unit] if unit else [], most=most):
        every = total
        counts = Counter({name: int(number) for name, number in zip(NAMES, numbers, strict=True)})
        found.append(figures.Row(item, of, place, counts))
    _give_reasons(found, since, until, [unit] if unit else [] if most is None else sorted({row.unit for row in found}))
    return found, every


def _give_reasons(found: Sequence[figures.Row], since: date, until: date, units: Sequence[str]) -> None:
    by_key = {(row.item, row.unit, row.place): row for row in found}
    for item, unit, place, why, number in _asked(_REASONS, since, until, units) if found else ():
        row = by_key.get((item, unit, place))
        if row is not None:
            row.why[why] += int(number)


def _asked(
    words: str, since: date, until: date, units: Sequence[str], most: int | None = None
) -> Iterator[tuple[Any, ...]]:
    said: list[Any] = [since, until, *units, figures.FEWEST]
    if words is _REASONS:
        said += [since, until]
    text = words.format(units=f"AND unit IN ({', '.join(['%s'] * len(units))})" if units else "")
    with connection.cursor() as cursor:
        cursor.execute(text + (f" LIMIT {most:d}" if most is not None else ""), said)
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def waiting(since: date, until: date) -> bool:
    """Whether acts of these months may still come to be counted: the last of a month soon after it ended, those of an
    import for as long as it runs."""
    ends = min(until, figures.this_month())
    seen = list(Act.objects.filter(settled=False).order_by("pk")[:LOOKED].values_list("at", "case__kind"))
    begin, end = (timezone.make_aware(datetime.combine(day.replace(day=1), time())) for day in (since, ends))
    if timezone.now() - end < GRACE:
        return True
    return len(seen) == LOOKED or any(kind == figures.KIND and begin <= at < end for at, kind in seen)
