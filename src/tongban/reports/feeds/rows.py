"""Rows of the feeds from the public register, and what has changed in it since a zone was last brought up to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from ..models import Listed
from . import forms
from .forms import Row
from .zone import moved

FIELDS = ("number", "name", "scope", "harm", "basis", "since", "until", "changed", "state", "version")
CHUNK = 500
"""Names asked for at once; SQLite takes 32,766 values in a statement, PostgreSQL plans few better."""
RANGES = 100
"""Branches asked for at once."""


def _rows(found: QuerySet[Listed]) -> Iterator[Row]:
    return map(Row._make, found.values_list(*FIELDS).iterator(chunk_size=10_000))


def holding(day: date) -> QuerySet[Listed]:
    """What holds on a day: in force, and not past its last day, whether or not the worker has ended it yet."""
    return Listed.objects.filter(state="in_force", until__gte=day)


def in_force(day: date) -> Iterator[Row]:
    """The rows that a feed carries on `day`, by host and number; read as they are needed."""
    return _rows(holding(day).order_by("host", "number"))


def changed_since(version: int, most: int) -> list[Row]:
    """The decisions changed after `version` of the register, the oldest change first, at most so many: what became of
    them is their state."""
    return list(_rows(Listed.objects.filter(version__gt=version).order_by("version")[:most]))


def newest() -> int:
    """The newest change of the register; 0 where there is none."""
    return Listed.objects.order_by("-version").values_list("version", flat=True).first() or 0


def newest_at(moment: datetime) -> int:
    """The newest change of the register that there was at a moment; 0 where there was none."""
    found = Listed.objects.filter(changed__lte=moment).order_by("-version").values_list("version", flat=True).first()
    return found or 0


def waiting_since(version: int) -> datetime | None:
    """When the oldest of the changes after `version` was made; None where there is none."""
    return Listed.objects.filter(version__gt=version).order_by("version").values_list("changed", flat=True).first()


@dataclass(frozen=True)
class Since:
    """What has changed for resolvers: names that are to open, rows that are to be listed, and names between two listed
    ones (`zone.py`), which no decision names and the one above takes in."""

    opened: Sequence[str]
    listed: Sequence[Row]
    between: Sequence[str] = ()


def branch(host: str) -> bytes:
    """The labels of a host, the last one first (`Listed.branch`)."""
    return b"".join(label + b"\0" for label in reversed(host.encode("ascii", "replace").split(b".")))


def touched(version: int, before: date, day: date, most: int | None = None) -> list[str]:
    """The names whose decisions changed after `version` or ended by themselves between the days; no more than
    `most`."""
    names = Listed.objects.exclude(scope="url").values_list("name", flat=True)
    # one by its index, then the other by its own: asked for together, every row is read
    changed, ended = names.filter(version__gt=version), names.filter(until__gte=before, until__lt=day)
    found = changed.union(ended).order_by("name")
    return list(found if most is None else found[:most])


def for_resolvers(version: int, before: date, day: date) -> Since:
    """What changed after `version`, and what ended by itself between the days `before` and `day`.

    A name that another decision still holds stays listed.
    """
    names = touched(version, before, day)
    held = relatives(names, day)
    opened, between = moved(names, held)
    return Since(opened, [held[name] for name in names if name in held], between)


def relatives(names: Collection[str], day: date) -> dict[str, Row]:
    """The rows that hold on a day, of these names, of all above them, and of all below the highest of these."""
    found = {row.name: row for row in _named(sorted({one for name in names for one in forms.above(name)}), day)}
    tops: list[bytes] = []
    for root in sorted({branch(_highest(name, found)) for name in names}):
        if not tops or not root.startswith(tops[-1]):
            tops.append(root)
    for at in range(0, len(tops), RANGES):
        ranges = Q()
        for top in tops[at : at + RANGES]:
            ranges |= Q(branch__gte=top, branch__lt=top + b"\xff")
        for row in _rows(holding(day).exclude(scope="url").filter(ranges).order_by("-number")):
            found[row.name] = row
    found.update((row.name, row) for row in _named(sorted(names), day))
    return found


def _highest(name: str, held: Collection[str]) -> str:
    return [name, *(one for one in forms.above(name) if one in held)][-1]


def _named(names: Sequence[str], day: date) -> Iterable[Row]:
    for at in range(0, len(names), CHUNK):
        asked = names[at : at + CHUNK]
        found = holding(day).filter(branch__in=map(branch, asked), name__in=asked)  # the branch has an index
        yield from _rows(found.exclude(scope="url").order_by("-number"))
