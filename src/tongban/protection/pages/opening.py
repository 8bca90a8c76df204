"""The first step of every page: who is there, and whether the catalogue is theirs to see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from tongban.cases.actor import Actor
from tongban.gate.allow import actor_of
from tongban.gate.templatetags.tongban_names import unit_name
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from .. import access
from ..models import Field, Source


@dataclass(frozen=True, slots=True)
class Entered:
    """A data officer who opened a page."""

    actor: Actor
    registry: Snapshot

    @property
    def own(self) -> list[tuple[str, str]]:
        """(code, name) of the units whose catalogue they keep."""
        return [(code, unit_name(code)) for code in sorted(access.own_units(self.actor, self.registry))]

    @property
    def units(self) -> list[tuple[str, str]]:
        """(code, name) of the units that have sources and that they see; for narrowing."""
        codes = (
            access.sources_for(self.actor, self.registry)
            .filter(removed_at__isnull=True)
            .order_by("unit_id")
            .values_list("unit_id", flat=True)
            .distinct()
        )
        return [(code, unit_name(code)) for code in codes]

    def fields(self) -> QuerySet[Field]:
        """The fields that exist for them."""
        return access.fields_for(self.actor, self.registry)

    def sources(self) -> QuerySet[Source]:
        """The sources that exist for them."""
        return access.sources_for(self.actor, self.registry)

    def may_change(self, unit: str) -> bool:
        """Whether they keep the catalogue of the unit."""
        return access.may_change(self.actor, unit, self.registry)


def enter(request: HttpRequest) -> Entered:
    """Who opened the page. Raises Refusal (not_allowed) where they hold no data officer's post."""
    entered = Entered(actor_of(request), snapshot.current())
    access.need_officer(entered.actor, entered.registry)
    return entered
