"""The one permission rule: who stands how to a case, and which cases somebody may see.

Pages, lists, searches, exports and the API all ask here. The rule is written twice, once for one case in memory and
once as a condition for the database, and a test holds the two against each other on random registries.

A complaint about a unit is neither handled nor seen by that unit, by the units below it, nor by anybody who also holds
a post there (信访工作条例 Art. 30 and beyond). An administrator sees no case at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.registry.snapshot import Snapshot

from . import relations
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
    """The units a complaint about which the actor must not see: each unit of a post, the units above it, and those that
    it or they followed. A token's actor is barred by every post that its official holds, not by the token's alone."""
    held = {unit for unit, _ in actor.posts}.union(actor.also_at)
    return frozenset().union(*(registry.bars_of(unit) for unit in held))


def is_barred(actor: Actor, case: Case, registry: Snapshot) -> bool:
    """Whether the case is about a unit of the actor's, or about one above it."""
    return case.against_id is not None and case.against_id in bars(actor, registry)


def standing(
    actor: Actor, case: Case, registry: Snapshot, assisting: frozenset[str] | None = None
) -> Mapping[str, Post | None]:
    """How the actor stands to the case: standing → the post it comes from. Empty: the case does not exist for them.

    `assisting` are the codes of the assisting units; where it is None they are read from the database.
    """
    if actor.kind == "system":
        return {"system": None}
    if actor.kind == "resident":
        return {"resident": None} if actor.case_id is not None and actor.case_id == case.pk else {}
    if is_barred(actor, case, registry):
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
    if relations.relates(case.kind) and case.pk is not None:
        found.update(_through_others(actor, case))
    return found


def _through_others(actor: Actor, case: Case) -> dict[str, Post | None]:
    """How an official stands to a case because their unit has one that is about it (`about:handler`), a part of it
    (`part:handler`), or the case that it is a part of (`whole:handler`)."""
    units: dict[str, list[Post]] = {}
    for unit, role in actor.posts:
        if role in WORKING:
            units.setdefault(unit, []).append((unit, role))
    found: dict[str, Post | None] = {}
    apart = relations.apart()
    parts = Case.objects.filter(part_of=case, erased_at__isnull=True)
    for relation, rows in (
        ("about", Case.objects.filter(about=case, erased_at__isnull=True)),
        ("part", parts if case.kind not in apart else parts.none()),
        ("whole", Case.objects.filter(pk=case.part_of_id or 0).exclude(kind__in=apart)),
    ):
        for unit in rows.filter(unit_id__in=units).order_by().values_list("unit_id", flat=True).distinct():
            found.update({f"{relation}:{role}": (unit, role) for unit, role in units[unit]})
    return found


def may_see(actor: Actor, case: Case, registry: Snapshot) -> bool:
    """Whether the case exists for this actor."""
    return bool(standing(actor, case, registry))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an official's posts reach: the units whose cases they see, those for which they assist,
    the places they coordinate."""

    units: frozenset[str]
    assisting: frozenset[str]
    places: frozenset[str]


def reach(actor: Actor, registry: Snapshot) -> Reach:
    """The reach of an official. Conduct complaints are still to be taken out of it (`bars`): it says where to
    look, `visible` what is seen."""
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
    return Reach(frozenset(units), frozenset(assisting), frozenset(places))


def visible(actor: Actor, registry: Snapshot) -> Q:
    """The same rule as a condition on Case."""
    nothing = Q(pk__in=())
    if actor.kind == "system":
        return Q()
    if actor.kind == "resident":
        return Q(pk=actor.case_id) if actor.case_id is not None else nothing
    own = reach(actor, registry)
    units, assisting, places = own.units, own.assisting, own.places
    if not (units or places):
        return nothing
    rule = Q(unit_id__in=units)
    if places:
        rule |= Q(place_id__in=places)
    if assisting:
        rule |= Q(Exists(Assist.objects.filter(case_id=OuterRef("pk"), unit_id__in=assisting)))
    if assisting and relations.any_relation():
        rule |= _seen_through_others(assisting)
    return rule & not_barred(actor, registry)


def _seen_through_others(units: frozenset[str]) -> Q:
    """`_through_others` as a condition on Case; `units` are those at which the actor works."""
    theirs, apart = Case.objects.filter(unit_id__in=units), relations.apart()
    parts = theirs.filter(part_of__isnull=False, erased_at__isnull=True)
    return (
        Q(pk__in=theirs.filter(about__isnull=False, erased_at__isnull=True).values("about"))
        | Q(pk__in=(parts.exclude(part_of__kind__in=apart) if apart else parts).values("part_of"))
        | Q(part_of__in=theirs.exclude(kind__in=apart) if apart else theirs)
    )


def not_barred(actor: Actor, registry: Snapshot) -> Q:
    """That a case is not about a unit which bars the actor, as a condition on Case: a part of `visible`, for lists
    and counts that have the rest of it in another form."""
    return Q(against_id__isnull=True) | ~Q(against_id__in=bars(actor, registry))


def cases_for(actor: Actor, registry: Snapshot) -> QuerySet[Case]:
    """The cases that exist for this actor."""
    return Case.objects.filter(visible(actor, registry))


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
