"""What the desk offers on a case: the lines of the table that are open to this official, without those that an effect
would refuse in any event. A shorter menu, not a second rule: the kernel decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongban.cases.effects import FINAL
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge
from tongban.letters.procedure import LETTER

from .opening import Found

WRITTEN = ("answer", "draft_answer", "approve_answer", "answer_review", "answer_recheck")
"""Acts whose words are an answer: they have a page of their own."""
OWN_PAGE = frozenset({*WRITTEN, "publish", "merge"})


def offered(found: Found) -> list[Edge]:
    """The acts to offer, in the order of the table."""
    case, matter = found.case, found.registry.matters[found.case.matter_id]
    drafter = (case.private or {}).get("drafter")
    never: set[str] = set()
    if matter.second_eyes:
        never.add("answer")
    if drafter is not None and drafter == found.actor.official_id:
        never.add("approve_answer")
    if case.returns >= FINAL:
        never.add("return_dispatch")
    if not case.published:
        never.add("unpublish")
    if case.published or case.visibility != "public" or not matter.publishable or case.against_id is not None:
        never.add("publish")
    if case.grade is None or case.grade > 2:
        never.add("call_back")
    return [edge for edge in found.open_edges() if edge.act not in never]


def in_panel(found: Found) -> list[Edge]:
    """The acts that have a form on the case's page."""
    return [edge for edge in offered(found) if edge.button and edge.act not in OWN_PAGE]


def writing(found: Found) -> list[Edge]:
    """The acts by which this official can answer now; empty where they cannot."""
    open_now = {edge.act: edge for edge in offered(found)}
    return [open_now[act] for act in WRITTEN if act in open_now]


def offers(found: Found, act: str) -> bool:
    """Whether `act` is offered."""
    return any(edge.act == act for edge in offered(found))


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
    quiet = [edge.act for edge in LETTER.edges if edge.quiet]
    acts = Act.objects.filter(case=case).exclude(act__in=quiet).select_related("official").order_by("-sequence")[:missed]
    return [Change(act.at, actor_name(act), act.unit_id, act_words(act.act)) for act in reversed(acts)]


def act_words(act: str) -> str:
    """An act in the desk's words."""
    edge = LETTER.named(act)
    return str(edge.label) if edge is not None else act


def actor_name(act: Act) -> str:
    """Who performed an act, for colleagues."""
    if act.actor == "official":
        return str(act.official) if act.official else _("工作人员")
    return _("来信人") if act.actor == "resident" else _("系统")
