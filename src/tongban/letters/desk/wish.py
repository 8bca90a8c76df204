"""What somebody asks of the tray: which cases, in which state, how late, about what, where. From an address and back.

What an address asks for that does not exist for this official is dropped, so that a wish never shows more than
`access.cases_for`. Not for paging (`paging.py`), not for the page (`tray.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Assist, Case
from tongban.cases.procedure import Words
from tongban.letters.procedure import LETTER
from tongban.registry.snapshot import Snapshot
from tongban.workdays import end_of_day, shanghai_day
from tongban.workdays.ladder import thresholds

from .paging import ALL_SEGMENTS, CLOSED, DATED, OPEN_SEGMENTS, Segment


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of states; `states` None takes them all."""

    name: str
    label: Words
    states: frozenset[str] | None
    segments: tuple[Segment, ...] = OPEN_SEGMENTS
    condition: Q | None = None


GROUPS = (
    Group("open", _("全部未结"), None),
    Group("submitted", _("待分办"), frozenset({"submitted", "returned"})),
    Group("dispatched", _("待受理"), frozenset({"dispatched"})),
    Group("accepted", _("办理中"), frozenset({"accepted", "waiting"})),
    Group("drafted", _("待复核"), frozenset({"drafted"})),
    Group("disputed", _("争议"), frozenset({"disputed"})),
    Group("review", _("复查复核"), frozenset({"under_review", "under_recheck"})),
    Group("merged", _("已并案"), frozenset({"merged"})),
    Group("done", _("已答复"), frozenset({"answered", "closed", "reviewed", "final"}), (CLOSED,)),
    Group("poor", _("差评"), frozenset({"answered", "closed", "reviewed", "final"}), (CLOSED,), Q(grade__lte=2)),
    Group("all", _("全部"), None, ALL_SEGMENTS),
)
GROUP = {group.name: group for group in GROUPS}
SCOPES: tuple[tuple[str, Words], ...] = (("own", _("本单位")), ("assist", _("协办")), ("below", _("下级单位")), ("area", _("本地区")))


@dataclass(frozen=True)
class Reach:
    """What an official's posts reach: units they work at, units below those they head or supervise, places they coordinate."""

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
class Wish:
    """One view of the tray."""

    scope: str = "own"
    unit: str = ""
    group: str = "open"
    rung: str = ""
    matter: str = ""
    place: str = ""
    mine: bool = False

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches of the list; a rung is about cases with a deadline only."""
        return (DATED,) if self.rung else GROUP[self.group].segments

    @property
    def plain(self) -> bool:
        """Whether nothing narrows the view beyond its tab."""
        return not (self.rung or self.matter or self.place or self.mine)

    def address(self, **changes: Any) -> str:
        """The query string of this view, or of one that differs in something."""
        view = replace(self, **changes)
        values = {
            "scope": view.scope, "unit": view.unit, "state": view.group, "rung": view.rung, "matter": view.matter,
            "place": view.place, "mine": "1" if view.mine else "",
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read(given: Mapping[str, str], range_: Reach, registry: Snapshot) -> Wish | None:
    """The wish in an address. None where the official's posts reach no case at all."""
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
    return Wish(
        scope, unit,
        given["state"] if given.get("state") in GROUP else "open",
        rung if rung in dict(Case.RUNGS) else "",
        given.get("matter", "") if given.get("matter") in registry.matters else "",
        given.get("place", "") if given.get("place") in registry.places else "",
        given.get("mine") == "1",
    )  # fmt: skip


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


def cases(wish: Wish, actor: Actor, range_: Reach, registry: Snapshot, now: datetime) -> QuerySet[Case]:
    """The cases of a view, without order; always a part of `access.cases_for`.

    The default tab is written so that the index case_tray serves it: one unit, no OR across relations, and the bar of
    complaints (信访工作条例 Art. 30) beside it.
    """
    letters = Case.objects.filter(kind=LETTER.kind)
    if wish.scope == "own":
        letters = letters.filter(unit_id=wish.unit).filter(Q(against_id__isnull=True) | ~Q(against_id__in=access.bars(actor, registry)))
    else:
        letters = letters.filter(access.visible(actor, registry))
        if wish.scope == "assist":
            letters = letters.filter(pk__in=Assist.objects.filter(unit_id__in=range_.own).values("case_id"))
        elif wish.scope == "below":
            letters = letters.filter(unit_id__in=[wish.unit] if wish.unit else range_.below)
        else:
            letters = letters.filter(place_id__in=[code for root in range_.areas for code in registry.subtree("places", root)])
    group = GROUP[wish.group]
    if group.states is not None:
        letters = letters.filter(state__in=group.states)
    if group.condition is not None:
        letters = letters.filter(group.condition)
    if wish.rung:
        letters = letters.filter(rung_span(wish.rung, now))
    if wish.matter:
        letters = letters.filter(matter_id__in=list(registry.subtree("matters", wish.matter)))
    if wish.place:
        letters = letters.filter(place_id__in=list(registry.subtree("places", wish.place)))
    if wish.mine:
        letters = letters.filter(handler_id=actor.official_id)
    return letters
