"""The table of a renewal (延续): asked thirty days before the end; no decision before the last day is a yes
(行政许可法 Art. 50)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM

from . import effects, rules
from .inputs import REASON, WORDS

STATES = (
    State("lodged", _("待决定"), _("正在决定是否延续；到期前没有决定，视为准予延续"), step="renewal", tone="warning",
          group="new", next=("grant",)),
    State("granted", _("准予延续"), _("已经准予延续"), "over", tone="success", group="done"),
    State("refused", _("不予延续"), _("没有准予延续，理由写在下面"), "over", tone="danger", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了申请"), "over", group="done"),
)  # fmt: skip
LODGED = frozenset({"lodged"})

RENEWAL = Procedure(
    "renewal", _("延续"), STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, _("申请延续"), _("您申请了延续"), effect=effects.opened,
             guard=rules.can_be_renewed, tone="info"),
        Edge("add", LODGED, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True,
             quiet=True, shown="words"),
        Edge("grant", LODGED, "granted", HANDLERS, _("准予延续"), _("单位准予延续"), (WORDS,), effect=common.answered,
             shown="words", answers=True, counts="granted", tone="success", brings=(Brings("about", "prolong"),)),
        Edge("deem_granted", LODGED, "granted", SYSTEM, _("逾期视为准予延续"),
             _("有效期届满前没有作出决定，依法视为准予延续"), effect=common.answered, guard=rules.over_its_day,
             button=False, counts="deemed", tone="success", brings=(Brings("about", "prolong"),)),
        Edge("refuse", LODGED, "refused", HANDLERS, _("不予延续"), _("单位不予延续"), (REASON,), effect=common.answered,
             shown="words", answers=True, files=True, danger=True, counts="refused", tone="danger"),
        Edge("withdraw", LODGED, "withdrawn", RESIDENT, _("撤回申请"), _("您撤回了申请"), danger=True),
        standard.rating({"granted", "refused"}),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(LODGED),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="lodged", answer_step="renewal", limit_label=_("办理时限"), follow="/follow/",
    about=(Relation("application", frozenset({"in_force"}), routed="same", opener="sender"),),
    groups=(Group("new", _("待决定")), Group("done", _("已决定"))),
    counted=(
        Counted("granted", (Measure("granted", _("准予延续")),)),
        Counted("deemed", (Measure("deemed", _("逾期视为准予")),)),
        Counted("refused", (Measure("refused", _("不予延续")),)),
    ),
)  # fmt: skip
