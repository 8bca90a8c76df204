"""Hearings and inspections by appointment: when and where, who comes, what to prepare, asked once for another time,
and what came of it; the right to a hearing, told and asked for.

Guards and effects that the table of an application names, each after its article (行政许可法 Arts 34, 36, 45–48). An
appointment stands in the sealed part of its case; what was arranged before stands in the acts. The time excluded by
Art. 45 ends by itself with what came of it. Not for reception times that units publish: `desk/reception.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases import deadlines
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Act, Case, Notice
from tongban.cases.notices import to_sender
from tongban.cases.procedure import Context, Outcome, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.desk import reception_rules, wherever
from tongban.workdays import shanghai_day

from .effects import LEGAL_DUE, kept, shifted
from .rules import WEIGHED, WORK, worked

GROUND, APPOINTED, OTHER_TIME, HOLD_BY = "ground", "appointment", "other_time", "hearing_hold_by"
ASK_BY, ASKED = "hearing_ask_by", "hearing_asked"
HEARS = frozenset({"told", "hearing", "spoke", "silent"})
"""States in which an interested party is told of a hearing."""
PARTED = re.compile(r"[、,，;；\s]+")
INSPECTORS = 2
"""行政许可法 Art. 34 (3): 应当指派两名以上工作人员进行核查."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment as it stands. `changes` counts how often it was fixed, `reminded` the reminders that went out."""

    starts_at: datetime
    minutes: int
    way: str
    where: str
    comes: str
    prepare: str
    changes: int
    reminded: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


def appointed(case: Case) -> Appointment | None:
    """The appointment of a case; None where there is none, or it is over and noted."""
    said = worked(case).get(APPOINTED)
    if not said:
        return None
    return Appointment(datetime.fromisoformat(said["at"]), *(said[name] for name in (
        "minutes", "way", "where", "comes", "prepare", "changes", "reminded")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment in words of the page: `link` where it is a video's, `asked` whether another time was asked for."""

    fixed: Appointment
    way: str
    link: bool
    asked: bool


def shown(case: Case) -> Shown | None:
    """The appointment of a case as its pages show it."""
    fixed = appointed(case)
    if fixed is None:
        return None
    asked = bool(worked(case).get(OTHER_TIME))
    return Shown(fixed, str(dict(wherever.WAYS)[fixed.way]), fixed.way == "video", asked)


# --- beginning and ending the time that does not count ---------------------------------------------------------------


def set_aside(context: Context) -> Outcome:
    """Time that does not count begins, told in writing (Art. 45)."""
    begun = {GROUND: context.payload[GROUND], APPOINTED: None, OTHER_TIME: False, HOLD_BY: ""}
    last = hold_by(context) if context.payload[GROUND] == "hearing" else None
    begun[HOLD_BY] = last.isoformat() if last is not None else ""
    return Outcome(set={"private": kept(context, **begun)}, tell_resident=True)


def resumed(context: Context) -> Outcome:
    """Time that does not count is over: both limits end later by it, the promise's and the law's."""
    return Outcome(set={"private": kept(context, **{APPOINTED: None, LEGAL_DUE: shifted(context)})}, tell_resident=True)


def hold_by(context: Context) -> datetime | None:
    """Until when a hearing is held that was asked for, by the applicant or by interested parties who still wait for it
    (Art. 47); None where nobody asked."""
    parts = context.related.parts if context.related is not None else ()
    waiting = [part for part in parts if part.kind == "interested" and part.state == "hearing"]
    if context.case.state == "set_aside" and worked(context.case).get(GROUND) == "hearing":
        waiting.append(context.case)
    ends = [worked(one).get(HOLD_BY) for one in waiting]
    return min((datetime.fromisoformat(end) for end in ends if end), default=None)


def fixed_anew(context: Context) -> dict[str, Any]:
    """The appointment that an act fixes, as the sealed part keeps it."""
    said, before = context.payload, appointed(context.case)
    at = datetime.fromisoformat(said["at"])
    return {
        "at": said["at"],
        "minutes": int(said["minutes"]),
        "way": said["way"],
        "where": said["where"],
        "comes": said["comes"],
        "prepare": said.get("prepare") or "",
        "changes": before.changes + 1 if before is not None else 0,
        "reminded": reception_rules.rules().reminders_gone(at, context.now),
    }


def appoint(context: Context) -> Outcome:
    """The unit fixes when and where, or fixes it anew."""
    return Outcome(set={"private": kept(context, **{APPOINTED: fixed_anew(context)})}, tell_resident=True)


def can_appoint(context: Context) -> Refusal | None:
    """An appointment lies ahead; an inspection is made by two officials (Art. 34 (3)); a hearing is told seven days
    before (Art. 48 (1)) and held within twenty days of being asked for (Art. 47)."""
    said = context.payload
    if not said:
        return None
    try:
        wherever.checked_where(said["way"], said["where"])
    except Refusal as refusal:
        return refusal
    at, ground = datetime.fromisoformat(said["at"]), worked(context.case).get(GROUND)
    if at <= context.now:
        return Refusal("bad_input", _("时间应当晚于现在。"), "at")
    if ground == "inspection" and len({name for name in PARTED.split(said["comes"]) if name}) < INSPECTORS:
        return Refusal("bad_input", _("依法应当指派两名以上工作人员，请都写上（行政许可法第三十四条）。"), "comes")
    return _hearing_in_time(context, at) if ground == "hearing" else None


def _hearing_in_time(context: Context, at: datetime) -> Refusal | None:
    case, registry, day = context.case, context.registry, shanghai_day(at)
    notice = deadlines.due(registry.limit("hearing_notice", case.matter_id, case.place_id), context.now, registry).at
    if notice is not None and day < shanghai_day(notice):
        words = _("听证要在七日前通知，最早可以定在 %(day)s（行政许可法第四十八条）。")
        return Refusal("bad_input", words % {"day": shanghai_day(notice).isoformat()}, "at")
    hold_by = worked(case).get(HOLD_BY)
    if hold_by and at > datetime.fromisoformat(hold_by):
        words = _("要求听证的，应当在二十日内组织，最晚 %(day)s（行政许可法第四十七条）。")
        return Refusal("bad_input", words % {"day": shanghai_day(datetime.fromisoformat(hold_by)).isoformat()}, "at")
    return None


# --- asked for another time; what came of it -------------------------------------------------------------------------


def other_time_once(context: Context) -> Refusal | None:
    """The applicant asks for another time once, before it begins."""
    fixed = appointed(context.case)
    if fixed is None:
        return Refusal("not_allowed", _("单位还没有约定时间。"))
    if worked(context.case).get(OTHER_TIME):
        return Refusal("not_allowed", _("已经申请过一次改时间；有困难请打单位的电话。"))
    if context.now >= fixed.starts_at:
        return Refusal("not_allowed", _("约定的时间已经到了，不能再改。"))
    return None


def other_time(context: Context) -> Outcome:
    """Asked: the unit fixes it anew, or lets it stand."""
    return Outcome(set={"private": kept(context, **{OTHER_TIME: True})})


def has_begun(context: Context) -> Refusal | None:
    """What came of an appointment is noted once there is one, and that it was held once it began."""
    fixed = appointed(context.case)
    if fixed is None:
        return Refusal("not_allowed", _("还没有约定时间；不用约定的，请直接结束特别程序。"))
    if context.payload.get("result") == "held" and context.now < fixed.starts_at:
        return Refusal("not_yet", _("约定的时间还没有到，不能登记为已进行。"), "result")
    return None


def noted(context: Context) -> Outcome:
    """Held, or given up: the clock counts on. Put off: it stands still until another time is fixed."""
    if context.payload["result"] == "put_off":
        return Outcome(state="set_aside", set={"private": kept(context, **{APPOINTED: None})}, tell_resident=True)
    outcome = resumed(context)
    if worked(context.case).get(GROUND) == "hearing":  # what was weighed before it does not cover what was said there
        outcome.set["private"][WORK][WEIGHED] = ""
    return outcome


# --- the right to a hearing ------------------------------------------------------------------------------------------


def hearing_once(context: Context) -> Refusal | None:
    """The right to a hearing is told once."""
    if worked(context.case).get(ASK_BY):
        return Refusal("not_allowed", _("已经告知过听证的权利。"))
    return None


def hearing_told(context: Context) -> Outcome:
    """Told before the decision: a hearing can be asked for within five days (Art. 47)."""
    case, registry = context.case, context.registry
    last = deadlines.due(registry.limit("hearing_ask", case.matter_id, case.place_id), context.now, registry)
    if last.at is None and last.awaiting is not None:
        raise deadlines.calendar_missing(last.awaiting)
    until = last.at.isoformat() if last.at is not None else ""
    return Outcome(
        set={"private": kept(context, **{ASK_BY: until})},
        public={"until": shanghai_day(last.at).isoformat()} if last.at is not None else {},
        tell_resident=True,
    )


def ask_until(act: Act) -> str:
    """Until when a hearing can be asked for, under the act that told of it (`Edge.noted`)."""
    day = act.public.get("until")
    return gettext("%(day)s 以前可以要求听证；过了这一天没有要求，单位就可以作出决定。") % {"day": day} if day else ""


def may_ask_until(case: Case) -> datetime | None:
    """Until when the applicant can still say whether they want a hearing; None where nobody waits for that."""
    said = worked(case)
    until = datetime.fromisoformat(said[ASK_BY]) if said.get(ASK_BY) and not said.get(ASKED) else None
    return until if until is not None and case.state == "accepted" and timezone.now() <= until else None


def may_ask(context: Context) -> Refusal | None:
    """A hearing is asked for by whoever was told of the right, within its days, once (Art. 47)."""
    said = worked(context.case)
    if not said.get(ASK_BY):
        return Refusal("not_allowed", _("单位没有告知听证的权利。"))
    if said.get(ASKED):
        return Refusal("not_allowed", _("您已经答复过是否要求听证。"))
    if context.now > datetime.fromisoformat(said[ASK_BY]):
        return Refusal("not_allowed", _("申请听证的期限已过。"))
    return None


def hearing_asked(context: Context) -> Outcome:
    """Asked: the office holds it within twenty days (Art. 47), which do not count (Art. 45)."""
    case, registry = context.case, context.registry
    hold = deadlines.due(registry.limit("hearing_hold", case.matter_id, case.place_id), context.now, registry).at
    hold = min((end for end in (hold, hold_by(context)) if end is not None), default=None)
    more = {ASKED: "yes", GROUND: "hearing", APPOINTED: None, OTHER_TIME: False}
    more[HOLD_BY] = hold.isoformat() if hold is not None else ""
    day = {"expected": shanghai_day(hold).isoformat()} if hold is not None else {}
    return Outcome(set={"private": kept(context, **more)}, public={"ground": "hearing", **day}, tell_resident=True)


def hearing_waived(context: Context) -> Outcome:
    """The applicant wants none: the decision need not wait."""
    return Outcome(set={"private": kept(context, **{ASKED: "no"})})


def hearing_open(context: Context) -> Refusal | None:
    """While a hearing can still be asked for, nothing is decided (Art. 47)."""
    said = worked(context.case)
    if said.get(ASK_BY) and not said.get(ASKED) and context.now <= datetime.fromisoformat(said[ASK_BY]):
        day = shanghai_day(datetime.fromisoformat(said[ASK_BY])).isoformat()
        return Refusal("not_yet", _("申请人到 %(day)s 都可以要求听证，请过后再作决定。") % {"day": day})
    return None


# --- reminders -------------------------------------------------------------------------------------------------------


def reminded(context: Context) -> Outcome:
    """One reminder more is done with."""
    said: dict[str, Any] = dict(worked(context.case)[APPOINTED])
    fixed = appointed(context.case)
    assert fixed is not None
    said["reminded"] = reception_rules.rules().reminders_gone(fixed.starts_at, context.now)
    return Outcome(set={"private": kept(context, **{APPOINTED: said})})


def tell_when(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Queues the notices of a reminder: when it begins, nothing of where and what. In the transaction of the act."""
    for case, act, _context in rows:
        fixed = appointed(case)
        if fixed is None or case.erased_at is not None:
            continue
        with translation.override(case.language):
            when = timezone.localtime(fixed.starts_at).strftime("%Y-%m-%d %H:%M")
            what = gettext("您约定的 %(when)s 快到了，地点写在进展页面上") % {"when": when}
        notices = to_sender(case, procedure_of(case), what, act.at)
        for notice in notices:
            notice.case = case
        Notice.objects.bulk_create(notices)


def reminder_due(context: Context) -> Refusal | None:
    """A reminder goes out before it begins, each once."""
    fixed = appointed(context.case)
    if fixed is None or context.now >= fixed.starts_at:
        return Refusal("not_yet", _("没有要提醒的约定。"))
    if reception_rules.rules().reminders_gone(fixed.starts_at, context.now) <= fixed.reminded:
        return Refusal("not_yet", _("已经提醒过。"))
    return None


def remind(now: datetime | None = None, batch: int = 200) -> int:
    """Remind the applicants, and interested parties, whose appointment is near; returns how many were. For the worker;
    safe to kill."""
    now, done = now or timezone.now(), 0
    times = len(reception_rules.rules().remind)
    hearings = Q(kind="interested", state__in=HEARS)
    waiting = Case.objects.filter(Q(kind="application", state="set_aside") | hearings, phase="work").order_by("pk")
    for case in waiting.iterator(chunk_size=500):
        if done >= batch:
            break
        fixed = appointed(case)
        if fixed is None or fixed.reminded >= times:
            continue
        if reception_rules.rules().reminders_gone(fixed.starts_at, now) > fixed.reminded and now < fixed.starts_at:
            try:
                perform(case.pk, Step("remind_appointment", SYSTEM, at=now))
                done += 1
            except Refusal:  # somebody was quicker
                continue
    return done
