"""The catalogue as it holds on a day: items, and their conditions as tables of `rules/`, kept until it changes.

Writers call `touch()` in their transaction. Not for pages' words nor for filling it (`exchange/`).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import models as orm
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tongban.registry import snapshot
from tongban.rules import Catalogue, MissingParameter, ParameterRow, Parameters, Setting, Table, from_rows

from .models import BundleStep, Condition, Edition, Fact, Item, Need, Parameter

Row = TypeVar("Row", bound=orm.Model)


def holding(day: date) -> Q:
    """The filter of rows that hold on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


LOOK_AGAIN_SECONDS = 2.0
"""So old what a process knows of the catalogue may be, as the registry's snapshot."""


def touch() -> None:
    """Say that the catalogue changed, in the writer's transaction."""
    if not Edition.objects.filter(pk=1).update(number=F("number") + 1):
        Edition.objects.get_or_create(pk=1)
    _look_again()
    transaction.on_commit(_look_again)


def edition() -> int:
    """How often the catalogue has changed."""
    return Edition.objects.filter(pk=1).values_list("number", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside a leaf for people: its words in both languages, and the code of its article."""

    words: str
    words_en: str
    article: str


@dataclass(frozen=True)
class Holding:
    """The catalogue on one day: `items` by matter, `facts` by code, `tables` of conditions by matter (unbound: their
    parameters are put in for a place), `said` for each leaf by its own words, `needs` by matter, the steps of
    bundles in order."""

    day: date
    items: dict[str, Item]
    facts: dict[str, Fact]
    tables: dict[str, Table]
    said: dict[tuple[str, str], Said]
    needs: dict[str, list[Need]]
    parameters: Parameters
    bundles: dict[str, list[BundleStep]]
    kept: dict[str, dict[Any, Any]] = field(default_factory=dict, repr=False, compare=False)
    """What others make of it and keep with it (forms, their checks)."""
    _catalogues: dict[tuple[str, str], Catalogue] = field(default_factory=dict, init=False, repr=False, compare=False)
    _settings: dict[str, Setting] = field(default_factory=dict, init=False, repr=False, compare=False)

    def setting(self, place: str) -> Setting:
        """Today and there, for `rules/`; the same object each time, by which tables keep what they prepared."""
        if place not in self._settings:
            self._settings[place] = Setting(self.day, lambda code: snapshot.current().line("places", code), place)
        return self._settings[place]

    def table(self, matter: str, place: str) -> Table | None:
        """The conditions of an item, with that place's parameters; None where it has none. Raises MissingParameter."""
        found = self.tables.get(matter)
        return found.bind(self.parameters, self.setting(place)) if found is not None else None

    def catalogue(self, place: str, subject: str = "") -> Catalogue:
        """Every item that has conditions, to be judged at once for somebody at this place; with `subject` (person,
        firm) those for such. Items whose parameter nobody has set there are left out."""
        key = (place, subject)
        if key not in self._catalogues:
            setting, bound = self.setting(place), []
            for table in self.tables.values():
                item = self.items.get(table.code)
                if subject and (item is None or item.subject not in (subject, "both")):
                    continue
                try:
                    bound.append(table.bind(self.parameters, setting))
                except MissingParameter:
                    continue
            if len(self._catalogues) > 200:
                self._catalogues.clear()
            self._catalogues[key] = Catalogue(bound, setting)
        return self._catalogues[key]


@dataclass
class _Looked:
    edition: int = 0
    at: float = 0.0


_kept: dict[tuple[int, date], Holding] = {}
_looked = _Looked()


def current(day: date | None = None) -> Holding:
    """The catalogue as it holds on a day (today in Asia/Shanghai), no older than two seconds behind the database."""
    now = time.monotonic()
    if not _looked.at or now - _looked.at > LOOK_AGAIN_SECONDS:
        _looked.edition, _looked.at = edition(), now
    key = (_looked.edition, day or timezone.localdate())
    if key not in _kept:
        while len(_kept) > 3:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = _read(key[1])
    return _kept[key]


def forget() -> None:
    """Read anew the next time. For tests."""
    _kept.clear()
    _look_again()


def _look_again() -> None:
    _looked.at = 0.0


def _read(day: date) -> Holding:
    items = {row.matter_id: row for row in _of(Item, day).select_related("matter")}
    facts = {row.code: row for row in Fact.objects.all()}
    leaves: dict[str, list[Condition]] = defaultdict(list)
    for row in _of(Condition, day).order_by("matter_id", "group", "position", "pk"):
        leaves[row.matter_id].append(row)
    tables, said = {}, {}
    for matter, conditions in leaves.items():
        tables[matter] = from_rows([as_row(row) for row in conditions])[0]
        for row in conditions:
            said[(matter, row.words)] = Said(row.words, row.words_en, row.article_id or "")
    needs: dict[str, list[Need]] = defaultdict(list)
    for need in _of(Need, day).select_related("material", "article__law").order_by("order", "pk"):
        needs[need.matter_id].append(need)
    parameters = Parameters(
        ParameterRow(row.code, row.place_id, row.since, row.until, row.value, row.article_id or row.source)
        for row in Parameter.objects.order_by("code", "pk")
    )
    bundles: dict[str, list[BundleStep]] = defaultdict(list)
    for step in BundleStep.objects.filter(bundle__active=True).order_by("bundle_id", "order"):
        if step.matter_id in items:
            bundles[step.bundle_id].append(step)
    return Holding(day, items, facts, tables, said, dict(needs), parameters, dict(bundles))


def as_row(row: Condition) -> dict[str, object]:
    """A condition as `rules.exchange` takes it."""
    return {
        "table": row.matter_id,
        "group": row.group,
        "fact": row.fact_id,
        "operator": row.operator,
        "arguments": row.arguments,
        "words": row.words,
        "article": row.article_id or "",
    }


def _of(model: type[Row], day: date) -> orm.QuerySet[Row]:
    return model._default_manager.filter(holding(day))


def when_holds(rows: Sequence[dict[str, object]], facts: Mapping[str, object], place: str) -> bool | None:
    """Whether a condition written as rows (`Need.when`, a question's `when`) holds; True where there are none."""
    if not rows:
        return True
    holds = current()
    table = from_rows([{"table": "when", "group": 1, **row} for row in rows])[0]
    return table.bind(holds.parameters, holds.setting(place)).value(facts, holds.setting(place))
