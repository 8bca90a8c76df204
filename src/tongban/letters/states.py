"""The states of a letter."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import State

STATES = (
    State("submitted", _("待分办"), _("已收到，正在确定办理单位"), step="register",
          tone="warning", group="submitted", next=("dispatch",)),
    State("dispatched", _("待受理"), _("已转给承办单位，等待受理"), step="accept",
          tone="info", group="dispatched", next=("accept",)),
    State("returned", _("退回待分办"), _("单位认为不归它管，正在重新确定办理单位"), step="register",
          tone="warning", group="submitted", next=("dispatch",)),
    State("disputed", _("责任争议"), _("由共同的上级单位确定由谁办理"), step="object",
          tone="warning", group="disputed", next=("decide_dispute",)),
    State("accepted", _("办理中"), _("承办单位正在办理"), step="answer",
          tone="info", group="accepted", next=("answer", "draft_answer")),
    State("waiting", _("待补充"), _("等待您补充情况"), paused=True, group="accepted"),
    State("drafted", _("待复核"), _("答复已经拟好，正在复核"), step="answer",
          tone="info", group="drafted", next=("approve_answer",)),
    State("answered", _("已答复"), _("单位已经答复"), phase="over", tone="success", group="done"),
    State("closed", _("已办结"), _("已办结"), phase="over", tone="success", group="done"),
    State("refused", _("不予受理"), _("不予受理，理由见告知"), phase="over"),
    State("withdrawn", _("已撤回"), _("您已撤回这封来信"), phase="over"),
    State("merged", _("已并案"), _("与反映同一问题的来信合并办理，答复后会告知您"), group="merged"),
    State("under_review", _("复查中"), _("上级单位正在复查"), step="review_answer",
          tone="warning", group="review", next=("answer_review",)),
    State("reviewed", _("复查已答复"), _("复查意见已作出"), phase="over", tone="success", group="done"),
    State("under_recheck", _("复核中"), _("上级单位正在复核"), step="recheck_answer",
          tone="warning", group="review", next=("answer_recheck",)),
    State("final", _("信访终结"), _("复核意见已作出，信访事项终结"), phase="over", tone="success", group="done"),
)  # fmt: skip


def states_in(*phases: str) -> frozenset[str]:
    """The names of the states in these phases."""
    return frozenset(state.name for state in STATES if state.phase in phases)


ALL = states_in("work", "in_force", "over")
OPEN = states_in("work")
DONE = states_in("over")
IN_HAND = frozenset({"accepted", "waiting", "drafted"})
REVIEWS = frozenset({"under_review", "under_recheck"})
ANSWERED = frozenset({"answered", "closed"})
TOLD = ANSWERED | {"reviewed", "final"}
"""States in which an answer or an opinion has gone out."""
