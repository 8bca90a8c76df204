"""The procedure of a letter: its states, its acts, and who may perform each. The table is the law of this door.

Sources: 信访工作条例 Arts 22–24 (register, transfer, objection), 30 (complaints about a unit), 34 (handling), 35–36
(review and recheck); 国办发〔2019〕51号 (rating in five grades). Time limits are in the registry, not here.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects
from tongban.cases.procedure import Context, Edge, Need, Outcome, Procedure, State
from tongban.cases.refusal import Refusal

from . import publishing

STATES = (
    State("submitted", _("待分办"), _("已收到，正在确定由哪个单位办理"), step="register"),
    State("dispatched", _("待受理"), _("已转给责任单位，等待受理"), step="accept"),
    State("returned", _("退回待分办"), _("单位认为不属于其职责，正在重新确定办理单位"), step="register"),
    State("disputed", _("责任争议"), _("由共同的上级单位确定由谁办理"), step="object"),
    State("accepted", _("办理中"), _("责任单位正在办理"), step="answer"),
    State("waiting", _("待补充"), _("等待您补充情况"), paused=True),
    State("drafted", _("待复核"), _("答复已经拟好，正在复核"), step="answer"),
    State("answered", _("已答复"), _("已答复，请您评价"), open=False),
    State("closed", _("已办结"), _("已办结"), open=False),
    State("refused", _("不予受理"), _("不予受理，理由见告知"), open=False),
    State("withdrawn", _("已撤回"), _("您已撤回"), open=False),
    State("merged", _("已并案"), _("与反映同一问题的来信合并办理，答复后会告知您")),
    State("under_review", _("复查中"), _("上级单位正在复查"), step="review_answer"),
    State("reviewed", _("复查已答复"), _("复查意见已作出"), open=False),
    State("under_recheck", _("复核中"), _("上级单位正在复核"), step="recheck_answer"),
    State("final", _("信访终结"), _("复核意见已作出，信访事项终结"), open=False),
)  # fmt: skip

ALL = frozenset(state.name for state in STATES)
OPEN = frozenset(state.name for state in STATES if state.open)
IN_HAND = frozenset({"accepted", "waiting", "drafted"})
DONE = ALL - OPEN
RESIDENT = frozenset({"resident"})
SYSTEM = frozenset({"system"})
CLERKS = frozenset({"coordinator:clerk", "coordinator:head", "lead:clerk", "lead:head"})
COORDINATORS = frozenset({"coordinator:clerk", "coordinator:head"})
HANDLERS = frozenset({"lead:handler", "lead:head", "lead:clerk"})
HEADS = frozenset({"lead:head"})
SUPERIORS = frozenset({"lead:head", "lead:supervisor", "above:head", "above:supervisor", "coordinator:head", "coordinator:supervisor"})
ANY_OFFICIAL = frozenset(
    f"{relation}:{role}"
    for relation in ("lead", "assist", "above", "coordinator")
    for role in ("clerk", "handler", "head", "supervisor")
)
WORDS = Need("text", _("内容"))
REASON = Need("text", _("理由"), longest=2000)


def no_second_eyes(context: Context) -> Outcome:
    """An answer goes out at once only where the matter does not ask for a second pair of eyes; an import is history."""
    if context.registry.matters[context.case.matter_id].second_eyes and context.case.channel != "import":
        raise Refusal("not_allowed", _("这个事项的答复须经复核，请提交复核。"))
    return effects.answered(context)


def other_eyes(context: Context) -> Outcome:
    """The second pair of eyes are not the first: whoever drafted cannot approve."""
    drafter = (context.case.private or {}).get("drafter")
    if drafter is not None and drafter == context.actor.official_id:
        raise Refusal("not_allowed", _("复核须由另一位工作人员进行。"))
    return effects.answered(context)


def draft(context: Context) -> Outcome:
    """Keeps who drafted, so that somebody else approves."""
    return Outcome(set={"private": {**(context.case.private or {}), "drafter": context.actor.official_id}})


def publish(context: Context) -> Outcome:
    """Puts the letter and its answer on the public pages, masked, once a person has looked at the masked text."""
    case = context.case
    if case.visibility != "public":
        raise Refusal("not_allowed", _("来信人选择了不公开，不能公开。"))
    if not context.registry.matters[case.matter_id].publishable or case.against_id:
        raise Refusal("not_allowed", _("这类事项的来信不公开。"))
    if case.published:
        raise Refusal("conflict", _("这封来信已经公开。"))
    publishing.refuse_personal_data(context.payload)
    return Outcome(set={"published": True})


def unpublish(context: Context) -> Outcome:
    """Takes the letter off the public pages, with a reason."""
    if not context.case.published:
        raise Refusal("conflict", _("这封来信没有公开。"))
    return Outcome(set={"published": False})


def merge(context: Context) -> Outcome:
    """Ties this letter to a lead letter about the same trouble; its sender is answered when the lead is."""
    return Outcome(set={"lead_case_id": context.payload["case"]}, tell_resident=True)


def unmerge(context: Context) -> Outcome:
    """Takes the letter out again; it goes on as a case of its own."""
    return Outcome(set={"lead_case_id": None, "handler_id": None})


EDGES = (
    # the resident
    Edge("submit", frozenset({""}), "dispatched", RESIDENT | SYSTEM, _("提交"), _("您提交了来信"), effect=effects.submit, button=False,
         needs=(Need("imported", _("导入"), "flag", required=False, private=False),)),
    Edge("supplement", OPEN - {"waiting", "merged"}, None, RESIDENT, _("补充材料"), _("您补充了情况"), needs=(WORDS,), quiet=True, shown="words"),
    Edge("reply", frozenset({"waiting"}), "accepted", RESIDENT, _("答复补充要求"), _("您作了补充"), needs=(WORDS,), shown="words"),
    Edge("withdraw", OPEN - {"under_review", "under_recheck"}, "withdrawn", RESIDENT, _("撤回来信"), _("您撤回了来信"),
         needs=(Need("text", _("撤回原因"), required=False, longest=2000),), shown="words", danger=True),
    Edge("rate", frozenset({"answered", "closed", "reviewed", "final"}), None, RESIDENT, _("评价"), _("您作了评价"), effect=effects.rated, shown="words",
         needs=(Need("grade", _("评价等级"), "grade", private=False), Need("text", _("理由"), required=False, longest=2000))),
    Edge("ask_review", frozenset({"answered", "closed"}), "under_review", RESIDENT, _("申请复查"), _("您申请了复查"), needs=(REASON,), effect=effects.review, shown="words"),
    Edge("ask_recheck", frozenset({"reviewed"}), "under_recheck", RESIDENT, _("申请复核"), _("您申请了复核"), needs=(REASON,), effect=effects.review, shown="words"),
    Edge("ask_erasure", DONE, None, RESIDENT, _("申请删除个人信息"), _("您申请删除个人信息"), needs=(Need("text", _("说明"), required=False, longest=2000),), quiet=True, shown="words", danger=True),
    # dispatching
    Edge("dispatch", frozenset({"submitted", "returned"}), "dispatched", CLERKS, _("分办"), _("已转交责任单位"), effect=effects.dispatch,
         needs=(Need("unit", _("主办单位"), "unit", private=False), Need("assist", _("协办单位"), "units", required=False, private=False),
                Need("matter", _("改为事项"), "matter", required=False, private=False), Need("text", _("分办意见"), required=False, longest=2000))),
    Edge("return_dispatch", frozenset({"dispatched"}), "returned", HANDLERS, _("退回"), _("单位说明不属于其职责并退回"), needs=(REASON,), effect=effects.return_dispatch, shown="words"),
    Edge("decide_dispute", frozenset({"disputed"}), "dispatched", SUPERIORS - {"coordinator:supervisor"}, _("裁定责任单位"), _("上级确定了责任单位"), effect=effects.decide_dispute,
         needs=(Need("unit", _("主办单位"), "unit", private=False), Need("assist", _("协办单位"), "units", required=False, private=False), REASON), shown="words"),
    Edge("change_matter", frozenset({"submitted", "dispatched", "returned", "accepted"}), None, CLERKS | HANDLERS, _("改换事项"), _("事项作了更正"), effect=effects.redispatch_by_matter,
         needs=(Need("matter", _("事项"), "matter", private=False),)),
    Edge("merge", frozenset({"submitted", "dispatched", "returned", "accepted"}), "merged", CLERKS | HANDLERS, _("并案"), _("与同类来信合并办理"), effect=merge,
         needs=(Need("case", _("并入的来信"), "case", private=True),), button=False),
    Edge("unmerge", frozenset({"merged"}), "dispatched", CLERKS | HANDLERS, _("取消并案"), _("恢复单独办理"), effect=unmerge, needs=(REASON,)),
    # handling
    Edge("accept", frozenset({"dispatched"}), "accepted", HANDLERS, _("受理"), _("单位已受理"), effect=effects.accept),
    Edge("refuse", frozenset({"submitted", "dispatched", "accepted"}), "refused", HANDLERS, _("不予受理"), _("单位告知不予受理"), effect=effects.tell, shown="words", danger=True,
         needs=(Need("text", _("理由和其他途径"), longest=5000), Need("basis", _("法律依据"), "line", private=False, longest=300))),
    Edge("assign", frozenset({"dispatched", "accepted", "waiting", "drafted", "under_review", "under_recheck"}), None, HANDLERS, _("指定承办人"), _("确定了承办人"), effect=effects.assign,
         needs=(Need("official", _("承办人"), "official"),)),
    Edge("ask_resident", frozenset({"accepted"}), "waiting", HANDLERS, _("请来信人补充"), _("单位请您补充情况"), needs=(WORDS,), effect=effects.tell, shown="words"),
    Edge("resume", frozenset({"waiting"}), "accepted", HANDLERS, _("不再等待补充"), _("单位继续办理"), needs=(REASON,), shown="words"),
    Edge("message", IN_HAND | {"dispatched", "under_review", "under_recheck"}, None, HANDLERS, _("给来信人留言"), _("单位给您留言"), needs=(WORDS,), effect=effects.tell, quiet=True, shown="words"),
    Edge("note", ALL, None, ANY_OFFICIAL, _("内部记录"), _("工作人员作了内部记录"), needs=(WORDS,), quiet=True, shown="fact"),
    Edge("urge", OPEN, None, SUPERIORS, _("督办"), _("上级督办"), needs=(Need("text", _("督办意见"), longest=2000),), quiet=True, shown="fact"),
    Edge("request_extension", frozenset({"accepted", "drafted"}), None, HANDLERS, _("申请延期"), _("单位申请延长时限"), shown="words", quiet=True,
         needs=(Need("days", _("延长天数"), "number", private=False), REASON)),
    Edge("extend", frozenset({"accepted", "drafted"}), None, HEADS | SUPERIORS, _("批准延期"), _("时限已批准延长"), effect=effects.grant_extension, shown="words",
         needs=(Need("days", _("延长天数"), "number", private=False), Need("text", _("理由（将告知来信人）"), longest=2000))),
    # answering
    Edge("draft_answer", frozenset({"accepted", "drafted"}), "drafted", HANDLERS, _("提交复核"), _("答复已拟好，正在复核"), needs=(Need("text", _("答复")),), effect=draft),
    Edge("send_back", frozenset({"drafted"}), "accepted", frozenset({"lead:head", "lead:clerk", "lead:supervisor"}), _("退回修改"), _("答复退回修改"), needs=(REASON,)),
    Edge("approve_answer", frozenset({"drafted"}), "answered", frozenset({"lead:head", "lead:clerk", "lead:handler", "lead:supervisor"}), _("复核通过并发出"), _("单位已答复"), needs=(Need("text", _("答复")),), effect=other_eyes, shown="words"),
    Edge("answer", frozenset({"submitted", "dispatched", "accepted"}), "answered", HANDLERS | SYSTEM, _("答复"), _("单位已答复"), needs=(Need("text", _("答复")),), effect=no_second_eyes, shown="words"),
    Edge("answer_merged", frozenset({"merged"}), "answered", SYSTEM, _("答复并案来信"), _("单位已答复"), needs=(Need("text", _("答复")),), effect=effects.answered, shown="words", button=False),
    Edge("approve_answer_merged", frozenset({"merged"}), "answered", SYSTEM, _("答复并案来信"), _("单位已答复"), needs=(Need("text", _("答复")),), effect=effects.answered, shown="words", button=False),
    Edge("answer_review", frozenset({"under_review"}), "reviewed", HANDLERS | {"lead:supervisor"}, _("作出复查意见"), _("复查意见已作出"), needs=(Need("text", _("复查意见")),), effect=effects.tell, shown="words"),
    Edge("answer_recheck", frozenset({"under_recheck"}), "final", HANDLERS | {"lead:supervisor"}, _("作出复核意见"), _("复核意见已作出，信访事项终结"), needs=(Need("text", _("复核意见")),), effect=effects.tell, shown="words"),
    Edge("call_back", frozenset({"answered", "closed", "reviewed", "final"}), None, HANDLERS | SUPERIORS, _("差评回访"), _("单位对您的评价作了回访"), needs=(Need("text", _("回访情况和整改措施"), longest=5000),), quiet=True, shown="words"),
    Edge("publish", frozenset({"answered", "closed", "reviewed", "final"}), None, HANDLERS | SYSTEM, _("公开"), _("来信和答复已经公开（已隐去个人信息）"), effect=publish, button=False, quiet=True,
         needs=(Need("subject", _("公开的标题"), "line", longest=200), Need("body", _("公开的来信")), Need("answer", _("公开的答复")))),
    Edge("unpublish", frozenset({"answered", "closed", "reviewed", "final"}), None, HANDLERS, _("撤下公开"), _("来信不再公开"), needs=(REASON,), effect=unpublish, quiet=True, danger=True),
    Edge("close", frozenset({"answered"}), "closed", HANDLERS | SYSTEM, _("办结"), _("已办结"), button=True),
    # what the house itself does
    Edge("look", ALL, None, ANY_OFFICIAL, _("查看"), _("工作人员查看了来信"), needs=(Need("purpose", _("查看目的"), "line", longest=40),), quiet=True, shown="fact", button=False),
    Edge("escalate", OPEN, None, SYSTEM, _("时限提醒"), _("时限提醒"), needs=(Need("rung", _("时限状态"), "line", private=False),), effect=effects.raise_rung, quiet=True, button=False),
    Edge("reckon", OPEN, None, SYSTEM, _("重新计算时限"), _("时限已按新载入的日历计算"), effect=effects.reckon, quiet=True, button=False),
    Edge("book", OPEN, None, RESIDENT, _("预约接访"), _("您预约了线上接访"), needs=(Need("slot", _("接访时间"), "line"),), quiet=True, button=False),
    Edge("unbook", ALL, None, RESIDENT | HANDLERS | {"coordinator:clerk"}, _("取消预约"), _("接访预约已取消"), needs=(Need("slot", _("接访时间"), "line"),), quiet=True, button=False),
    Edge("receive", ALL, None, HANDLERS | frozenset({"coordinator:clerk"}), _("登记接访"), _("接访已进行并登记"), needs=(Need("slot", _("接访时间"), "line", required=False), Need("text", _("接访记录"))), quiet=True, shown="words", button=False),
    Edge("erase", DONE, None, SYSTEM | frozenset({"lead:head", "coordinator:head", "coordinator:clerk"}), _("删除个人信息"), _("个人信息已删除"), quiet=True, danger=True),
)  # fmt: skip

LETTER = Procedure(
    kind="letter",
    label=_("来信"),
    states=STATES,
    edges=EDGES,
    initial="submitted",
    follow="/letters/track/",
    stored={
        "publish": publishing.on_publish,
        "unpublish": publishing.on_unpublish,
        "erase": publishing.on_erase,
        "merge": publishing.on_merge,
        "assign": publishing.on_assign,
    },
)
