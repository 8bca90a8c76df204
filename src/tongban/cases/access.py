"""The one permission rule: who stands how to a case, and which cases somebody may see.

Pages, lists, searches, exports and the API all ask here. The rule is written twice, once for one case in memory and
once as a condition for the database, and a test holds the two against each other on random registries.

A complaint about a unit is neither handled nor seen by that unit, by the units below it, nor by anybody who also holds
a post there (信访工作条例 Art. 30 and beyond). An administrator sees no case at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.registry.snapshot import Snapshot

from .actor import Actor
from .models import Assist, Case

WORKING = frozenset({"clerk", "handler", "head", "supervisor"})
"""Roles that work on the cases of their own unit."""
ABOVE = frozenset({"head", "supervisor"})
"""Roles that look after the units below theirs."""
COORDINATING = frozenset({"clerk", "head", "supervisor"})
"""Roles at a coordinating unit that see the cases of its place."""

Post = tuple[str, str]


def bars(actor: Actor, registry: Snapshot) -> frozenset[str]:
    """The units a complaint about which the actor must not see: each unit of a post, and the units above it."""
    return frozenset(code for unit, _ in actor.posts for code in registry.line("units", unit))


def standing(actor: Actor, case: Case, registry: Snapshot, assisting: frozenset[str] | None = None) -> Mapping[str, Post | None]:
    """How the actor stands to the case: standing → the post it comes from. Empty: the case does not exist for them.

    `assisting` are the codes of the assisting units; where it is None they are read from the database.
    """
    if actor.kind == "system":
        return {"system": None}
    if actor.kind == "resident":
        return {"resident": None} if actor.case_id is not None and actor.case_id == case.pk else {}
    if case.against_id is not None and case.against_id in bars(actor, registry):
        return {}
    found: dict[str, Post | None] = {}
    above = registry.line("units", case.unit_id)[1:]
    places = registry.line("places", case.place_id)
    for unit, role in actor.posts:
        if role in WORKING:
            if unit == case.unit_id:
                found[f"lead:{role}"] = (unit, role)
            else:
                if assisting is None:
                    assisting = frozenset(case.assists.values_list("unit_id", flat=True)) if case.pk else frozenset()
                if unit in assisting:
                    found[f"assist:{role}"] = (unit, role)
        if role in ABOVE and unit in above:
            found[f"above:{role}"] = (unit, role)
        row = registry.units.get(unit)
        if role in COORDINATING and row is not None and row.coordinating and row.place in places:
            found[f"coordinator:{role}"] = (unit, role)
    return found


def may_see(actor: Actor, case: Case, registry: Snapshot) -> bool:
    """Whether the case exists for this actor."""
    return bool(standing(actor, case, registry))


def visible(actor: Actor, registry: Snapshot) -> Q:
    """The same rule as a condition on Case."""
    nothing = Q(pk__in=())
    if actor.kind == "system":
        return Q()
    if actor.kind == "resident":
        return Q(pk=actor.case_id) if actor.case_id is not None else nothing
    units: set[str] = set()
    assisting: set[str] = set()
    places: set[str] = set()
    for unit, role in actor.posts:
        if unit not in registry.units:
            continue
        if role in WORKING:
            units.add(unit)
            assisting.add(unit)
        if role in ABOVE:
            units.update(code for code in registry.subtree("units", unit) if code != unit)
        if role in COORDINATING and registry.units[unit].coordinating:
            places.update(registry.subtree("places", registry.units[unit].place))
    if not (units or places):
        return nothing
    rule = Q(unit_id__in=units)
    if places:
        rule |= Q(place_id__in=places)
    if assisting:
        rule |= Q(Exists(Assist.objects.filter(case_id=OuterRef("pk"), unit_id__in=assisting)))
    barred = bars(actor, registry)
    return rule & (Q(against_id__isnull=True) | ~Q(against_id__in=barred))


def cases_for(actor: Actor, registry: Snapshot) -> QuerySet[Case]:
    """The cases that exist for this actor."""
    return Case.objects.filter(visible(actor, registry))


def may_administer(actor: Actor, day: date | None = None) -> bool:
    """Whether the actor may change the registry and the accounts."""
    return actor.kind == "system" or actor.has_role("administrator")


def units_under(actor: Actor, registry: Snapshot) -> list[str]:
    """The units whose work the actor looks after: for load, overdue work and ratings. In the order of their codes."""
    found: set[str] = set()
    for unit, role in actor.posts:
        if unit not in registry.units:
            continue
        if role in ABOVE:
            found.update(registry.subtree("units", unit))
        if role in ABOVE and registry.units[unit].coordinating:
            under = set(registry.subtree("places", registry.units[unit].place))
            found.update(row.code for row in registry.units.values() if row.place in under)
    return sorted(found)
