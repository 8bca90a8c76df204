"""The one permission rule of the catalogue: whose data an official may see, and whose they may change.

Pages, lists, searches, exports and the API all ask here. A data officer (数据安全员) sees the sources of the unit of
the post and of the units below it, as supervisors do with cases (`cases/access.py`), and changes only those of the unit
itself: who answers for data decides about it. The head of a unit sees the decisions of its officers that can still be
taken back, and takes them back, and sees nothing else of the catalogue. No other role sees anything, an administrator
neither.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongban.accounts.models import Role
from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.registry.snapshot import Snapshot

from .models import Decision, Field, Scan, Source

OFFICER = Role.DATA_OFFICER.value
HEAD = Role.HEAD.value


def own_units(actor: Actor, registry: Snapshot) -> frozenset[str]:
    """The units whose catalogue the actor keeps."""
    if actor.kind == "system":
        return frozenset(registry.units)
    if actor.kind != "official":
        return frozenset()
    return frozenset(unit for unit, role in actor.posts if role == OFFICER and unit in registry.units)


def seen_units(actor: Actor, registry: Snapshot) -> frozenset[str]:
    """The units whose catalogue the actor sees."""
    if actor.kind == "system":
        return frozenset(registry.units)
    return frozenset(code for unit in own_units(actor, registry) for code in registry.subtree("units", unit))


def may_see(actor: Actor, unit: str, registry: Snapshot) -> bool:
    """Whether the catalogue of `unit` exists for the actor."""
    if actor.kind == "system":
        return True
    own = own_units(actor, registry)
    return any(code in own for code in registry.line("units", unit))


def may_change(actor: Actor, unit: str, registry: Snapshot) -> bool:
    """Whether the actor keeps the catalogue of `unit`."""
    return unit in own_units(actor, registry)


def sources_for(actor: Actor, registry: Snapshot) -> QuerySet[Source]:
    """The sources that exist for the actor, tombstones among them."""
    return Source.objects.filter(unit_id__in=seen_units(actor, registry))


def scans_for(actor: Actor, registry: Snapshot) -> QuerySet[Scan]:
    """The scans that exist for the actor."""
    return Scan.objects.filter(unit_id__in=seen_units(actor, registry))


def fields_for(actor: Actor, registry: Snapshot) -> QuerySet[Field]:
    """The fields that exist for the actor; those of removed sources exist for nobody."""
    return Field.objects.filter(source__unit_id__in=seen_units(actor, registry), source__removed_at__isnull=True)


def headed_units(actor: Actor, registry: Snapshot) -> frozenset[str]:
    """The units whose officers' decisions the actor may take back as their head."""
    if actor.kind != "official":
        return frozenset()
    return frozenset(unit for unit, role in actor.posts if role == HEAD and unit in registry.units)


def may_undo(actor: Actor, unit: str, made_by: int | None, registry: Snapshot) -> bool:
    """Whether the actor may take a step of `made_by` on data of `unit` back."""
    mine = made_by is not None and made_by == actor.official_id and may_change(actor, unit, registry)
    return mine or unit in headed_units(actor, registry)


def decisions_for(actor: Actor, registry: Snapshot, since: datetime) -> QuerySet[Decision]:
    """The steps that exist for the actor: an officer's of all the fields that they see, a head's those of the own
    unit from `since` on."""
    seen = Q(field__source__unit_id__in=seen_units(actor, registry))
    headed = Q(field__source__unit_id__in=headed_units(actor, registry), at__gte=since)
    return Decision.objects.filter(seen | headed, field__source__removed_at__isnull=True)


def undone_fields(actor: Actor, registry: Snapshot, since: datetime) -> QuerySet[Field]:
    """The fields on which the actor can find a step to take back."""
    recent = Decision.objects.filter(field__source__unit_id__in=headed_units(actor, registry), at__gte=since).values(
        "field"
    )
    there = Field.objects.filter(source__removed_at__isnull=True)
    return there.filter(Q(source__unit_id__in=seen_units(actor, registry)) | Q(pk__in=recent))


def need_officer_or_head(actor: Actor, registry: Snapshot) -> None:
    """Raises Refusal (not_allowed) where the actor has neither a data officer's post nor a head's."""
    if not own_units(actor, registry) and not headed_units(actor, registry):
        raise Refusal("not_allowed", _("只有数据安全员和单位负责人可以看数据目录的决定。"))


def need_officer(actor: Actor, registry: Snapshot) -> None:
    """Raises Refusal (not_allowed) where the actor has no data officer's post: the catalogue
    is none of their business."""
    if not own_units(actor, registry):
        raise Refusal("not_allowed", _("只有数据安全员可以使用数据目录。"))


def need_change(actor: Actor, unit: str, registry: Snapshot) -> None:
    """Raises Refusal (not_allowed) where the actor only looks on, or not_found where the unit's catalogue is hidden."""
    if not may_see(actor, unit, registry):
        raise Refusal("not_found", _("没有找到这个单位的数据目录。"))
    if not may_change(actor, unit, registry):
        raise Refusal("not_allowed", _("只有本单位的数据安全员可以修改本单位的数据目录。"))
