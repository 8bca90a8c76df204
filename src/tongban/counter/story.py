"""What the sender of a case is told of it, as data: the acts with their words and files, what can be done now, what
time is left.

For the following page and the API alike, all of it from the case's table. Not for HTML, and not for what officials
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.cases import filing, guards
from tongban.cases import story as kernel
from tongban.cases.actor import resident
from tongban.cases.inputs.one import EMPTY
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import HOUSE_ACTS, Edge, Procedure, procedure_of
from tongban.cases.waiting import TimeLeft, day_name, limit_unit, time_left
from tongban.registry import snapshot
from tongban.registry.names import unit_name

UNTOLD = frozenset(HOUSE_ACTS) & {"look", "escalate"}
"""What the house itself does and is no part of the story: looks have a page of their own, a rung of the ladder of
lateness is for the desk."""
DAYS_OF_A_YEAR = 365


@dataclass
class Told:
    """One act as its sender is told of it. `lines` stand under it beside its words."""

    act: Act
    edge: Edge
    title: str
    who: str
    text: str
    lines: list[str]
    files: list[Attachment] = field(default_factory=list)

    @property
    def when(self) -> datetime:
        """When it happened."""
        return self.act.at


def acts_of(case: Case) -> list[Act]:
    """Every act of the case, in order."""
    return list(Act.objects.filter(case=case).order_by("sequence"))


def told(case: Case, acts: list[Act] | None = None) -> list[Told]:
    """What happened, oldest first, in plain words, with the words and files that are the sender's."""
    procedure = procedure_of(case)
    story = [act for act in (acts_of(case) if acts is None else acts) if act.act not in UNTOLD]
    files, old = filing.for_sender(case), kernel.superseded(procedure, story)
    found = []
    for act in story:
        edge = edge_of(procedure, act)
        if edge is None or edge.shown == "nothing":
            continue
        opening = "" in edge.sources
        own = act.actor == "resident" or (opening and act.actor == "official")  # typed for the sender at a counter
        who = unit_name(act.unit_id) if act.unit_id else _("您") if own else _("系统")
        text = case.body if opening else act.text if edge.shown == "words" else ""
        lines = what_was_sent(edge, act) if opening else kernel.lines_for_sender(edge, act)
        title = kernel.title(edge, sender=True, corrected=act.pk in old)
        found.append(Told(act, edge, title, who, text, lines, files.get(act.pk, [])))
    return found


def in_words(case: Case, entries: Sequence[Told]) -> Told | None:
    """What the unit says to the sender now: its question while it waits for them, else the answer as it holds (or the
    notice by which the case ended); None where it has said neither."""
    procedure = procedure_of(case)
    asking = procedure.state(case.state).paused
    for entry in reversed(entries):
        act, edge = entry.act, entry.edge
        if act.actor == "resident" or not entry.text:
            continue
        if asking:
            if act.state_after == case.state and act.state_before != case.state:
                return entry
            continue
        ends = act.state_before in procedure.states_in("work") and act.state_after not in procedure.states_in("work")
        if edge.answers or edge.replaces or ends:
            return entry
    return None


def edge_of(procedure: Procedure, act: Act) -> Edge | None:
    """The line by which an act was performed."""
    return procedure.edge(act.act, act.state_before) or procedure.named(act.act)


def what_was_sent(edge: Edge, act: Act) -> list[str]:
    """What the sender said beside subject and text when the case was opened, one input a line."""
    lines = []
    for item in edge.inputs:
        value = kernel.value_of(act, item.name)
        shown = item.show(value) if value not in EMPTY else ""
        if shown:
            lines.append(_("%(label)s：%(value)s") % {"label": item.label, "value": shown})
    note = edge.noted(act) if edge.noted is not None else ""
    return [*lines, note] if note else lines


def possible(case: Case) -> list[Edge]:
    """All that its sender can do now, with a page of its own or not, by the kernel's own guards; nothing once
    erased."""
    registry, now = snapshot.current(), timezone.now()
    return guards.offered(procedure_of(case), case, resident(case.pk), {"resident"}, registry, now)


def offered(case: Case, can: list[Edge] | None = None) -> list[Edge]:
    """What the following page and the API offer of it, in the order of the table."""
    return [edge for edge in (possible(case) if can is None else can) if edge.button]


def by_sender(procedure: Procedure) -> dict[str, Edge]:
    """What the sender of such a case can do at some time, by a form: a line of each act, in the order of the table."""
    lines = [edge for edge in procedure.edges if edge.button and "resident" in edge.who and "" not in edge.sources]
    return {edge.act: edge for edge in lines}


def time_left_of(case: Case) -> TimeLeft | None:
    """What is left of what the sender is owed: the answer, or the opinion of the unit above on a review. None where
    nothing is owed, the time stands still, or there is no deadline."""
    if not case.is_open or case.paused_at is not None:
        return None
    registry = snapshot.current()
    if case.answered_at is not None:
        return time_left(case.due_at, limit_unit(case, registry), timezone.now(), registry.calendar)
    limit = registry.limit(procedure_of(case).answer_step, case.matter_id, case.place_id)
    return time_left(case.answer_due_at, limit.unit if limit else "calendar", timezone.now(), registry.calendar)


def left(case: Case) -> dict[str, Any]:
    """The same as data: `days` in `unit`, or that it is `paused`, or the year that it is `awaiting`."""
    if not case.is_open:
        return {}
    if case.paused_at:
        return {"paused": True}
    found = time_left_of(case)
    if found is None:
        return {"awaiting": case.awaiting_calendar}
    return {"days": found.days, "unit": found.unit}


def kept(case: Case) -> str:
    """How long the case is kept, in words: until a day once it is over, and before that for how long after it."""
    if case.erased_at is not None:
        return ""
    if case.retain_until is not None:
        return _("保存到 %(day)s，到期删除个人信息。") % {"day": day_name(case.retain_until, timezone.localdate())}
    days = snapshot.current().matters[case.matter_id].retention_days
    if days % DAYS_OF_A_YEAR:
        return ngettext("办结后保存 %(n)d 天，到期删除个人信息。", "办结后保存 %(n)d 天，到期删除个人信息。", days) % {
            "n": days
        }
    years = days // DAYS_OF_A_YEAR
    return ngettext("办结后保存 %(n)d 年，到期删除个人信息。", "办结后保存 %(n)d 年，到期删除个人信息。", years) % {
        "n": years
    }


def looks_at(acts: list[Act]) -> list[dict[str, Any]]:
    """Who looked, as unit and role, and what for: never a name. The first look first."""
    return [
        {"at": act.at, "unit": act.unit_id, "role": act.role, "purpose": str((act.private or {}).get("purpose", ""))}
        for act in acts
        if act.act == "look"
    ]
