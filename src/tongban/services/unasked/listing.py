"""Making a list: an item's conditions over everybody of a register, piece by piece (`rules.verdicts`); those who meet
all of them and do not have it already stand on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.registry import snapshot
from tongban.rules import BadFact, Column, MissingParameter, Setting, Table, verdicts
from tongban.vault.keyring import ring

from .. import questions, reading
from ..models import Fact, Item
from .models import UnaskedList, UnaskedRow
from .rows import Person, Rejected

PIECE = 20_000
"""Rows that are held in memory at once."""
MOST_TOLD = 1000


class CannotList(ValueError):
    """Why an item cannot be granted without asking there, in words."""


@dataclass
class Report:
    """What came out of a run. `made` is None where nobody stands on the list, or where it was only tried."""

    made: UnaskedList | None = None
    looked_at: int = 0
    entitled: int = 0
    open: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_count: int = 0


def facts_of(matter: str) -> tuple[Fact, ...]:
    """The facts that an item's conditions ask. Raises CannotList."""
    holds = reading.current()
    table = holds.tables.get(matter)
    if table is None:
        raise CannotList(_("这个事项没有可以对照的条件。"))
    return tuple(holds.facts[code] for code in sorted(table.facts) if code in holds.facts)


def make(matter: str, place: str, people: Iterable[Person | Rejected], source: str, *, dry_run: bool = False) -> Report:
    """Judge everybody and make a list of those who meet all conditions, in one transaction; a run that breaks leaves
    nothing. Raises CannotList."""
    item, table, setting, unit = _ready(matter, place)
    report = Report()
    with transaction.atomic():
        made = UnaskedList(
            matter_id=matter, place_id=place, unit_id=unit, source=source[:120], day=setting.day,
            edition=reading.edition(), looked_at=0, open=0, rejected=0, known=0,
        )  # fmt: skip
        if not dry_run:
            made.save()
        for piece in _pieces(people, report):
            entitled = _entitled(table, setting, piece, report)
            _keep(item, made, entitled, report, dry_run=dry_run)
        if dry_run:
            return report
        made.looked_at, made.open = report.looked_at, report.open
        made.rejected, made.known = report.rejected_count, report.known
        made.save()
    report.made = made
    return report


def _ready(matter: str, place: str) -> tuple[Item, Table, Setting, str]:
    holds, registry = reading.current(), snapshot.current()
    item = holds.items.get(matter)
    if item is None:
        raise CannotList(_("没有这个事项。"))
    if not item.unasked:
        raise CannotList(_("这个事项没有设为免申即享。"))
    if place not in registry.places:
        raise CannotList(_("没有这个行政区划。"))
    try:
        table = holds.table(matter, place)
        unit = registry.route(matter, place, holds.day).lead
    except MissingParameter as error:
        raise CannotList(_("这里的标准还没有公布：%(what)s") % {"what": error}) from None
    except LookupError:
        raise CannotList(_("责任清单里没有办理单位。")) from None
    if table is None:
        raise CannotList(_("这个事项没有可以对照的条件。"))
    return item, table, holds.setting(place), unit


def _pieces(people: Iterable[Person | Rejected], report: Report) -> Iterator[list[Person]]:
    rows = iter(people)
    while found := list(islice(rows, PIECE)):
        good = [one for one in found if isinstance(one, Person)]
        bad = [one for one in found if isinstance(one, Rejected)]
        report.looked_at += len(good)
        report.rejected_count += len(bad)
        report.rejected += bad[: MOST_TOLD - len(report.rejected)]
        if good:
            yield good


def _entitled(table: Table, setting: Setting, people: Sequence[Person], report: Report) -> list[Person]:
    columns = {code: Column.of([_plain(one.facts.get(code)) for one in people]) for code in sorted(table.facts)}
    found: list[Person] = []
    try:
        for verdict in verdicts([table], columns, setting):
            _no, unknown, _yes = verdict.counts(0)
            report.open += unknown
            found += [people[int(at)] for at in verdict.entitled(0)]
    except BadFact as error:
        raise CannotList(_("问题“%(fact)s”和条件对不上：%(why)s") % {"fact": error.fact, "why": error}) from None
    return found


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _keep(item: Item, made: UnaskedList, people: Sequence[Person], report: Report, *, dry_run: bool) -> None:
    digests = {digest_of(item.matter_id, one.who["id_number"]): one for one in people}
    report.known += len(people) - len(digests)
    known = _known(item, list(digests))
    report.known += len(known)
    fresh = {digest: one for digest, one in digests.items() if digest not in known}
    report.entitled += len(fresh)
    if not dry_run:
        UnaskedRow.objects.bulk_create(
            [
                UnaskedRow(
                    roll=made, line=one.line, person=digest,
                    private={**one.who, "facts": questions.plain(one.facts)},
                )
                for digest, one in fresh.items()
            ],
            batch_size=500,
        )  # fmt: skip


def digest_of(matter: str, id_number: str) -> str:
    """The same for the same person and item, and tells nobody who."""
    return ring().blind(f"{matter}\x00{id_number}", "unasked")


def _known(item: Item, digests: Sequence[str]) -> set[str]:
    """Those who wait on a list, or were given it and still have it."""
    found: set[str] = set()
    waits = Q(state__in=["waiting", "confirmed"])
    has = Q(state="granted", case__state__in=["granted", "in_force"])
    for start in range(0, len(digests), 500):
        rows = UnaskedRow.objects.filter(waits | has, person__in=digests[start : start + 500])
        found |= set(rows.values_list("person", flat=True))
    return found


def forget_old(days: int = 90, batch: int = 500) -> int:
    """Take the people off lists that nobody confirmed in so many days; returns how many. House rule; for the worker."""
    limit = timezone.now() - timedelta(days=days)
    old = (
        UnaskedRow.objects.filter(state="waiting", roll__made_at__lt=limit).order_by("pk").values_list("pk", flat=True)
    )
    return UnaskedRow.objects.filter(pk__in=list(old[:batch])).delete()[0]
