"""The lines of reception for the table of a kind whose sender can be received. Not for the times: `reception.py`."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Line, Text, UnitChoice
from tongban.cases.inputs.one import Words
from tongban.cases.procedure import Context, Edge, Outcome
from tongban.cases.refusal import Refusal
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM

BOOK, UNBOOK, RECEIVE, REARRANGE, QUEUE, DEQUEUE, KEEP, PASS = ACTS = (
    "book", "unbook", "receive", "rearrange", "queue", "dequeue", "keep_slot", "pass_slot",
)  # fmt: skip
"""The acts of a reception, in the table of every kind that has them; `reception.on_reception` is the hook of all."""


def tell(context: Context) -> Outcome:
    """The sender is told of what they did not do themselves."""
    return Outcome(tell_resident=context.actor.kind != "resident")


def with_reason(context: Context) -> Refusal | None:
    """An official who cancels says why, and the sender reads it."""
    if context.actor.kind == "official" and context.payload and not context.payload.get("reason"):
        return Refusal("bad_input", _("请写明取消的原因，提交人会看到。"), "reason")
    return None


def edges(
    bookable: frozenset[str],
    every: frozenset[str],
    receivers: frozenset[str] = HANDLERS | {"coordinator:clerk"},
    **words: Words,
) -> tuple[Edge, ...]:
    """The lines: booking and waiting for a time in the states `bookable`, giving back and recording in `every`. Their
    `stored` hook is `reception.on_reception`, for all of `ACTS`. `words` are a door's own, by the name of the act, as
    the sender is told."""
    slot = Line("slot", _("接访时间"), told="%(value)s")
    unit = UnitChoice("unit", _("接访单位"), private=False, told="%(value)s")
    until = Line("until", _("保留到"), told=_("为您保留到 %(value)s，请在这以前预约。"))
    reason = Text("reason", _("取消的原因"), required=False, longest=500, told=_("原因：%(value)s"))
    return (
        Edge(
            BOOK, bookable, None, RESIDENT, _("预约接访"), words.get(BOOK, _("您预约了接访")), inputs=(slot,),
            quiet=True, button=False,
        ),
        Edge(
            UNBOOK, every, None, RESIDENT | SYSTEM | receivers, _("取消预约"), words.get(UNBOOK, _("接访预约已取消")),
            effect=tell, guard=with_reason, inputs=(slot, reason), quiet=True, button=False,
        ),
        Edge(
            REARRANGE, every, None, receivers, _("改动接访安排"),
            words.get(REARRANGE, _("接访的方式或地点有变化，请看预约的页面")), effect=tell, inputs=(slot,), quiet=True,
            button=False,
        ),
        Edge(
            RECEIVE, every, None, receivers, _("登记接访"), words.get(RECEIVE, _("接访已进行并登记")),
            inputs=(replace(slot, required=False), Text("text", _("接访记录"))), quiet=True, shown="words",
            button=False,
        ),
        Edge(
            QUEUE, bookable, None, RESIDENT, _("排队等接访时段"), words.get(QUEUE, _("您在排队等接访时段")),
            inputs=(unit,), quiet=True, button=False,
        ),
        Edge(
            DEQUEUE, every, None, RESIDENT, _("不再排队等接访时段"),
            words.get(DEQUEUE, _("您不再排队等接访时段")), inputs=(unit,), quiet=True, button=False,
        ),
        Edge(
            PASS, every, None, SYSTEM, _("保留的接访时段让给下一位"),
            words.get(PASS, _("为您保留的接访时段没有预约，已经让给下一位；想继续等，请重新排队")), effect=tell,
            inputs=(unit,), quiet=True, button=False,
        ),
        Edge(
            KEEP, bookable, None, SYSTEM, _("保留空出的接访时段"), words.get(KEEP, _("有接访时段空出来，先为您保留")),
            effect=tell, inputs=(slot, until), quiet=True, button=False,
        ),
    )  # fmt: skip
