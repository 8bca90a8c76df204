"""Rows of the feeds from the public register, and what has changed in it since a zone was last brought up to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from ..models import Listed
from .forms import Row

FIELDS = ("number", "name", "scope", "harm", "basis", "since", "until", "changed", "state", "version")
CHUNK = 500
"""Names asked for at once; SQLite takes 32,766 values in a statement, PostgreSQL plans few better."""


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


@dataclass(frozen=True)
class Since:
    """What has changed for resolvers: names that are to open, and rows that are to be listed."""

    opened: Sequence[str]
    listed: Sequence[Row]


def for_resolvers(version: int, before: date, day: date) -> Since:
    """What changed after `version`, and what ended by itself between the days `before` and `day`.

    A name that another decision still holds stays listed.
    """
    touched = set(
        Listed.objects.exclude(scope="url")
        .filter(Q(version__gt=version) | Q(until__gte=before, until__lt=day))
        .values_list("name", flat=True)
    )
    rows = {row.name: row for row in _named(sorted(touched), day)}
    return Since(sorted(touched - rows.keys()), [rows[name] for name in sorted(rows)])


def _named(names: Sequence[str], day: date) -> Iterable[Row]:
    for at in range(0, len(names), CHUNK):
        yield from _rows(holding(day).exclude(scope="url").filter(name__in=names[at : at + CHUNK]).order_by("-number"))
