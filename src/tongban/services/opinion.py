"""The table of an opinion (意见): one unit's part in a decision that another unit makes; asked of several at the same
time, each with its own limit (优化营商环境条例 Art. 41; 行政许可法 Art. 26)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, SYSTEM

from . import effects
from .inputs import VERDICT, WORDS

STATES = (
    State("asked", _("待提意见"), _("等待提出意见"), step="opinion", tone="warning", group="new", next=("give",)),
    State("given", _("已提意见"), _("已经提出意见"), "over", tone="success", group="done"),
    State("not_needed", _("不再需要"), _("不再需要意见"), "over", group="done"),
)
ASKED = frozenset({"asked"})

OPINION = Procedure(
    "opinion", _("部门意见"), STATES,
    (
        Edge("submit", frozenset({""}), "asked", SYSTEM, _("征求意见"), _("征求了意见"), effect=effects.opened),
        Edge("give", ASKED, "given", HANDLERS, _("提出意见"), _("单位提出了意见"), (VERDICT, WORDS),
             effect=effects.given, files=True, shown="words", answers=True, counts="given", tone="success",
             brings=(Brings("part_of", "opinion_in", "possible"),)),
        Edge("drop", ASKED, "not_needed", SYSTEM, _("不再需要"), _("申请已经结束，不再需要意见"), button=False),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(ASKED),
        *standard.house(STATES),
        *standard.erasing(STATES, asked=False),
    ),
    initial="asked", answer_step="opinion", limit_label=_("办理时限"),
    part_of=(Relation("application", routed="named", opener="kernel"),),
    groups=(Group("new", _("待提意见")), Group("done", _("已提意见"))),
    counted=(
        Counted("given", (Measure("given", _("部门意见")), Measure("given_days", _("用时"), "median", "days")),
                (Value("days", days=True),)),
    ),
)  # fmt: skip
