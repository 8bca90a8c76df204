"""Opening a case: whether it exists for this official, why they look at it, and that the look is recorded first.

Every page of the desk about one case begins with `find` and, before a word of the letter is shown, `look`.
Not for deciding what may be done with it: `offers.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from tongban.cases import access, looks
from tongban.cases.actor import Actor
from tongban.cases.guards import BY_CONTACT, CONTACT, SEES_CONTACT
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge, Procedure, procedure_of
from tongban.cases.receipts import plain
from tongban.gate.allow import actor_of
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from .purposes import DISPATCHING, HANDLING, OVERSEEING

DOING = frozenset({"clerk", "handler", "head"})
WORKING_ON = frozenset({"lead", "assist", "part", "whole"})
"""Relations that say by themselves why one looks: the case is the unit's, or a part of it is, or the whole that it is a
part of."""


@dataclass(frozen=True)
class Found:
    """A case that exists for this official, and how they stand to it."""

    case: Case
    actor: Actor
    registry: Snapshot
    standing: Mapping[str, access.Post | None]

    @property
    def procedure(self) -> Procedure:
        """The table that the case goes by."""
        return procedure_of(self.case)

    @cached_property
    def acts(self) -> list[Act]:
        """All acts of the case in order, with their officials; read once."""
        return list(Act.objects.filter(case=self.case).select_related("official").order_by("sequence"))

    @property
    def official_id(self) -> int:
        """The account of who looks."""
        return self.actor.official_id or 0

    @property
    def url(self) -> str:
        """The page of the case on the desk."""
        return reverse("desk:case", args=[self.case.code])

    def open_edges(self) -> list[Edge]:
        """What the table allows this official now. Nothing any more once the letter was erased."""
        return [] if self.case.erased_at else self.procedure.open_to(self.case.state, frozenset(self.standing))

    @property
    def may_see_contact(self) -> bool:
        """The sender's name and contact are for those who handle the case, nobody above or beside them."""
        return bool(SEES_CONTACT & frozenset(self.standing))


def shows_contact(actor: Actor, case: Case, registry: Snapshot) -> bool:
    """Whether this official handles the case, and so may see its sender's contact, or find it by that."""
    return bool(SEES_CONTACT & frozenset(access.standing(actor, case, registry)))


def find(request: HttpRequest, code: str) -> Found:
    """The letter with this code, if it exists for who asks. Raises Http404: a stranger learns nothing, not even that
    it is there."""
    actor, registry = actor_of(request), snapshot.current()
    case = access.cases_for(actor, registry).filter(code=plain(code)).first()
    standing = access.standing(actor, case, registry) if case is not None else {}
    if case is None or not standing:
        raise Http404
    return Found(case, actor, registry, standing)


def again(found: Found) -> Found | None:
    """The same case as it is now; None where it no longer exists for this official (it went to another unit)."""
    case = Case.objects.filter(pk=found.case.pk).first()
    standing = access.standing(found.actor, case, found.registry) if case is not None else {}
    return Found(case, found.actor, found.registry, standing) if case is not None and standing else None


def purpose_of(standing: Mapping[str, object]) -> str | None:
    """Why this official looks, where their post says it; None where they have to say it themselves (supervisors)."""
    held = [name.split(":") for name in standing if ":" in name]
    if any(relation in WORKING_ON and role in DOING for relation, role in held):
        return HANDLING
    if any(relation == "coordinator" and role in DOING for relation, role in held):
        return DISPATCHING
    if any(relation == "above" and role in DOING for relation, role in held):
        return OVERSEEING
    return None


def recent_purposes(found: Found) -> frozenset[str]:
    """For what this official has looked at the case within the time that counts as one look."""
    since = timezone.now() - looks.SAME_LOOK
    acts = Act.objects.filter(case=found.case, act="look", official_id=found.official_id, at__gt=since)
    return frozenset(str((act.private or {}).get("purpose", "")) for act in acts)


def look(found: Found) -> bool:
    """Record the look for the purpose that the post gives. False: the official must say first what for.

    An erased letter has nothing left to look at. Raises Refusal.
    """
    if found.case.erased_at:
        return True
    purpose = purpose_of(found.standing)
    if purpose is None:
        return bool(recent_purposes(found) - {CONTACT, BY_CONTACT})
    looks.look(found.case, found.actor, purpose)
    return True


def ask_first(found: Found) -> HttpResponse | None:
    """For the pages beside the case's own: a redirect to it where the look is not recorded and cannot be yet."""
    return None if look(found) else HttpResponseRedirect(found.url)
