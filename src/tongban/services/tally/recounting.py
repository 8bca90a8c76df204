"""Counts months anew from the acts, says where the tally differs, and puts it right.

Not for whoever does not trust the site: a unit's totals are recounted from the ledger (`scorecards/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tongban.cases.models import Act

from .. import figures
from .catching_up import STRETCH, of_applications, under_way
from .counting import NAMES, Key, add_up, store
from .rows import Tallied, TalliedReason

Told = Callable[[int, int], None]
"""Is told how far the keys of the acts are read: key, last key."""
Figures = dict[tuple[Key, str], int]
"""How much of a figure (a name of `figures.COUNTS`, or `refused:` and a reason) there was."""
TRIES = 5


class Unsteady(Exception):
    """Acts of these months settled all the while; or acts are still taken in that were settled before."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the tally that is not what the acts say."""

    key: Key
    name: str
    tallied: int
    counted: int

    def __str__(self) -> str:
        month, unit, place, item = self.key
        return f"{month:%Y-%m} {unit} {place} {item} {self.name}: tally {self.tallied}, from the acts {self.counted}"


@dataclass(frozen=True, slots=True)
class Recount:
    """Months counted anew, and how the tally differs."""

    counted: dict[Key, figures.Row]
    before: Figures
    differences: list[Difference]


def recount(since: date, until: date, told: Told = lambda _done, _last: None) -> Recount:
    """Count the months from `since` up to the one before `until` (first days of months) from the acts.

    Raises Unsteady where acts of these months settle faster than they are read.
    """
    if under_way():
        raise Unsteady("acts from before the tally are still being taken in; the worker does it")
    for _try in range(TRIES):
        before = tallied(since, until)
        counted = from_acts(since, until, told)
        if tallied(since, until) == before:
            return Recount(counted, before, list(_differences(before, _flat(counted))))
    raise Unsteady("acts of these months are being taken in all the while; try again when nothing is imported")


def mend(since: date, until: date, told: Told = lambda _done, _last: None) -> Recount:
    """Count months anew and write them where the tally differs; returns what was found. Raises Unsteady."""
    for _try in range(TRIES):
        found = recount(since, until, told)
        if not found.differences or _write(since, until, found):
            return found
    raise Unsteady("acts of these months are being taken in all the while; try again when nothing is imported")


@transaction.atomic
def _write(since: date, until: date, found: Recount) -> bool:
    """False where an act of these months settled since they were counted; then nothing was written."""
    if connection.vendor == "postgresql":  # whoever settles waits; SQLite has one writer
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE services_tallied, services_talliedreason IN SHARE ROW EXCLUSIVE MODE")
    if tallied(since, until) != found.before:
        return False
    for table in (Tallied, TalliedReason):
        table.objects.filter(month__gte=since, month__lt=until).delete()
    store(found.counted)
    return True


def from_acts(since: date, until: date, told: Told) -> dict[Key, figures.Row]:
    """The months as the acts say them. Reads the acts of all months once, a stretch of keys at a time: an import may
    have brought old ones at any time."""
    last = Act.objects.aggregate(last=Max("pk"))["last"] or 0
    found: dict[Key, figures.Row] = {}
    for after, end in _stretches(last):
        add_up(of_applications(after, end, at__gte=_begins(since), at__lt=_begins(until)), found)
        told(end, last)
    return found


def _stretches(last: int) -> Iterator[tuple[int, int]]:
    """Stretches of keys up to the last, one after the other."""
    for begin in range(0, last, STRETCH):
        yield begin, min(begin + STRETCH, last)


def tallied(since: date, until: date) -> Figures:
    """The months as the tally says them; figures that are zero are left out."""
    found: Figures = {}
    rows = Tallied.objects.filter(month__gte=since, month__lt=until)
    for month, unit, place, item, *numbers in rows.values_list("month", "unit", "place", "item", *NAMES).iterator():
        found.update({((month, unit, place, item), name): n for name, n in zip(NAMES, numbers, strict=True) if n})
    reasons = TalliedReason.objects.filter(month__gte=since, month__lt=until)
    for month, unit, place, item, why, number in reasons.values_list(
        "month", "unit", "place", "item", "why", "number"
    ).iterator():
        if number:
            found[((month, unit, place, item), f"refused:{why}")] = number
    return found


def _flat(counted: dict[Key, figures.Row]) -> Figures:
    found: Figures = {}
    for key, row in counted.items():
        found.update({(key, name): row.counts[name] for name in NAMES if row.counts[name]})
        found.update({(key, f"refused:{why}"): number for why, number in row.why.items()})
    return found


def _differences(tally: Figures, counted: Figures) -> Iterator[Difference]:
    for at in sorted(tally.keys() | counted.keys()):
        if tally.get(at, 0) != counted.get(at, 0):
            yield Difference(*at, tally.get(at, 0), counted.get(at, 0))


def _begins(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(month, time()))
