"""The table of an interested party (利害关系人意见): told, heard, told of the decision; part of an application and a
case of its own, with its own secret, so that neither sees the other's (行政许可法 Arts 36, 46–48)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import renewing, standard
from tongban.cases.inputs.one import Words
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM

from .. import appointments
from ..appointments import ask_until
from ..inputs import AT, COMES, MINUTES, WAY, WHERE
from . import acts, guards, telling
from .inputs import DELIVERED, HOW, RESULT, SAID, WHY_BACK, WHY_HEARING

STATES = (
    State("to_tell", _("待告知"), _("单位正在告知您"), tone="warning", group="new",
          next=("tell", "make_sheet")),
    State("told", _("已告知，等答复"), _("已经告知您，等您的意见"), tone="info", group="waiting"),
    State("hearing", _("已要求听证"), _("您要求了听证"), step="hearing_hold", tone="warning", group="waiting"),
    State("spoke", _("已陈述"), _("您的意见已经收到，决定以前还可以补充"), tone="success", group="waiting"),
    State("heard", _("已听证"), _("听证已经举行，等待单位作出决定"), tone="success", group="waiting"),
    State("silent", _("没有陈述"), _("没有收到您的意见，决定以前还可以提"), group="waiting"),
    State("decided", _("已告知决定"), _("单位已经作出决定"), "over", tone="success", group="done"),
    State("not_needed", _("不再需要"), _("这件事不再需要您的意见"), "over", group="done"),
)  # fmt: skip
TO_TELL, TOLD, HEARING = frozenset({"to_tell"}), frozenset({"told"}), frozenset({"hearing"})
OPEN = frozenset({"to_tell", "told", "hearing", "spoke", "heard", "silent"})
SETTLED = frozenset({"spoke", "heard", "silent"})
SPOKEN = (Brings("part_of", "party_spoke", "possible"),)


def decision(act: str, label: Words, told: Words) -> Edge:
    """The line by which a party is told of a decision: the kernel performs it in the transaction of the decision."""
    return Edge(act, OPEN, "decided", SYSTEM, label, told, effect=acts.decision_told, shown="words", answers=True,
                button=False, counts="answered", tone="info")  # fmt: skip


INTERESTED = Procedure(
    guards.KIND, _("利害关系人意见"), STATES,
    (
        Edge("submit", frozenset({""}), "to_tell", SYSTEM, _("告知利害关系人"),
             _("单位告知：下面这件申请同您有重大利益关系，您可以陈述、申辩，可以要求听证"), effect=acts.opened,
             noted=ask_until, tone="info"),
        Edge("make_sheet", TO_TELL | TOLD, None, HANDLERS, _("制作告知书"),
             _("单位制作了写有查询码和密码的告知书，以前的密码已作废"), renewing.INPUTS,
             effect=acts.sheet_made, guard=guards.nothing_said, page="sheet", quiet=True),
        Edge("tell", TO_TELL, "told", HANDLERS, _("登记送达"), _("单位把告知书送到了"), (DELIVERED, HOW),
             effect=acts.delivered, guard=guards.delivered_rightly, noted=ask_until, tone="info"),
        Edge("undelivered", TOLD, "to_tell", SYSTEM, _("通知没有送到"), _("通知没有送到，单位另外告知"),
             effect=acts.undelivered, guard=guards.nothing_said, button=False, tone="warning"),
        Edge("take_back", TO_TELL, "not_needed", HANDLERS, _("撤销告知"), _("单位认为不用征求您的意见"), (WHY_BACK,),
             shown="words", danger=True),
        Edge("speak", OPEN, None, RESIDENT, _("陈述、申辩"), _("您作了陈述、申辩"), (SAID,), effect=acts.spoke,
             by_effect=frozenset({"spoke", "told"}), noted=ask_until, files=True, shown="words", tone="info",
             brings=SPOKEN),
        Edge("ask_hearing", TO_TELL | TOLD, "hearing", RESIDENT, _("要求听证"), _("您要求听证"), (WHY_HEARING,),
             effect=acts.hearing_asked, guard=guards.may_ask, files=True, shown="words", tone="warning",
             brings=(Brings("part_of", "party_asked", "possible"),)),
        Edge("waive_hearing", TO_TELL | TOLD | HEARING, "silent", RESIDENT, _("不要求听证"), _("您不要求听证"),
             effect=acts.hearing_waived, by_effect=SETTLED, confirm=_("不要求听证的，单位不用再等就可以作出决定。"),
             tone="info"),
        Edge("close_asking", TOLD, "silent", SYSTEM, _("期限已过"), _("要求听证的期限已过，没有要求听证"),
             effect=acts.closed, guard=guards.time_is_over, by_effect=SETTLED, button=False),
        Edge("told_hearing", OPEN, None, SYSTEM, _("通知听证"), _("单位通知了听证的时间和地点"),
             (AT, MINUTES, WAY, WHERE, COMES), effect=acts.told_hearing, guard=guards.about_a_hearing, button=False,
             tone="warning"),
        Edge("remind_appointment", appointments.HEARS, None, SYSTEM, _("提醒听证的时间"),
             _("提醒：听证的时间快到了，时间和地点写在进展页面上"), effect=appointments.reminded,
             guard=appointments.reminder_due, quiet=True, button=False),
        Edge("hearing_noted", OPEN, None, SYSTEM, _("听证的结果"), _("单位登记了听证的结果"), (RESULT,),
             effect=acts.hearing_noted, guard=guards.was_waited_for, by_effect=frozenset({"heard"}), button=False,
             tone="info"),
        decision("tell_granted", _("告知准予的决定"), _("单位对这件申请作出了准予的决定")),
        decision("tell_part", _("告知部分准予的决定"), _("单位对这件申请作出了部分准予的决定")),
        decision("tell_refused", _("告知不予批准的决定"), _("单位对这件申请作出了不予批准的决定")),
        Edge("drop", OPEN, "not_needed", SYSTEM, _("不再需要"), _("这件申请没有决定就结束了，不再需要您的意见"),
             effect=acts.dropped, button=False),
        Edge("begin_anew", frozenset({"decided"}), "silent", SYSTEM, _("重新审查"),
             _("上级单位撤销了决定，原单位重新审查；您说过的话仍然有效"), effect=acts.begun_anew, by_effect=SETTLED,
             button=False, tone="warning"),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(OPEN),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="to_tell", begins=TOLD, answer_step="interested", limit_label=_("听证期限"), follow="/follow/",
    limits=("hearing_ask", "hearing_hold"),
    part_of=(Relation("application", frozenset({"accepted", "set_aside"}), routed="same", opener="kernel"),),
    groups=(Group("new", _("待告知")), Group("waiting", _("等待中")), Group("done", _("已结束"))),
    stored={"submit": telling.tell_how, "remind_appointment": appointments.tell_when},
)  # fmt: skip
