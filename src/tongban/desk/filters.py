"""One view of the tray: which cases, in which state, how late, about what, where. From an address and back.

What an address asks for that does not exist for this official is dropped, so that a view never shows more than
`access.cases_for`. Not for paging (`paging.py`), not for the page (`tray.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.inputs.one import Words
from tongban.cases.models import Assist, Case
from tongban.cases.procedure import PHASES, Phase, Procedure, editions, procedures
from tongban.registry.snapshot import Snapshot
from tongban.workdays import end_of_day, shanghai_day
from tongban.workdays.ladder import thresholds

from . import paging
from .paging import ALL_SEGMENTS, DATED, OPEN_SEGMENTS, Segment


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of states; `states` None takes them all. `also` are the names that kinds have for it in their tables."""

    name: str
    label: Words
    states: Q | None
    segments: tuple[Segment, ...] = OPEN_SEGMENTS
    condition: Q | None = None
    also: frozenset[str] = frozenset()


OPEN = Group("open", _("全部未结"), None)
IN_FORCE = Group("in_force", _("有效"), None, (paging.IN_FORCE,))
POOR = Group("poor", _("差评"), None, (paging.OVER,), Q(grade__lte=2))
ALL = Group("all", _("全部"), None, ALL_SEGMENTS)


def groups_of(kind: str = "") -> dict[str, Group]:
    """The choices of states in the order of the tabs: what is open, the groups of the kind's table, what is in force
    where the kind has such states, rated poorly, everything. Where no kind is named, the groups of all kinds: those
    that are called the same in words are one, whatever the name of theirs in the tables."""
    tables = [table for one in procedures() for table in editions(one) if kind in ("", one)]
    several = len({table.kind for table in tables}) > 1
    found = {OPEN.name: OPEN}
    states: dict[tuple[str, str], dict[str, Phase]] = {}
    for table in tables:
        for state in table.states:
            states.setdefault((table.kind, state.group), {})[state.name] = state.phase
    for name, label, members in _called_the_same(tables):
        there = {member: states[member] for member in members if member in states}
        mixed = [
            Q(kind=one, state__in=sorted(names)) if several else Q(state__in=sorted(names))
            for (one, _group), names in there.items()
        ]
        if mixed:
            also = frozenset(group for _kind, group in members)
            phases = {phase for names in there.values() for phase in names.values()}
            found[name] = Group(name, label, reduce(or_, mixed), _segments(phases), also=also)
    if any(table.states_in("in_force") for table in tables):
        _put_in_force(found)
    for group in (POOR, ALL):
        found.setdefault(group.name, group)
    return found


def _put_in_force(found: dict[str, Group]) -> None:
    """What is in force, in place of a group that says just that."""
    same = next(
        (one for one in found.values() if one.segments == IN_FORCE.segments and one.label == IN_FORCE.label), None
    )
    if same is not None:
        del found[same.name]
    found.setdefault(IN_FORCE.name, replace(IN_FORCE, also=same.also if same is not None else frozenset()))


def chosen(name: str, kind: str) -> str:
    """The group that an address names; the open cases where there is none of the name."""
    known = groups_of(kind)
    return name if name in known else next((one.name for one in known.values() if name in one.also), OPEN.name)


def _called_the_same(tables: Sequence[Procedure]) -> Iterator[tuple[str, Words, dict[tuple[str, str], None]]]:
    """Name, words and (kind, group) of the groups of these tables, one for each words. The name is that of the first,
    with its kind before it where other words have it already."""
    found: dict[str, tuple[str, Words, dict[tuple[str, str], None]]] = {}
    with translation.override(settings.LANGUAGE_CODE):  # an address means the same in every language
        for table in tables:
            for group in table.groups:
                words = str(group.label)
                if words not in found:
                    taken = {name for name, _label, _members in found.values()}
                    name = group.name if group.name not in taken else f"{table.kind}_{group.name}"
                    found[words] = (name, group.label, {})
                found[words][2][table.kind, group.name] = None
    yield from found.values()


def _segments(phases: Collection[Phase]) -> tuple[Segment, ...]:
    """The stretches of the list in which cases of these phases are."""
    stretches: dict[Phase, tuple[Segment, ...]] = {
        "work": OPEN_SEGMENTS,
        "in_force": (paging.IN_FORCE,),
        "over": (paging.OVER,),
    }
    return tuple(segment for phase in PHASES if phase in phases for segment in stretches[phase])


SCOPES: tuple[tuple[str, Words], ...] = (
    ("own", _("本单位")),
    ("assist", _("协办")),
    ("below", _("下级单位")),
    ("area", _("本地区")),
)


@dataclass(frozen=True)
class Reach:
    """What an official's posts reach: units they work at, units below those they head or supervise, places they
    coordinate."""

    own: tuple[str, ...]
    below: tuple[str, ...]
    areas: tuple[str, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """The tabs that have something to show, the first one first."""
        have = {"own": self.own, "assist": self.own, "below": self.below, "area": self.areas}
        return tuple(name for name, _label in SCOPES if have[name])

    def roots(self, registry: Snapshot) -> tuple[str, ...]:
        """The places to choose from, at the top: those of the own units and the coordinated ones."""
        found = dict.fromkeys([*self.areas, *(registry.units[code].place for code in self.own)])
        return tuple(code for code in found if not set(registry.line("places", code)[1:]) & set(found))


def reach(actor: Actor, registry: Snapshot) -> Reach:
    """The reach of an official, after the same roles as `access.visible`."""
    own: dict[str, None] = {}
    below: dict[str, None] = {}
    areas: dict[str, None] = {}
    for unit, role in actor.posts:
        if unit not in registry.units:
            continue
        if role in access.WORKING:
            own[unit] = None
        if role in access.ABOVE:
            below.update(dict.fromkeys(code for code in registry.subtree("units", unit) if code != unit))
        if role in access.COORDINATING and registry.units[unit].coordinating:
            areas[registry.units[unit].place] = None
    return Reach(tuple(own), tuple(below), tuple(areas))


@dataclass(frozen=True)
class View:
    """One view of the tray."""

    scope: str = "own"
    unit: str = ""
    group: str = "open"
    rung: str = ""
    matter: str = ""
    place: str = ""
    mine: bool = False
    kind: str = ""

    @property
    def choice(self) -> Group:
        """The choice of states that is open."""
        return groups_of(self.kind)[self.group]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches of the list; a rung is about cases with a deadline only."""
        return (DATED,) if self.rung else self.choice.segments

    @property
    def plain(self) -> bool:
        """Whether nothing narrows the view beyond its tab."""
        return not (self.kind or self.rung or self.matter or self.place or self.mine)

    def address(self, **changes: Any) -> str:
        """The query string of this view, or of one that differs in something."""
        view = replace(self, **changes)
        values = {
            "scope": view.scope, "unit": view.unit, "kind": view.kind, "state": view.group, "rung": view.rung,
            "matter": view.matter,
            "place": view.place, "mine": "1" if view.mine else "",
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read(given: Mapping[str, str], range_: Reach, registry: Snapshot) -> View | None:
    """The view in an address. None where the official's posts reach no case at all."""
    scopes = range_.scopes
    if not scopes:
        return None
    scope = given.get("scope", "")
    scope = scope if scope in scopes else scopes[0]
    unit = given.get("unit", "")
    if scope == "own":
        unit = unit if unit in range_.own else range_.own[0]
    elif scope != "below" or unit not in range_.below:
        unit = ""
    rung = given.get("rung", "")
    kind = given.get("kind", "") if given.get("kind") in procedures() else ""
    return View(
        scope,
        unit,
        chosen(given.get("state", ""), kind),
        rung if rung in dict(Case.RUNGS) else "",
        given.get("matter", "") if given.get("matter") in registry.matters else "",
        given.get("place", "") if given.get("place") in registry.places else "",
        given.get("mine") == "1",
        kind,
    )


def rung_span(rung: str, now: datetime) -> Q:
    """The deadlines that stand on a rung now, as a range of the index; the same as `workdays.rung`."""
    today = shanghai_day(now)
    soon, long = thresholds()["due_soon"], thresholds()["long_overdue"]
    long_ago = end_of_day(today - timedelta(days=long))
    end_today, end_soon = end_of_day(today), end_of_day(today + timedelta(days=soon))
    return {
        "long_overdue": Q(due_at__lt=now, due_at__lte=long_ago),
        "overdue": Q(due_at__lt=now, due_at__gt=long_ago),
        "due": Q(due_at__gte=now, due_at__lte=end_today),
        "due_soon": Q(due_at__gt=end_today, due_at__lte=end_soon),
        "on_time": Q(due_at__gt=end_soon),
    }[rung]


def cases(view: View, actor: Actor, range_: Reach, registry: Snapshot, now: datetime) -> QuerySet[Case]:
    """The cases of a view, without order; always a part of `access.cases_for`.

    The default tab is written so that the index case_tray serves it: one unit, no OR across relations, and the bar of
    complaints (信访工作条例 Art. 30) beside it.
    """
    found = Case.objects.all()
    if view.scope == "own":
        found = found.filter(unit_id=view.unit).filter(access.not_barred(actor, registry))
    else:
        found = found.filter(access.visible(actor, registry))
        if view.scope == "assist":
            found = found.filter(pk__in=Assist.objects.filter(unit_id__in=range_.own).values("case_id"))
        elif view.scope == "below":
            found = found.filter(unit_id__in=[view.unit] if view.unit else range_.below)
        else:
            found = found.filter(
                place_id__in=[code for root in range_.areas for code in registry.subtree("places", root)]
            )
    if view.kind:
        found = found.filter(kind=view.kind)
    group = view.choice
    if group.states is not None:
        found = found.filter(group.states)
    if group.condition is not None:
        found = found.filter(group.condition)
    if view.rung:
        found = found.filter(rung_span(view.rung, now))
    if view.matter:
        found = found.filter(matter_id__in=list(registry.subtree("matters", view.matter)))
    if view.place:
        found = found.filter(place_id__in=list(registry.subtree("places", view.place)))
    if view.mine:
        found = found.filter(handler_id=actor.official_id)
    return found
