"""The acts of a letter: what can be done from which state, by whom, and what it brings about. The table is the law of
this door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects, standard
from tongban.cases import guards as kernel
from tongban.cases.inputs import (
    AgainstUnit,
    CaseChoice,
    Flag,
    Line,
    MatterChoice,
    Number,
    Text,
    UnitChoice,
    UnitChoices,
)
from tongban.cases.models import Act, Case
from tongban.cases.next_act import asked_with
from tongban.cases.procedure import Context, Edge, Outcome, Within
from tongban.cases.standard import REASON, SUGGESTED, WORDS
from tongban.cases.standings import CLERKS, COORDINATORS, HANDLERS, HEADS, RESIDENT, SUPERIORS, SYSTEM
from tongban.desk import reception
from tongban.published import effects as public
from tongban.published import guards as published
from tongban.published import objection

from . import correcting, guards
from .states import ALL, ANSWERED, IN_HAND, OPEN, REVIEWS, STATES, TOLD

ABOVE = HANDLERS | {"lead:supervisor"}
"""Who gives the opinion of the unit above on a review."""
MARKERS = HANDLERS | COORDINATORS | {"lead:supervisor", "above:head", "above:supervisor"} | RESIDENT
STARTS_AGAIN = OPEN - REVIEWS
NEW = frozenset({"submitted", "dispatched"})
REVIEW = Within("review_ask", "answer")
RECHECK = Within("recheck_ask")
ANSWER = (Text("text", _("答复")),)
CORRECTION = (
    Text("text", _("更正后的答复")),
    Text("reason", _("更正的理由（将告知来信人）"), longest=2000, told=_("更正的理由：%(value)s")),
)
PROPOSAL = (Text("text", _("更正后的答复")), Text("reason", _("更正的理由"), longest=2000))
OPINION = (
    Text("text", _("更正后的意见")),
    Text("reason", _("更正的理由"), longest=2000, told=_("更正的理由：%(value)s")),
)
AGAINST_TOO = AgainstUnit(
    "against", _("被反映的单位"), required=False, hint=_("改为反映单位或工作人员行为的事项时必填。")
)
AT_ONCE = Flag(
    "at_once",
    _("不另行受理，直接答复"),
    required=False,
    hint=_("这封来信还没有受理。事情简单、能够当即答复的，可以直接答复。"),
)
UNIT, ASSIST = UnitChoice("unit", _("主办单位"), private=False), UnitChoices("assist", _("协办单位"), False, False)
DAYS = Number("days", _("延长天数"), private=False)
DAYS_TOLD = Number("days", _("延长天数"), private=False, told=_("延长 %(value)s 天"))
PUBLISHED = (
    Line("subject", _("公开的标题"), longest=200),
    Text("body", _("公开的来信")),
    Text("answer", _("公开的答复")),
    Text("cleared", _("核对过、可以公开的内容"), required=False),
)
SEEN = objection.SeenDigest("digest", _("您看到的文字的编号"))


def draft(context: Context) -> Outcome:
    """Keeps who drafted, so that somebody else approves."""
    return Outcome(set={"private": {**(context.case.private or {}), "drafter": context.actor.official_id}})


def answer_so_far(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """A correction starts with the answer that holds, or with the one that was proposed, and its reason."""
    return correcting.first_values(acts, correcting.ANSWERS | {"propose_correction"})


def opinion_so_far(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """The correction of an opinion starts with the one that holds."""
    return correcting.first_values(acts, correcting.OPINIONS)


def unit_named(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """A dispatch starts with the unit that whoever gave the letter back named."""
    named = asked_with(acts, "return_dispatch", "suggested")
    return {"unit": named} if named else {}


def days_asked(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """An extension starts with the days that were asked for."""
    days = asked_with(acts, "request_extension", "days")
    return {"days": days} if days else {}


def shown_to_sender(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """What the sender agrees or objects to: the text that is asked about now."""
    return {"digest": objection.kept(case).get("digest", "")}


BY_SENDER = (
    Edge("submit", frozenset({""}), "dispatched", RESIDENT | SYSTEM, _("提交"), _("您提交了来信"),
         effect=effects.submit, by_effect=frozenset({"submitted"}), button=False, tone="info",
         inputs=(Flag("imported", _("导入"), False, False),)),
    Edge("reply", frozenset({"waiting"}), "accepted", RESIDENT, _("补充情况"), _("您补充了情况"), inputs=(WORDS,),
         shown="words", files=True, unfolded=True, tone="info"),
    Edge("supplement", OPEN - {"waiting", "merged"}, None, RESIDENT, _("补充材料"), _("您补充了情况"), inputs=(WORDS,),
         quiet=True, shown="words", files=True, tone="info"),
    standard.rating(TOLD),
    Edge("ask_review", ANSWERED, "under_review", RESIDENT, _("申请复查"), _("您申请了复查"), effect=effects.review,
         inputs=(REASON,), within=REVIEW, shown="words", tone="warning", counts="review"),
    Edge("ask_recheck", frozenset({"reviewed"}), "under_recheck", RESIDENT, _("申请复核"), _("您申请了复核"),
         effect=effects.review, inputs=(REASON,), within=RECHECK, shown="words", tone="warning"),
)  # fmt: skip

DISPATCHING = (
    Edge("dispatch", frozenset({"submitted", "returned"}), "dispatched", CLERKS, _("分办"), _("已转交责任单位"),
         done=_("已分办这封来信。"),
         effect=effects.dispatch, guard=kernel.all_of(kernel.unit_of_the_place, kernel.leaf_matter), files=True,
         bulk=True, asked_by="return_dispatch", prefill=unit_named,
         inputs=(UNIT, ASSIST, MatterChoice("matter", _("改为事项"), False, False),
                 Text("text", _("分办意见"), required=False, longest=2000))),
    Edge("return_dispatch", frozenset({"dispatched"}), "returned", HANDLERS, _("退回"), _("单位说明不属于其职责并退回"),
         done=_("已退回这封来信。"),
         effect=effects.return_dispatch, by_effect=frozenset({"disputed"}), inputs=(REASON, SUGGESTED),
         guard=kernel.all_of(kernel.returnable, kernel.another_unit), shown="words", files=True, tone="warning"),
    Edge("decide_dispute", frozenset({"disputed"}), "dispatched", SUPERIORS - {"coordinator:supervisor"},
         _("裁定责任单位"), _("上级确定了责任单位"), effect=effects.decide_dispute, guard=kernel.unit_of_the_place,
         inputs=(UNIT, ASSIST, REASON), shown="words", files=True, asked_by="return_dispatch", prefill=unit_named),
    Edge("change_matter", NEW | {"returned", "accepted"}, None, CLERKS | HANDLERS, _("改换事项"), _("事项作了更正"),
         effect=effects.redispatch_by_matter, by_effect=frozenset({"submitted", "dispatched"}),
         guard=guards.renamed_matter, inputs=(MatterChoice("matter", _("事项"), private=False), AGAINST_TOO)),
    Edge("merge", NEW | {"returned", "accepted"}, "merged", CLERKS | HANDLERS, _("并案"), _("与同类来信合并办理"),
         effect=effects.merge, inputs=(CaseChoice("case", _("并入的来信")),), button=False, page="merge"),
    Edge("unmerge", frozenset({"merged"}), "dispatched", CLERKS | HANDLERS, _("取消并案"), _("恢复单独办理"),
         effect=effects.unmerge, inputs=(REASON,), files=True),
    Edge("ungroup", frozenset({"merged"}), "dispatched", SYSTEM, _("取消并案"), _("恢复单独办理"),
         effect=effects.unmerge, button=False),
)  # fmt: skip

HANDLING = (
    Edge("accept", frozenset({"dispatched"}), "accepted", HANDLERS, _("受理"), _("单位已受理"), effect=effects.accept,
         done=_("已受理这封来信。"),
         tone="info", bulk=True),
    Edge("refuse", NEW | {"accepted"}, "refused", HANDLERS, _("不予受理"), _("单位告知不予受理"), effect=effects.tell,
         done=_("已告知来信人不予受理。"),
         shown="words", danger=True, files=True, tone="warning",
         inputs=(Text("text", _("理由和其他途径"), longest=5000),
                 Line("basis", _("法律依据"), private=False, longest=300, told=_("依据：%(value)s")))),
    standard.assigning(IN_HAND | REVIEWS | {"dispatched"}),
    Edge("ask_resident", frozenset({"accepted"}), "waiting", HANDLERS, _("请来信人补充"), _("单位请您补充情况"),
         done=_("已请来信人补充，等待期间暂停计时。"),
         effect=effects.tell, inputs=(WORDS,), shown="words", files=True, tone="warning"),
    Edge("resume", frozenset({"waiting"}), "accepted", HANDLERS, _("不再等待补充"), _("单位继续办理"),
         inputs=(REASON,), shown="words", files=True),
    Edge("message", IN_HAND | REVIEWS | {"dispatched"}, None, HANDLERS, _("给来信人留言"), _("单位给您留言"),
         done=_("留言已发给来信人。"),
         effect=effects.tell, inputs=(WORDS,), quiet=True, shown="words", files=True),
    standard.noting(STATES),
    standard.urging(STATES),
    Edge("request_extension", frozenset({"accepted", "drafted"}), None, HANDLERS, _("申请延期"),
         _("单位申请延长时限"), done=_("已申请延期，等待批准。"),
         guard=kernel.extendable, inputs=(DAYS, REASON), quiet=True, shown="words", files=True),
    Edge("extend", frozenset({"accepted", "drafted"}), None, HEADS | SUPERIORS, _("批准延期"), _("时限已批准延长"),
         done=_("已批准延期。"),
         effect=effects.grant_extension, guard=kernel.extendable, shown="words", files=True, tone="warning",
         asked_by="request_extension", prefill=days_asked,
         inputs=(DAYS_TOLD, Text("text", _("理由（将告知来信人）"), longest=2000))),
)  # fmt: skip

ANSWERING = (
    Edge("draft_answer", frozenset({"accepted", "drafted"}), "drafted", HANDLERS, _("提交复核"),
         _("答复已拟好，正在复核"), done=_("答复已提交复核。"),
         effect=draft, guard=guards.places_filled, inputs=ANSWER, page="answer", files=True),
    Edge("send_back", frozenset({"drafted"}), "accepted", frozenset({"lead:head", "lead:clerk", "lead:supervisor"}),
         _("退回修改"), _("答复退回修改"), done=_("答复已退回修改。"),
         inputs=(REASON,), files=True, tone="warning"),
    Edge("approve_answer", frozenset({"drafted"}), "answered", HANDLERS | {"lead:supervisor"}, _("复核通过并发出"),
         _("单位已答复"), done=_("复核通过，答复已发出。"),
         effect=effects.answered, guard=guards.approvable, with_merged="approve_answer_merged",
         inputs=ANSWER, page="answer", files=True, shown="words", answers=True, hands_over="draft_answer",
         tone="success", counts="answered"),
    Edge("answer", NEW | {"accepted"}, "answered", HANDLERS | SYSTEM, _("答复"), _("单位已答复"),
         done=_("答复已发出。"),
         effect=effects.answered, guard=guards.answerable, with_merged="answer_merged", inputs=(*ANSWER, AT_ONCE),
         page="answer", files=True, shown="words", answers=True, tone="success", counts="answered"),
    Edge("answer_merged", frozenset({"merged"}), "answered", SYSTEM, _("答复并案来信"), _("单位已答复"),
         effect=effects.answered, inputs=ANSWER, button=False, shown="words", answers=True, tone="success",
         counts="answered"),
    Edge("approve_answer_merged", frozenset({"merged"}), "answered", SYSTEM, _("答复并案来信"), _("单位已答复"),
         effect=effects.answered, inputs=ANSWER, button=False, shown="words", answers=True, tone="success",
         counts="answered"),
    Edge("answer_review", frozenset({"under_review"}), "reviewed", ABOVE, _("作出复查意见"), _("复查意见已作出"),
         effect=effects.tell, guard=guards.places_filled, inputs=(Text("text", _("复查意见")),), page="answer",
         files=True, shown="words", tone="success"),
    Edge("answer_recheck", frozenset({"under_recheck"}), "final", ABOVE, _("作出复核意见"),
         _("复核意见已作出，信访事项终结"), effect=effects.tell, guard=guards.places_filled,
         inputs=(Text("text", _("复核意见")),), page="answer", files=True, shown="words", tone="success"),
    Edge("propose_correction", ANSWERED, None, HANDLERS, _("提出更正"), _("单位提出更正答复，正在复核"),
         effect=correcting.propose, guard=guards.correction_proposed, inputs=PROPOSAL, prefill=answer_so_far,
         quiet=True, shown="nothing", files=True),
    Edge("correct_answer", ANSWERED, None, HANDLERS, _("更正答复"), _("单位更正了答复"), effect=correcting.correct,
         guard=guards.correctable, with_merged="correct_answer_merged", inputs=CORRECTION, prefill=answer_so_far,
         danger=True, files=True, shown="words", answers=True, replaces=correcting.ANSWERS, tone="success",
         hands_over="propose_correction", asked_by="propose_correction"),
    Edge("correct_answer_merged", ANSWERED, None, SYSTEM, _("更正答复"), _("单位更正了答复"),
         effect=correcting.correct, inputs=CORRECTION, button=False, shown="words", answers=True,
         replaces=correcting.ANSWERS, tone="success"),
    Edge("correct_opinion", frozenset({"reviewed", "final"}), None, ABOVE, _("更正复查复核意见"),
         _("单位更正了复查复核意见"), effect=correcting.correct_opinion, guard=guards.places_filled, inputs=OPINION,
         prefill=opinion_so_far, danger=True, files=True, shown="words", replaces=correcting.OPINIONS, tone="success"),
    standard.calling_back(TOLD),
)  # fmt: skip

PUBLISHING = (
    Edge("propose_publication", TOLD, None, HANDLERS, _("请来信人确认公开"),
         _("单位准备公开来信和答复，请您先看看公开的文字"), effect=objection.ask, guard=published.askable,
         inputs=PUBLISHED, button=False, page="publish", quiet=True, tone="info"),
    Edge("see_publication", TOLD, None, RESIDENT, _("看到准备公开的文字"), _("您看到了准备公开的文字"),
         effect=objection.see, guard=published.unseen, quiet=True, button=False),
    Edge("agree_publication", TOLD, None, RESIDENT, _("同意公开"),
         _("您同意公开，来信和答复已经公开（已隐去个人信息）"), effect=objection.agree, guard=published.agreeable,
         inputs=(SEEN,), page="publication", quiet=True, prefill=shown_to_sender, tone="success",
         counts=objection.first_time),
    Edge("object_publication", TOLD, None, RESIDENT, _("不同意公开"), _("您不同意公开，来信和答复没有公开"),
         effect=objection.refuse, guard=published.objectionable, page="publication", quiet=True, shown="words",
         prefill=shown_to_sender, tone="warning",
         inputs=(SEEN, Text("text", _("不同意的原因"), required=False, longest=2000, hint=_("可以不写。")))),
    Edge("publish", TOLD, None, SYSTEM, _("公开"), _("来信和答复已经公开（已隐去个人信息）"),
         effect=objection.publish_unopposed, guard=published.unopposed, inputs=PUBLISHED, button=False, quiet=True,
         tone="success", counts="published"),
    Edge("republish", TOLD, None, SYSTEM, _("公开更正后的答复"), _("更正后的答复已经公开（已隐去个人信息）"),
         effect=objection.publish_unopposed, guard=published.unopposed_again, inputs=PUBLISHED, button=False,
         quiet=True),
    Edge("unpublish", TOLD, None, HANDLERS, _("撤下公开"), _("来信不再公开"), effect=public.unpublish,
         guard=published.is_published, inputs=(REASON,), quiet=True, danger=True, files=True),
)  # fmt: skip

ENDING = (
    Edge("close", frozenset({"answered"}), "closed", HANDLERS | SYSTEM, _("办结"), _("已办结"), bulk=True,
         done=_("已办结这封来信。")),
    Edge("withdraw", OPEN - REVIEWS, "withdrawn", RESIDENT, _("撤回来信"), _("您撤回了来信"), shown="words",
         danger=True, tone="warning", inputs=(Text("text", _("撤回原因"), required=False, longest=2000),),
         confirm=_("撤回以后，单位不再办理，也不会答复；约好的接访一并取消。撤回不能恢复，需要时可以另写一封。")),
)  # fmt: skip

RECEPTION = reception.edges(OPEN - {"merged"}, ALL)

LOOK, *HOUSE = standard.house(STATES)
EDGES = (
    *BY_SENDER, *DISPATCHING, *HANDLING, *ANSWERING, *PUBLISHING,
    standard.worded(LOOK, told=_("工作人员查看了来信")), *HOUSE, *RECEPTION,
    *standard.marking(STATES, MARKERS), *ENDING, *standard.erasing(STATES),
)  # fmt: skip
