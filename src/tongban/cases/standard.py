"""Lines that the tables of most kinds have: what the house itself does, erasing, naming whom a case is about, notes.

A door takes the lines it wants and writes its own beside them; words and standings can be its own. What the law asks is
in the guards and effects that these lines name, and holds for every kind that takes them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from . import effects, erasure, guards, renewing
from .inputs import AgainstUnit, Colleague, Grade, Line, Text, UnitChoice
from .procedure import Edge, State
from .standings import ANY_OFFICIAL, CLERKS, COORDINATORS, HANDLERS, RESIDENT, SUPERIORS, SYSTEM

WORDS = Text("text", _("内容"))
SUGGESTED = UnitChoice(
    "suggested", _("应由哪个单位办理"), required=False, hint=_("知道的话请指明，分办时会先提供这个单位。")
)
"""The unit that whoever gives a case back thinks is responsible."""
REASON = Text("text", _("理由"), longest=2000)
AGAINST = AgainstUnit(
    "against",
    _("被反映的单位"),
    hint=_("这个单位和它的下级从此不能办理、也看不到这个件；由上级单位办理。"),
    told="%(value)s",
)
REASON_KEPT = Line(
    "reason", _("删除的理由"), longest=200, hint=_("删除以后理由仍会保留，请不要写姓名、号码等个人信息。")
)
DONE_ON_PROPOSAL = frozenset({"lead:head", "above:head", "coordinator:head"})


def _names(states: Collection[State], *phases: str) -> frozenset[str]:
    return frozenset(state.name for state in states if not phases or state.phase in phases)


def house(states: Collection[State], lookers: frozenset[str] = ANY_OFFICIAL) -> tuple[Edge, ...]:
    """What the house itself performs on every kind of case, but for erasing: a look, a rung of the ladder of lateness,
    a deadline counted anew when a calendar year was loaded, and a new secret for a sender who lost theirs."""
    every, working = _names(states), _names(states, "work")
    return (
        Edge("look", every, None, lookers, _("查看"), _("工作人员查看了"),
             inputs=(Line("purpose", _("查看目的"), longest=40),), guard=guards.known_purpose, quiet=True,
             button=False),
        Edge("escalate", working, None, SYSTEM, _("时限提醒"), _("时限提醒"), effect=effects.raise_rung,
             inputs=(Rung("rung", _("时限状态"), private=False),), quiet=True, button=False, counts=effects.lateness),
        Edge("reckon", working, None, SYSTEM, _("重新计算时限"), _("时限已按新载入的日历计算"),
             effect=effects.reckon, quiet=True, button=False),
        Edge("recover", every, None, RESIDENT, _("重新领取密码"), _("您用验证码重新领取了密码，原来的密码已作废"),
             effect=renewing.renew, inputs=renewing.INPUTS, quiet=True, button=False,
             tone="warning"),
    )  # fmt: skip


class Rung(Line):
    """A rung of the ladder of lateness, said in words."""

    def show(self, value: object) -> str:
        from .models import Case

        return str(dict(Case.RUNGS).get(str(value), value))


def erasing(
    states: Collection[State], proposers: frozenset[str] = HANDLERS | COORDINATORS, *, asked: bool = True
) -> tuple[Edge, ...]:
    """Erasing personal data once a case is over: the sender asks (where it has one: `asked`), one official proposes
    with a reason, another confirms, or the worker erases when the time of keeping is over (`erasure.py`)."""
    over = _names(states, "over")
    lines = (
        Edge("propose_erasure", over, None, proposers, _("提出删除个人信息"),
             _("单位提出删除个人信息，等待另一位工作人员确认"), effect=erasure.propose, inputs=(REASON_KEPT,),
             asked_by="ask_erasure" if asked else "",
             guard=guards.all_of(erasure.without_ground, erasure.reason_without_names), quiet=True, tone="warning"),
        Edge("erase", over, None, SYSTEM | DONE_ON_PROPOSAL, _("确认删除个人信息"), _("个人信息已删除"),
             effect=erasure.erase, quiet=True, danger=True, noted=erasure.tombstone, asked_by="propose_erasure"),
    )  # fmt: skip
    asking = Edge(
        "ask_erasure", over, None, RESIDENT, _("申请删除个人信息"), _("您申请删除个人信息"), effect=erasure.ask,
        inputs=(Text("text", _("说明"), required=False, longest=2000),), quiet=True, shown="words", danger=True,
        tone="warning",
    )  # fmt: skip
    return (asking, *lines) if asked else lines


def noting(states: Collection[State], writers: frozenset[str] = ANY_OFFICIAL) -> Edge:
    """A note for colleagues."""
    return Edge(
        "note", _names(states), None, writers, _("内部记录"), _("工作人员作了内部记录"), inputs=(WORDS,), quiet=True,
        files=True, internal=True,
    )  # fmt: skip


def urging(states: Collection[State], who: frozenset[str] = SUPERIORS) -> Edge:
    """A superior urges the unit on."""
    return Edge(
        "urge", _names(states, "work"), None, who, _("督办"), _("上级督办"), quiet=True, files=True, internal=True,
        bulk=True, tone="warning", inputs=(Text("text", _("督办意见"), longest=2000),),
    )  # fmt: skip


def dispatching(states: Collection[str], who: frozenset[str] = CLERKS) -> Edge:
    """Giving a case to the unit that is responsible, which the list did not name; it stays in its state."""
    return Edge(
        "dispatch", frozenset(states), None, who, _("分办"), _("已转交责任单位"), effect=effects.dispatch, bulk=True,
        guard=guards.unit_of_the_place, inputs=(UnitChoice("unit", _("主办单位"), private=False),),
    )  # fmt: skip


def assigning(states: Collection[str], who: frozenset[str] = HANDLERS) -> Edge:
    """Naming the handler among the colleagues of the unit."""
    return Edge(
        "assign", frozenset(states), None, who, _("指定承办人"), _("确定了承办人"), effect=effects.assign, bulk=True,
        inputs=(Colleague("official", _("承办人")),),
    )  # fmt: skip


def rating(states: Collection[str]) -> Edge:
    """好差评, once a case (国办发〔2019〕51号)."""
    return Edge(
        "rate", frozenset(states), None, RESIDENT, _("评价"), _("您作了评价"), effect=effects.rated,
        guard=guards.not_rated, shown="words", unfolded=True, tone="info", counts="rated",
        inputs=(Grade("grade", _("评价等级"), private=False),
                Text("text", _("理由"), required=False, longest=2000)),
    )  # fmt: skip


def calling_back(states: Collection[str], who: frozenset[str] = HANDLERS | SUPERIORS) -> Edge:
    """The call back after a poor rating (国办发〔2019〕51号)."""
    return Edge(
        "call_back", frozenset(states), None, who, _("差评回访"), _("单位对您的评价作了回访"), quiet=True,
        shown="words",
        files=True, guard=guards.rated_poorly, asked_by="rate",
        inputs=(Text("text", _("回访情况和整改措施"), longest=5000),),
    )  # fmt: skip


def marking(states: Collection[State], who: frozenset[str], superiors: frozenset[str] = SUPERIORS) -> tuple[Edge, ...]:
    """Naming the unit that a case is about, at any time, and taking the mark away
    (信访工作条例 Art. 30; `barring.py`)."""
    every = _names(states)
    return (
        Edge("mark_against", every, None, who, _("标明被反映单位"),
             _("已标明被反映的单位，今后由上级单位办理；公开的页面和在原单位预约的接访随之撤销"),
             effect=effects.mark_against, guard=guards.markable, danger=True, shown="words", tone="warning", files=True,
             inputs=(AGAINST, Text("text", _("说明"), required=False, longest=2000))),
        Edge("unmark_against", every, None, superiors, _("撤销标明"), _("上级单位认为不是反映该单位的行为，撤销了标明"),
             effect=effects.unmark_against, guard=guards.marked, shown="words", tone="warning", files=True,
             inputs=(REASON,)),
    )  # fmt: skip


def worded(edge: Edge, **words: object) -> Edge:
    """A standard line in a door's own words: `worded(noting(STATES), told=_("…"))`."""
    return replace(edge, **words)  # type: ignore[arg-type]
