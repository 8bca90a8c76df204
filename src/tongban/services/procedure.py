"""The table of an application (申请): received, complete, examined, decided; in force where the result has an end.

Sources: 行政许可法 (2019) Arts 32 (told once, else accepted), 36 and 45 (hearing, inspection, experts do not count), 38
(reasons and remedies), 42 (20 + 10 days), 44 (issued within ten days), 69–70 (revoked, ended).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.inputs.one import Words
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, HEADS, RESIDENT, SUPERIORS, SYSTEM

from . import appointments, effects, rules, stored
from .hearings import announcing
from .hearings import inputs as hearing
from .inputs import (
    AT,
    COMES,
    CORRECTION,
    EXPECTED,
    EXTENDED,
    GROUND,
    HEARING_WHY,
    IMPORTED,
    KEPT,
    MINUTES,
    MISSING,
    PREPARE,
    PROMISED,
    QUESTION,
    REASON,
    RECORD,
    RESULT,
    UNITS,
    WAY,
    WHEN_CAN,
    WHERE,
    WHY_REFUSED,
    WORDS,
)
from .parties import acts as party_acts
from .parties import guards as parties
from .parties.inputs import ADDRESS, CONCERNS, EMAIL, PARTY, PHONE, WEIGHED
from .sources import mandated
from .sources.notes import under_opening

STATES = (
    State("received", _("待受理"), _("申请已收到，等待受理"), step="application_accept", tone="warning", group="new",
          next=("accept", "tell_missing")),
    State("correcting", _("待补正"), _("请补正：缺什么、改什么写在下面"), tone="warning", group="waiting", paused=True),
    State("accepted", _("审查中"), _("已受理，正在审查"), step="application", tone="info", group="working",
          next=("grant", "refuse", "ask_opinions")),
    State("set_aside", _("特别程序中"), _("正在进行听证、检验、鉴定或专家评审，时间不计入时限"), tone="neutral",
          group="waiting", paused=True, waits_for="unit", next=("note_appointment", "appoint")),
    State("granted", _("已准予"), _("已经批准"), "over", tone="success", group="done"),
    State("in_force", _("有效"), _("已经批准，正在有效期内"), "in_force", tone="success", group="holds"),
    State("suspended", _("已暂扣"), _("批准暂时没有效力，理由写在下面"), "in_force", tone="warning", group="holds",
          next=("reinstate",)),
    State("refused", _("不予批准"), _("没有批准，理由和救济途径写在下面"), "over", tone="danger", group="done"),
    State("not_accepted", _("不予受理"), _("不属于受理范围，理由写在下面"), "over", tone="danger", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了申请"), "over", group="done"),
    State("expired", _("已到期"), _("有效期已满"), "over", group="done"),
    State("revoked", _("已撤销"), _("批准已被撤销"), "over", tone="danger", group="done"),
)  # fmt: skip
RECEIVED, ACCEPTED, HOLDS = frozenset({"received"}), frozenset({"accepted"}), frozenset({"in_force"})
SUSPENDED, ASIDE = frozenset({"suspended"}), frozenset({"set_aside"})
OPEN = frozenset({"received", "correcting", "accepted", "set_aside"})
DECIDED = frozenset({"granted", "in_force", "refused", "not_accepted"})
OPENERS = RESIDENT | SYSTEM | frozenset({"official"})
"""An official opens one at a counter, in their own name for a resident (`sources/acting.py`)."""
READY = rules.both(rules.opinions_in, appointments.hearing_open, parties.parties_heard)
DAYS = (Value("days", days=True),)
MOVED = (Brings("part_of", "part_moved", "possible"), Brings("parts", "drop", "possible"))
"""One step of a bundle is decided: the bundle goes on; opinions that are still asked for are needed no more."""
HEARING_OVER = (Brings("parts", "hearing_noted", "possible"),)


def told_parties(act: str) -> tuple[Brings, ...]:
    """A decision is told to the interested parties before what is needed no more is dropped."""
    return (Brings("parts", act, "possible"), *MOVED)


def decided_in(word: str, label: Words) -> Counted:
    """A figure: how many ended so, and after how many days (the median)."""
    return Counted(word, (Measure(word, label), Measure(f"{word}_days", _("用时"), "median", "days")), DAYS)


APPLICATION = Procedure(
    "application", _("申请"), STATES,
    (
        Edge("submit", frozenset({""}), "received", OPENERS, _("申请"), _("您提交了申请"),
             (PROMISED, IMPORTED), effect=effects.submitted, tone="info", noted=under_opening),
        Edge("accept", RECEIVED, "accepted", HANDLERS, _("受理"), _("单位受理了申请，从受理这天起计算时限"),
             effect=effects.accepted, bulk=True, counts="accepted", tone="success"),
        Edge("deem_accepted", RECEIVED, "accepted", SYSTEM, _("逾期视为受理"),
             _("单位没有按时告知补正，依法自收到申请之日起即为受理"), effect=effects.deemed_accepted, button=False,
             counts="deemed", tone="warning"),
        Edge("tell_missing", RECEIVED, "correcting", HANDLERS, _("一次性告知补正"), _("单位一次性告知了需要补正的内容"),
             (MISSING,), effect=effects.told_missing, guard=rules.told_once, shown="words", files=True,
             counts="told", tone="warning", confirm=_("需要补正的都写全了吗？依法只能告知一次。")),
        Edge("correct", frozenset({"correcting"}), "received", RESIDENT, _("补正"), _("您作了补正"), (CORRECTION,),
             files=True, unfolded=True, shown="words", tone="info"),
        Edge("add", OPEN, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True, quiet=True, shown="words"),
        Edge("not_accept", RECEIVED, "not_accepted", HANDLERS, _("不予受理"), _("单位决定不予受理"), (REASON,),
             effect=effects.decided, shown="words", answers=True, files=True, danger=True, counts="not_accepted",
             tone="danger", brings=MOVED),
        Edge("ask_opinions", ACCEPTED, None, HANDLERS, _("并联征求意见"), _("单位同时征求其他单位的意见"),
             (UNITS, QUESTION), effect=effects.opinions_asked, guard=rules.units_once, tone="info"),
        Edge("opinion_in", OPEN, None, SYSTEM, _("收到意见"), _("收到了其他单位的意见"), quiet=True, button=False),
        Edge("set_aside", ACCEPTED, "set_aside", HANDLERS, _("进入特别程序"),
             _("单位书面告知：进入特别程序，所需时间不计入时限"), (GROUND, EXPECTED, REASON),
             effect=appointments.set_aside, shown="words", files=True, tone="warning"),
        Edge("resume", ASIDE, "accepted", HANDLERS, _("特别程序结束"),
             _("特别程序结束，继续计算时限"), (WORDS,), effect=appointments.resumed, shown="words", files=True,
             tone="info", brings=HEARING_OVER),
        Edge("appoint", ASIDE, None, HANDLERS, _("约定时间"), _("单位约定了时间和地点"),
             (AT, MINUTES, WAY, WHERE, COMES, PREPARE), effect=appointments.appoint, guard=appointments.can_appoint,
             asked_by="ask_other_time", tone="warning", brings=(Brings("parts", "told_hearing", "possible"),)),
        Edge("ask_other_time", ASIDE, None, RESIDENT, _("申请改时间"), _("您申请改时间"), (WHEN_CAN,),
             effect=appointments.other_time, guard=appointments.other_time_once, shown="words", tone="info"),
        Edge("note_appointment", ASIDE, "accepted", HANDLERS, _("登记结果"), _("单位登记了结果"), (RESULT, RECORD),
             effect=appointments.noted, guard=appointments.has_begun, by_effect=ASIDE, shown="words", files=True,
             tone="info", brings=HEARING_OVER),
        Edge("announce", ASIDE, None, HANDLERS, _("公告听证"), _("单位向社会公告了听证"),
             (hearing.WHY, hearing.WORDS, hearing.OPEN, hearing.CLOSED_WHY, hearing.TAKE_PART, hearing.REGISTER_BY),
             effect=announcing.announced, guard=announcing.can_announce, page="announce", shown="words", tone="info"),
        Edge("remind_appointment", ASIDE, None, SYSTEM, _("提醒约定的时间"),
             _("提醒：约定的时间快到了，时间和地点写在进展页面上"), effect=appointments.reminded,
             guard=appointments.reminder_due, quiet=True, button=False),
        Edge("tell_hearing", ACCEPTED, None, HANDLERS, _("告知听证权利"),
             _("单位告知：作出决定以前，您可以要求听证"), (REASON,), effect=appointments.hearing_told,
             guard=appointments.hearing_once, noted=appointments.ask_until, shown="words", files=True, tone="warning"),
        Edge("ask_hearing", ACCEPTED, "set_aside", RESIDENT, _("要求听证"), _("您要求听证，所需时间不计入时限"),
             (HEARING_WHY,), effect=appointments.hearing_asked, guard=appointments.may_ask, shown="words",
             files=True, tone="info"),
        Edge("waive_hearing", ACCEPTED, None, RESIDENT, _("不要求听证"), _("您不要求听证"),
             effect=appointments.hearing_waived, guard=appointments.may_ask, tone="info"),
        Edge("name_party", ACCEPTED | ASIDE, None, HANDLERS, _("告知利害关系人"),
             _("单位告知了利害关系人，听取其意见"), (PARTY, EMAIL, PHONE, ADDRESS, CONCERNS),
             effect=party_acts.named, guard=parties.can_name, tone="info"),
        Edge("party_spoke", OPEN, None, SYSTEM, _("收到利害关系人的意见"), _("收到了利害关系人的意见"),
             effect=party_acts.spoken_to, quiet=True, button=False),
        Edge("party_asked", ACCEPTED | ASIDE, "set_aside", SYSTEM, _("利害关系人要求听证"),
             _("有利害关系人要求听证，所需时间不计入时限"), effect=party_acts.hearing_wanted, button=False,
             tone="warning"),
        Edge("weigh", ACCEPTED, None, HANDLERS, _("写明怎样考虑利害关系人的意见"),
             _("单位写明了怎样考虑利害关系人的意见"), (WEIGHED,), effect=party_acts.weighed,
             guard=parties.can_weigh, shown="words", tone="info"),
        Edge("extend", ACCEPTED, None, HEADS, _("批准延长"), _("经负责人批准延长时限"), (EXTENDED,),
             effect=effects.extended, guard=rules.extended_once, shown="words", counts="extended", tone="warning"),
        Edge("grant", ACCEPTED, "granted", HANDLERS, _("准予"), _("单位作出了准予的决定"), (WORDS,),
             effect=effects.granted, guard=READY, by_effect=HOLDS, shown="words", answers=True, files=True,
             counts="granted", tone="success", brings=told_parties("tell_granted")),
        Edge("grant_in_part", ACCEPTED, "granted", HANDLERS, _("部分准予"), _("单位作出了部分准予的决定"), (REASON,),
             effect=effects.granted, guard=READY, by_effect=HOLDS, shown="words", answers=True, files=True,
             counts="granted", tone="success", brings=told_parties("tell_part")),
        Edge("refuse", ACCEPTED, "refused", HANDLERS, _("不予批准"), _("单位作出了不予批准的决定"),
             (REASON, WHY_REFUSED),
             effect=effects.decided, guard=READY, shown="words", answers=True, files=True, danger=True,
             counts="refused", tone="danger",
             confirm=_("理由里写清依据的条文、不符合的条件，和申请复议、提起诉讼的权利了吗？"),
             brings=told_parties("tell_refused")),
        Edge("withdraw", OPEN, "withdrawn", RESIDENT, _("撤回申请"), _("您撤回了申请"), danger=True, brings=MOVED),
        Edge("prolong", HOLDS | SUSPENDED, None, SYSTEM, _("准予延续"), _("有效期已经延续"), effect=effects.prolonged,
             button=False, counts="prolonged", tone="success"),
        Edge("suspend", HOLDS, "suspended", HEADS | SUPERIORS, _("暂扣"), _("单位暂扣了批准"), (REASON,),
             effect=common.tell, shown="words", files=True, danger=True, counts="suspended", tone="warning"),
        Edge("reinstate", SUSPENDED, "in_force", HEADS | SUPERIORS, _("恢复效力"), _("批准恢复效力"), (WORDS,),
             effect=common.tell, shown="words", files=True, tone="success"),
        Edge("revoke", HOLDS | SUSPENDED, "revoked", HEADS | SUPERIORS, _("撤销"), _("单位撤销了批准"), (REASON,),
             effect=effects.ended, shown="words", files=True, danger=True, counts="revoked", tone="danger"),
        Edge("expire", HOLDS | SUSPENDED, "expired", SYSTEM, _("到期"), _("有效期已满"), effect=effects.ended,
             guard=rules.no_renewal_waits, button=False),
        Edge("begin_anew", DECIDED, "accepted", SYSTEM, _("重新审查"), _("上级单位撤销了决定，原单位重新审查"),
             effect=effects.begun_anew, button=False, counts="begun_anew", tone="warning",
             brings=(Brings("parts", "begin_anew", "possible"),)),
        Edge("hand_in", frozenset({"granted", "in_force"}), None, RESIDENT, _("补交材料"), _("您补交了材料"), (WORDS,),
             files=True, quiet=True, shown="words"),
        Edge("check_promise", frozenset({"granted", "in_force"}), None, HANDLERS, _("核查承诺"),
             _("单位核查了您的承诺"), (KEPT, WORDS), effect=effects.promise_checked, guard=rules.promise_unchecked,
             by_effect=frozenset({"revoked"}), shown="words", files=True, counts=effects.CHECKED, tone="info"),
        standard.rating(DECIDED | {"expired"}),
        standard.calling_back(DECIDED | {"expired"}),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(OPEN),
        standard.dispatching(RECEIVED),
        mandated.line(STATES),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="received", answer_step="application", limit_label=_("办理时限"), follow="/follow/", expires="expire",
    limits=("application_legal", "application_extra", "hearing_ask", "hearing_hold", "hearing_notice", "hearing_shown"),
    part_of=(Relation("bundle", frozenset({"running"}), routed="duty", opener="kernel", shared=True, apart=True),),
    groups=(Group("new", _("待受理")), Group("working", _("审查中")), Group("waiting", _("等待中")),
            Group("holds", _("有效")), Group("done", _("已办结"))),
    counted=(
        decided_in("granted", _("已准予")), decided_in("refused", _("不予批准")),
        decided_in("not_accepted", _("不予受理")),
        Counted("deemed", (Measure("deemed", _("逾期视为受理")),)),
        Counted("told", (Measure("told", _("一次性告知补正")),)),
        Counted("accepted", (Measure("accepted", _("受理")),)),
        Counted("extended", (Measure("extended", _("延长时限")),)),
        Counted("prolonged", (Measure("prolonged", _("延续")),)),
        Counted("suspended", (Measure("suspended", _("暂扣")),)),
        Counted("revoked", (Measure("revoked", _("撤销")),)),
        Counted("promise_false", (Measure("promise_false", _("承诺不实")),)),
        Counted("begun_anew", (Measure("begun_anew", _("重新审查")),)),
    ),
    stored={
        "grant": stored.granted, "grant_in_part": stored.granted, "suspend": stored.suspended,
        "reinstate": stored.reinstated, "revoke": stored.ended, "expire": stored.ended,
        "begin_anew": stored.ended, "prolong": stored.prolonged, "check_promise": stored.promise_checked,
        "remind_appointment": appointments.tell_when, "submit": mandated.kept, "announce": announcing.stored,
        "appoint": announcing.moved,
        "note_appointment": announcing.noted, "resume": announcing.called_off, "withdraw": announcing.called_off,
    },
    recovers=mandated.recovers,
)  # fmt: skip
