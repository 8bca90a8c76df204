"""The table of an appeal (复议申请) against a decision on an application: decided by the unit above, never by
the one that decided (行政许可法 Art. 7; 行政复议法 Arts 20, 24). Setting the decision aside
sends it back to be decided anew."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, RESIDENT

from . import effects
from .inputs import REASON, WORDS
from .procedure import DECIDED

STATES = (
    State("lodged", _("待决定"), _("上级单位正在审查"), step="service_appeal", tone="warning", group="new",
          next=("set_aside",)),
    State("set_aside", _("已撤销原决定"), _("上级单位撤销了原决定，原单位重新审查"), "over", tone="success",
          group="done"),
    State("upheld", _("维持原决定"), _("上级单位维持原决定"), "over", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了申请"), "over", group="done"),
)  # fmt: skip
LODGED, DECIDERS = frozenset({"lodged"}), HANDLERS | {"lead:supervisor"}
DAYS = (Value("days", days=True),)

APPEAL = Procedure(
    "service_appeal", _("复查申请"), STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, _("申请复查"), _("您请上级单位复查"),
             effect=effects.opened, tone="info"),
        Edge("add", LODGED, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True,
             quiet=True, shown="words"),
        Edge("set_aside", LODGED, "set_aside", DECIDERS, _("撤销原决定"), _("上级单位撤销原决定，由原单位重新审查"),
             (REASON,), effect=common.answered, shown="words", answers=True, files=True, counts="set_aside",
             tone="success", brings=(Brings("about", "begin_anew"),)),
        Edge("uphold", LODGED, "upheld", DECIDERS, _("维持原决定"), _("上级单位维持原决定"), (REASON,),
             effect=common.answered, shown="words", answers=True, files=True, counts="upheld", danger=True),
        Edge("withdraw", LODGED, "withdrawn", RESIDENT, _("撤回申请"), _("您撤回了申请"), danger=True),
        standard.rating({"set_aside", "upheld"}),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(LODGED),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="lodged", answer_step="service_appeal", limit_label=_("办理时限"), follow="/follow/",
    about=(Relation("application", DECIDED, routed="above", opener="sender"),),
    groups=(Group("new", _("待决定")), Group("done", _("已决定"))),
    counted=(
        Counted("set_aside", (Measure("set_aside", _("撤销原决定")),
                              Measure("set_aside_days", _("复查用时"), "median", "days")), DAYS),
        Counted("upheld", (Measure("upheld", _("维持原决定")),
                           Measure("upheld_days", _("复查用时"), "median", "days")), DAYS),
    ),
)  # fmt: skip
