"""The table of a decision (处置决定): proposed where a second person has to decide, in force until its day, lifted or
ended before; always part of the report on which it was made. Every act but a look leads to the public register.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, HEADS, SUPERIORS, SYSTEM

from . import effects, register, rules, telling
from .evidence import acts as evidence
from .inputs import CONTACT_ADDRESS, MASKED, NOTIFIED, REASON, STATEMENT, UNTIL

STATES = (
    State(
        "proposed",
        _("待第二人决定"),
        _("等待第二位工作人员决定"),
        step="report_second",
        tone="warning",
        group="new",
        next=("confirm",),
    ),
    State("in_force", _("有效"), _("处置有效"), "in_force", tone="danger", group="holds", next=("notify",)),
    State("suspended", _("暂停执行"), _("申诉期间暂停执行"), "in_force", tone="warning", group="holds"),
    State("turned_down", _("未同意"), _("第二位工作人员未同意"), "over", group="over"),
    State("expired", _("到期解除"), _("已到期，自动解除"), "over", group="over"),
    State("lifted", _("已解除"), _("已解除"), "over", tone="success", group="over"),
)
PROPOSED, HOLDS = frozenset({"proposed"}), frozenset({"in_force", "suspended"})

LISTING = Procedure(
    "listing",
    _("处置决定"),
    STATES,
    (
        Edge(
            "submit",
            frozenset({""}),
            "in_force",
            SYSTEM,
            _("作出决定"),
            _("作出了处置决定"),
            effect=effects.listed,
            by_effect=frozenset({"proposed"}),
            tone="danger",
        ),
        Edge(
            "confirm",
            PROPOSED,
            "in_force",
            HEADS,
            _("同意处置"),
            _("第二位工作人员同意处置"),
            effect=effects.confirmed,
            guard=rules.another_person,
            counts=effects.LISTED,
            tone="danger",
            confirm=_("同意以后，这个名字就会进入发布的名单。"),
            brings=(Brings("part_of", "carried_out"),),
        ),
        Edge(
            "turn_down",
            PROPOSED,
            "turned_down",
            HEADS,
            _("不同意处置"),
            _("第二位工作人员不同意处置"),
            (REASON,),
            effect=effects.ended,
            guard=rules.another_person,
            danger=True,
            brings=(Brings("part_of", "given_back"),),
        ),
        Edge(
            "renew",
            frozenset({"in_force"}),
            "in_force",
            HEADS,
            _("另作决定，继续处置"),
            _("单位另作决定，继续处置"),
            (UNTIL, STATEMENT, MASKED),
            effect=effects.renewed,
            guard=rules.can_be_renewed,
            counts="renewed",
            tone="danger",
        ),
        Edge(
            "suspend",
            frozenset({"in_force"}),
            "suspended",
            SYSTEM | SUPERIORS,
            _("暂停执行"),
            _("暂停执行"),
            effect=effects.suspended,
            counts="suspended",
            tone="warning",
        ),
        Edge(
            "resume",
            frozenset({"suspended"}),
            "in_force",
            SYSTEM | SUPERIORS,
            _("恢复执行"),
            _("恢复执行"),
            effect=effects.resumed,
            guard=rules.not_objected,
            tone="danger",
        ),
        Edge(
            "lift",
            HOLDS,
            "lifted",
            HANDLERS | SUPERIORS,
            _("解除"),
            _("单位解除了处置"),
            (REASON,),
            effect=effects.lifted,
            counts="lifted",
            tone="success",
        ),
        Edge(
            "overturn",
            HOLDS,
            "lifted",
            SYSTEM,
            _("申诉成立，解除"),
            _("申诉成立，处置已解除"),
            effect=effects.overturned,
            counts="overturned",
            button=False,
            tone="success",
        ),
        Edge(
            "expire",
            HOLDS,
            "expired",
            SYSTEM,
            _("到期解除"),
            _("到期自动解除"),
            effect=effects.expired,
            counts="expired",
            button=False,
        ),
        Edge(
            "notify",
            HOLDS,
            None,
            HANDLERS,
            _("告知当事人"),
            _("告知了当事人"),
            (NOTIFIED, CONTACT_ADDRESS, REASON),
            quiet=True,
            files=True,
        ),
        *evidence.edges(STATES, PROPOSED | HOLDS, HANDLERS | HEADS),
        standard.noting(STATES),
        standard.urging(STATES),
        *standard.house(STATES),
        *standard.erasing(STATES, asked=False),
    ),
    initial="proposed",
    begins=frozenset({"proposed", "in_force"}),
    answer_step="report_second",
    expires="expire",
    part_of=(Relation("report", routed="named", opener="kernel"),),
    groups=(Group("new", _("待第二人决定")), Group("holds", _("有效")), Group("over", _("已结束"))),
    counted=(
        Counted("listed", (Measure("listed", _("第二人同意的处置")),)),
        Counted("renewed", (Measure("renewed", _("继续处置")),)),
        Counted("suspended", (Measure("suspended", _("暂停执行")),)),
        Counted(
            "lifted",
            (Measure("lifted", _("主动解除")), Measure("lifted_days", _("解除前持续"), "median", "held")),
            (Value("held", days=True),),
        ),
        Counted(
            "overturned",
            (Measure("overturned", _("申诉后解除")), Measure("wrong_days", _("错误处置持续"), "median", "held")),
            (Value("held", days=True),),
        ),
        Counted("expired", (Measure("expired", _("到期解除")),)),
    ),
    stored={
        "submit": register.write,
        "confirm": register.write,
        "renew": register.write,
        "suspend": register.write,
        "resume": register.write,
        "lift": register.write,
        "overturn": register.write,
        "expire": register.write,
        "notify": telling.told,
        "take_evidence": evidence.remember,
    },
)
