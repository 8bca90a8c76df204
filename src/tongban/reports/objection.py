"""The table of an objection (申诉) to a decision: by the owner of the site or by whoever is shut out, without an
account; decided by the unit above. Granting it lifts the block in the same transaction (反电信网络诈骗法 Art. 32: at
once).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM

from . import effects
from .control import contacting
from .evidence import acts as evidence
from .inputs import ASKED_ADDRESS, HOW_SHOWN, ROLE, WORDS
from .listing import HOLDS

STATES = (
    State(
        "lodged",
        _("待决定"),
        _("上级单位正在审查"),
        step="report_objection",
        tone="warning",
        group="new",
        next=("grant",),
    ),
    State("granted", _("申诉成立"), _("申诉成立，处置已经解除"), "over", tone="success", group="done"),
    State("rejected", _("申诉不成立"), _("上级单位维持处置"), "over", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了申诉"), "over", group="done"),
)
LODGED, DECIDERS = frozenset({"lodged"}), HANDLERS | {"lead:supervisor"}
DAYS = (Value("days", days=True),)

OBJECTION = Procedure(
    "report_objection",
    _("处置申诉"),
    STATES,
    (
        Edge(
            "submit",
            frozenset({""}),
            "lodged",
            RESIDENT,
            _("申诉"),
            _("您提出了申诉"),
            (ROLE,),
            effect=effects.objected,
            tone="info",
        ),
        Edge(
            "add", LODGED, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True, quiet=True, shown="words"
        ),
        Edge(
            "ask_contact",
            LODGED,
            None,
            DECIDERS,
            _("请联系邮箱证明"),
            _("单位向网站的联系邮箱发了一个数字"),
            (ASKED_ADDRESS,),
            quiet=True,
        ),
        Edge(
            "show_control",
            LODGED,
            None,
            DECIDERS | SYSTEM,
            _("查证控制权"),
            _("已证明网站由申诉人控制"),
            (HOW_SHOWN,),
            quiet=True,
            page="control",
            tone="success",
        ),
        Edge(
            "pause",
            LODGED,
            None,
            DECIDERS,
            _("先暂停处置"),
            _("审查期间暂停处置"),
            quiet=True,
            tone="warning",
            brings=(Brings("about", "suspend", "always"),),
            guard=effects.can_be_paused,
        ),
        Edge(
            "grant",
            LODGED,
            "granted",
            DECIDERS,
            _("申诉成立"),
            _("申诉成立，处置立即解除"),
            (WORDS,),
            effect=common.answered,
            shown="words",
            answers=True,
            counts="granted",
            tone="success",
            brings=(Brings("about", "overturn", "possible"),),
        ),
        Edge(
            "reject",
            LODGED,
            "rejected",
            DECIDERS,
            _("维持处置"),
            _("上级单位维持处置"),
            (WORDS,),
            effect=common.answered,
            shown="words",
            answers=True,
            counts="rejected",
            danger=True,
            brings=(Brings("about", "resume", "possible"),),
        ),
        Edge("withdraw", LODGED, "withdrawn", RESIDENT, _("撤回申诉"), _("您撤回了申诉"), danger=True),
        *evidence.edges(STATES, LODGED, DECIDERS),
        standard.rating({"granted", "rejected"}),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(LODGED),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="lodged",
    answer_step="report_objection",
    follow="/follow/",
    about=(Relation("listing", HOLDS, routed="above", opener="anyone"),),
    groups=(Group("new", _("待决定")), Group("done", _("已决定"))),
    stored={"ask_contact": contacting.asked, "take_evidence": evidence.remember},
    counted=(
        Counted(
            "granted",
            (Measure("granted", _("申诉成立")), Measure("granted_days", _("审查用时"), "median", "days")),
            DAYS,
        ),
        Counted(
            "rejected",
            (Measure("rejected", _("维持处置")), Measure("rejected_days", _("审查用时"), "median", "days")),
            DAYS,
        ),
    ),
)
