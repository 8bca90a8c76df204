"""Where a case stands, for its sender: what it is now, what comes next and who owes it, until when.

One banner at the head of the following page. The state's words are the table's, what comes next the door's
(`SenderWords.now`); for a kind that says nothing it is said from the phase alone. Not for what happened: `story.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import deadlines
from tongban.cases.models import Case
from tongban.cases.procedure import Edge, Tone, procedure_of
from tongban.cases.waiting import day_name
from tongban.gate.door import loaded
from tongban.registry import snapshot
from tongban.registry.names import unit_name
from tongban.registry.snapshot import Snapshot
from tongban.workdays import shanghai_day

from . import story
from .parts import SenderWords


@dataclass(frozen=True, slots=True)
class Banner:
    """`state` and `tone` are what it is now, `next` what comes next and who owes it, `until` when, as far as there is a
    time for it, `due` that day for programs (ISO 8601). `late` says that the time is over."""

    state: str
    tone: Tone
    next: str = ""
    until: str = ""
    late: bool = False
    due: str = ""


def banner(case: Case, can: Sequence[Edge], words: SenderWords) -> Banner:
    """The banner of a case whose sender can take the acts `can`."""
    registry, now = snapshot.current(), timezone.now()
    state = procedure_of(case).state(case.state)
    if case.erased_at is not None:
        return Banner(str(state.plain), "neutral", str(words.erased))
    said = loaded(words.now)(case, can) if words.now else ("", "")
    then = said[1] or _generic(case, can)
    until, late = _until(case, can, registry, now)
    tone: Tone = "warning" if state.paused and state.waits_for == "sender" else state.tone
    left = story.time_left_of(case) if case.phase == "work" and case.paused_at is None else None
    end = case.answer_due_at if case.answered_at is None else case.due_at
    due = shanghai_day(end).isoformat() if left is not None and end is not None else ""
    return Banner(said[0] or str(state.plain), tone, then % {"unit": unit_name(case.unit_id)}, until, late, due)


def _generic(case: Case, can: Sequence[Edge]) -> str:
    """What comes next in a kind that does not say it."""
    due = next((edge for edge in can if edge.button and edge.unfolded), None)
    if due is not None:
        return _("轮到您了：%(act)s。") % {"act": due.label}
    if case.phase == "work":
        return _("%(unit)s正在办理，有进展会写在这里。")
    return ""


def _until(case: Case, can: Sequence[Edge], registry: Snapshot, now: datetime) -> tuple[str, bool]:
    """Until when what comes next is owed; and whether that time is over."""
    if case.phase == "in_force":
        until = case.in_force_until
        if until is None:
            return _("长期有效"), False
        return _("有效期到 %(day)s") % {"day": day_name(until, shanghai_day(now))}, False
    if case.phase == "over":
        return _to_ask(case, can, registry, now), False
    if case.paused_at is not None:
        if procedure_of(case).state(case.state).waits_for == "unit":
            return _("这段时间不计入时限。"), False
        return _("等您补充期间，时限暂停计算。"), False
    left = story.time_left_of(case)
    if left is not None:
        return left.text, left.tone == "danger"
    if case.awaiting_calendar is not None:
        return _("时限等 %(year)d 年的工作日历公布后计算。") % {"year": case.awaiting_calendar}, False
    return "", False


def _to_ask(case: Case, can: Sequence[Edge], registry: Snapshot, now: datetime) -> str:
    """Until when the sender can still ask for something, in the words of the act."""
    for edge in can:
        if edge.within is None:
            continue
        last = deadlines.end_of_asking(edge.within, case, registry).at
        if last is not None:
            day = day_name(shanghai_day(last), shanghai_day(now))
            return _("%(act)s：%(day)s前可以提出") % {"act": edge.label, "day": day}
    return ""
