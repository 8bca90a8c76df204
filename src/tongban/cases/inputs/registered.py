"""What the registry knows: a matter, a place, units. A unit that the case is about is never offered nor taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.registry.names import listed, matter_name, place_line, place_name, unit_name
from tongban.registry.snapshot import Snapshot
from tongban.workdays import shanghai_day

from .chosen import Chosen
from .one import Asking, Input

Grouped = list[tuple[str, Any]]


def matters_for(registry: Snapshot, kind: str = "", *, conduct: bool = True) -> Grouped:
    """Active matters that have none below them, grouped by the root above; with `kind` those for that kind of case."""
    groups: dict[str, Grouped] = {}
    for row in registry.leaves(kind or None):
        if conduct or not row.conduct:
            root = registry.line("matters", row.code)[-1]
            groups.setdefault(root, []).append((row.code, matter_name(row.code)))
    return [(matter_name(root), rows) for root, rows in groups.items()]


def units_near(asked: Asking) -> Grouped:
    """The units of the case's place and of the places above it, nearest first, without what is barred from the case;
    before there is a case every unit that stands."""
    registry, case = asked.registry, asked.case
    today = shanghai_day(asked.now or timezone.now())
    barred = registry.barred(case.against_id) if case is not None else frozenset()
    line = registry.line("places", case.place_id) if case is not None else tuple(registry.places)
    groups = []
    for place in line:
        units = [unit for unit in registry.units_at(place) if unit.code not in barred and unit.stands_on(today)]
        if units:
            groups.append((place_name(place), [(unit.code, unit_name(unit.code)) for unit in units]))
    return groups


@dataclass(frozen=True)
class MatterChoice(Input):
    """A matter by its code. That it has none below it and is for this kind of case the kernel's guard sees
    (`guards.leaf_matter`)."""

    kind: ClassVar[str] = "matter"

    def check(self, value: Any, asked: Asking) -> str:
        row = asked.registry.matters.get(str(value))
        if row is None or not row.active:
            raise self.wrong(_("没有这个事项，请重新选择。"))
        return row.code

    def field(self, asked: Asking) -> forms.Field:
        kind = asked.case.kind if asked.case is not None else asked.kind
        return Chosen("matter", case_kind=kind, registry=asked.registry, **self.words)

    def show(self, value: Any) -> str:
        return matter_name(value)


@dataclass(frozen=True)
class PlaceChoice(Input):
    """A place by its code (GB/T 2260)."""

    kind: ClassVar[str] = "place"

    def check(self, value: Any, asked: Asking) -> str:
        if str(value) not in asked.registry.places:
            raise self.wrong(_("没有这个行政区划，请重新选择。"))
        return str(value)

    def field(self, asked: Asking) -> forms.Field:
        return Chosen("place", registry=asked.registry, **self.words)

    def show(self, value: Any) -> str:
        return place_line(value)


@dataclass(frozen=True)
class UnitChoice(Input):
    """A unit by its code. That it is of the case's place and not barred the kernel's guard sees
    (`guards.unit_of_the_place`)."""

    kind: ClassVar[str] = "unit"

    def check(self, value: Any, asked: Asking) -> str:
        if str(value) not in asked.registry.units:
            raise self.wrong(_("没有这个单位，请重新选择。"))
        return str(value)

    def field(self, asked: Asking) -> forms.Field:
        near = [code for _place, units in units_near(asked) for code, _name in units] if asked.case else None
        return Chosen("unit", only=None if near is None else lambda: near, registry=asked.registry, **self.words)

    def show(self, value: Any) -> str:
        return unit_name(value)


@dataclass(frozen=True)
class AgainstUnit(UnitChoice):
    """The unit that a case is about; from then on it neither handles nor sees the case."""

    kind: ClassVar[str] = "against"


@dataclass(frozen=True)
class UnitChoices(Input):
    """Several units by their codes, each once."""

    kind: ClassVar[str] = "units"

    def check(self, value: Any, asked: Asking) -> list[str]:
        codes = self.listed(value)
        if any(code not in asked.registry.units for code in codes):
            raise self.wrong(_("没有这个单位，请重新选择。"))
        return list(dict.fromkeys(codes))

    def field(self, asked: Asking) -> forms.Field:
        return forms.MultipleChoiceField(choices=units_near(asked), widget=forms.CheckboxSelectMultiple, **self.words)

    def show(self, value: Any) -> str:
        return listed(unit_name(code) for code in value)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
