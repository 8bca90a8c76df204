"""The table of an adoption: who decides on what, the opinions of two units in between, a year in force."""

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects, standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings
from tongban.cases.standings import HANDLERS, HEADS, RESIDENT, SYSTEM
from tongban.published import effects as publishing
from tongban.published import guards, storing

from . import inputs, rules

WORDS = (standard.WORDS,)
STATES = (
    State("applied", _("待受理"), _("申请已收到，等待受理"), step="bench", tone="warning", group="new",
        next=("take_up",)),
    State("examined", _("审查中"), _("正在审查"), step="bench", tone="info", group="working", next=("ask",)),
    State("asked", _("征求意见中"), _("正在征求有关单位的意见"), step="bench", tone="info", group="working"),
    State("ready", _("待决定"), _("意见已经收齐，等待决定"), step="bench", tone="warning", group="working",
        next=("permit",)),
    State("permitted", _("认养中"), _("已准予认养"), "in_force", tone="success", group="done", next=("publish",)),
    State("refused", _("已不予认养"), _("不予认养，理由见下"), "over", tone="danger", group="done"),
    State("expired", _("认养期满"), _("认养期已满"), "over", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了申请"), "over", group="done"),
)  # fmt: skip
OPEN, PERMITTED = frozenset({"applied", "examined", "asked", "ready"}), frozenset({"permitted"})
OVER = frozenset({"refused", "expired", "withdrawn"})
DECIDED = {"shown": "words", "answers": True, "inputs": (inputs.START, *WORDS), "effect": rules.permit,
    "tone": "success",
           "counts": "permitted", "noted": rules.until_line}  # fmt: skip

BENCH = Procedure(
    "bench", _("座椅认养"), STATES,
    (
        Edge("submit", frozenset({""}), "applied", RESIDENT | SYSTEM, _("申请认养"), _("您申请认养座椅"),
            effect=effects.submit,
             inputs=(inputs.BENCH, inputs.PLATE, inputs.SINCE, inputs.IMPORTED), tone="info"),
        Edge("take_up", frozenset({"applied"}), "examined", HANDLERS, _("受理"), _("单位受理了申请"),
            effect=effects.accept,
             bulk=True, tone="info"),
        Edge("ask", frozenset({"examined"}), "asked", HANDLERS, _("征求意见"), _("单位向有关单位征求意见"),
             inputs=(inputs.UNITS, inputs.QUESTION), effect=rules.ask, guard=rules.two_others),
        Edge("gather", frozenset({"asked"}), "ready", SYSTEM, _("意见收齐"), _("有关单位的意见已经收齐"),
            effect=rules.gather,
             guard=rules.all_in, button=False),
        Edge("proceed", frozenset({"asked"}), "ready", HEADS, _("不再等待意见"), _("有单位逾期没有提出意见，不再等待"),
             effect=rules.gather, guard=rules.one_is_late, brings=(Brings("parts", "drop", "possible"),)),
        Edge("permit", frozenset({"ready"}), "permitted", HEADS, _("准予认养"), _("单位准予认养"),
            prefill=rules.as_wished, **DECIDED),
        Edge("permit", frozenset({"applied"}), "permitted", SYSTEM, _("准予认养"), _("单位准予认养"), button=False,
            **DECIDED),
        Edge("refuse", frozenset({"ready"}), "refused", HEADS, _("不予认养"), _("单位不予认养"), WORDS,
            effects.answered,
             shown="words", answers=True, counts="refused", tone="danger", danger=True),
        Edge("withdraw", OPEN, "withdrawn", RESIDENT, _("撤回申请"), _("您撤回了申请"), danger=True,
             brings=(Brings("parts", "drop", "possible"),)),
        Edge("expire", PERMITTED, "expired", SYSTEM, _("认养期满"), _("认养期满"), effect=rules.expire,
            guard=rules.not_being_renewed,
             counts="expired", button=False),
        Edge("prolong", frozenset({"permitted", "expired"}), "permitted", SYSTEM, _("续期一年"), _("认养续期一年"),
            effect=rules.prolong,
             counts="prolonged", tone="success", noted=rules.until_line, button=False),
        Edge("reopen", frozenset({"refused"}), "ready", SYSTEM, _("重新决定"), _("上级单位要求重新决定"),
            effect=rules.reopened,
             button=False),
        Edge("publish", PERMITTED, None, HANDLERS, _("公开铭牌文字"), _("铭牌文字已经公开"), inputs.PUBLIC,
            publishing.publish,
             guards.publishable, page="publish", counts="published"),
        Edge("unpublish", PERMITTED, None, HANDLERS, _("撤下公开"), _("铭牌文字不再公开"), (standard.REASON,),
             publishing.unpublish, guards.is_published, danger=True),
        standard.rating(PERMITTED | OVER - {"withdrawn"}), standard.noting(STATES), standard.urging(STATES),
        standard.assigning(OPEN), standard.dispatching({"applied"}), *standard.house(STATES), *standard.erasing(STATES),
    ),
    initial="applied", answer_step="bench", follow="/follow/", expires="expire",
    groups=(Group("new", _("待受理")), Group("working", _("办理中")), Group("done", _("已决定"))),
    stored={"publish": storing.on_publish, "unpublish": storing.on_unpublish, "expire": storing.on_unpublish,
            "erase": storing.on_unpublish},
    counted=(
        Counted("permitted",
            (Measure("permitted", _("准予件数")), Measure("permit_days", _("决定用时"), "median", "days")),
                (Value("days", days=True),)),
        Counted("refused",
            (Measure("refused", _("不予件数")), Measure("refusal_days", _("不予用时"), "median", "days")),
                (Value("days", days=True),)),
    ),
)  # fmt: skip
