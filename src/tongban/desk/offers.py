"""What the desk offers on a case: the lines of the table that are open to this official and that no guard refuses.

The guards are those of the kernel (`cases.guards`), so a menu never shows what would be refused in any event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import access, guards
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge, Procedure, procedure_of

from .opening import Found

ANSWER, MERGE = "answer", "merge"
"""The pages of acts that the desk itself has; doors bring others."""


def offered(found: Found) -> list[Edge]:
    """The acts to offer, in the order of the table."""
    return guards.offered(
        found.procedure, found.case, found.actor, found.standing.keys(), found.registry, timezone.now()
    )


def in_bulk(procedure: Procedure) -> list[Edge]:
    """The lines of a table whose act officials can take on several cases at once."""
    return [edge for edge in procedure.edges if edge.bulk and edge.for_officials]


def with_page(found: Found, page: str) -> list[Edge]:
    """The acts with this page that are offered; those that move the case on first."""
    then = found.procedure.state(found.case.state).next
    edges = [edge for edge in offered(found) if edge.page == page]
    return sorted(edges, key=lambda edge: then.index(edge.act) if edge.act in then else len(then))


def writing(found: Found) -> list[Edge]:
    """The acts by which this official can answer now; empty where they cannot."""
    return with_page(found, ANSWER)


def merged_into(found: Found, lead: Case) -> int:
    """How many cases were merged into `lead`, without those that are about a unit of who asks."""
    return Case.objects.filter(access.not_barred(found.actor, found.registry), lead_case=lead).count()


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else did after the page was opened."""

    when: object
    who: str
    unit: str | None
    what: str


def changed_since(case: Case, version: int | None) -> Sequence[Change]:
    """The acts that made a page of `version` stale, oldest first. A version counts the acts that are not quiet."""
    missed = min(case.version - version, 20) if version is not None else 0
    if missed <= 0:
        return ()
    quiet = procedure_of(case).acts(lambda edge: edge.quiet)
    acts = (
        Act.objects.filter(case=case).exclude(act__in=quiet).select_related("official").order_by("-sequence")[:missed]
    )
    return [Change(act.at, actor_name(act), act.unit_id, act_words(case, act.act)) for act in reversed(acts)]


def act_words(case: Case, act: str) -> str:
    """An act in the desk's words."""
    edge = procedure_of(case).named(act)
    return str(edge.label) if edge is not None else act


def actor_name(act: Act) -> str:
    """Who performed an act, for colleagues."""
    if act.actor == "official":
        return str(act.official) if act.official else _("工作人员")
    return _("提交人") if act.actor == "resident" else _("系统")
