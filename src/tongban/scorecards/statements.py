"""The monthly statements: for each unit and kind of case one entry on the ledger that carries the figures of an ended
month.

An act's own entry names no unit and no days. Its unit's statement does, as one item among the others of the month, with
a mark that only the holder of the act's receipt can tie to it. Not for counting: `counting.py` makes the items as acts
settle.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tongban.ledger import statements

from .models import Item

GRACE = timedelta(hours=1)
"""After the end of a month its statements wait so long for the last acts to settle."""
MOST_UNITS = 200
LOCK = 0x746F6E68
"""PostgreSQL's advisory lock of whoever writes statements."""


def write(now: datetime | None = None) -> int:
    """Queue the statements that are due; returns how many entries. Each unit's in one transaction; safe to kill, by any
    worker.

    Due is an ended month of a unit once nothing was counted for it in the last `LEDGER_DELAY` seconds, so that an
    import of old letters gives few further statements and not one a batch.
    """
    now = now or timezone.now()
    running = timezone.localdate(now - GRACE).replace(day=1)
    groups = (
        Item.objects.filter(month__lt=running).values_list("month", "kind", "unit").annotate(last=Max("counted_at"))
    )
    due = groups.filter(last__lte=now - timedelta(seconds=settings.LEDGER_DELAY)).order_by("month", "kind", "unit")
    return sum(_write(month, kind, unit, timezone.localdate(now)) for month, kind, unit, _last in due[:MOST_UNITS])


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True  # BEGIN IMMEDIATE
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _write(month: date, kind: str, unit: str, day: date) -> int:
    with transaction.atomic():
        if not _alone():
            return 0
        found = Item.objects.filter(month=month, kind=kind, unit=unit).values_list("pk", "what", "brought", "mark")
        rows = list(found)
        if not rows:
            return 0
        items = [
            statements.Item(what, tuple(orjson.loads(brought)), bytes(mark).hex()) for _pk, what, brought, mark in rows
        ]
        count = statements.state(kind, unit, month.strftime("%Y-%m"), items, day)
        with connection.cursor() as cursor:  # these and no other: an act may have been counted meanwhile
            cursor.executemany("DELETE FROM scorecards_item WHERE id = %s", [(row[0],) for row in rows])
    return count


def provable_until(now: datetime | None = None) -> date:
    """The first day of the last month whose figures can be recounted from the ledger: the last that has ended."""
    running = timezone.localdate((now or timezone.now()) - GRACE).replace(day=1)
    return (running - timedelta(days=1)).replace(day=1)
