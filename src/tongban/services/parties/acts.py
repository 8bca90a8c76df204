"""What the acts about interested parties do, as pure functions that the tables name (行政许可法 Arts 36, 45–48)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases import deadlines, effects, notices, renewing
from tongban.cases.models import Case
from tongban.cases.procedure import Context, Outcome
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Opening
from tongban.workdays import shanghai_day

from ..appointments import APPOINTED, ASK_BY, ASKED, GROUND, HOLD_BY, OTHER_TIME, fixed_anew, hold_by
from ..effects import kept
from ..rules import WEIGHED, worked
from .guards import HEARD, KIND, SHEET, SPOKEN

LANGUAGE = "zh-hans"
"""In which language somebody is told who chose none."""


# --- on the application ----------------------------------------------------------------------------------------------


def named(context: Context) -> Outcome:
    """A party is named: their case has the official's words and their own contact, and nothing of the applicant's."""
    said, case = context.payload, context.case
    contact = {name: said[name] for name in ("email", "phone", "address") if said.get(name)}
    matter = context.registry.matters[case.matter_id]
    opening = Opening(KIND, "", matter.name, said["text"], sender={"name": said["party"], **contact}, language=LANGUAGE)
    return Outcome(opens=(opening,), tell_resident=True)


def spoken_to(context: Context) -> Outcome:
    """A party said something: what was written of the weighing before does not cover it."""
    return Outcome(set={"private": kept(context, **{WEIGHED: ""})})


def weighed(context: Context) -> Outcome:
    """How what the parties said was weighed: they are told of it with the decision."""
    return Outcome(set={"private": kept(context, **{WEIGHED: context.payload["text"]})})


def hearing_wanted(context: Context) -> Outcome:
    """A party asked: the hearing is held within twenty days (Art. 47), which do not count (Art. 45). Another procedure
    that goes on now ends first; the decision waits for the hearing all the same."""
    case = context.case
    if case.state == "set_aside" and worked(case).get(GROUND) != "hearing":
        return Outcome(tell_resident=True)
    last = hold_by(context)
    more: dict[str, Any] = {WEIGHED: "", GROUND: "hearing", HOLD_BY: last.isoformat() if last is not None else ""}
    if case.state != "set_aside":
        more |= {APPOINTED: None, OTHER_TIME: False}
    public = {"ground": "hearing", **({"expected": shanghai_day(last).isoformat()} if last is not None else {})}
    return Outcome(set={"private": kept(context, **more)}, public=public, tell_resident=True)


# --- a party is told -------------------------------------------------------------------------------------------------


def opened(context: Context) -> Outcome:
    """Told at once where a message reaches them; otherwise by a sheet that is handed over or posted."""
    case, whole = context.case, context.related.part_of if context.related is not None else None
    outcome = effects.submit(context)
    outcome.tell_resident = False  # the first message says how they get their password: `telling.py`
    known: dict[str, Any] = {}
    if whole is not None and worked(whole).get(GROUND) == "hearing" and whole.state == "set_aside":
        known[APPOINTED] = _for_party(worked(whole).get(APPOINTED))
    if notices.reachable(case, context.procedure):
        last = _asking_ends(context, context.now)
        outcome.state, outcome.public["until"] = "told", shanghai_day(last).isoformat()
        known[ASK_BY] = last.isoformat()
    outcome.set["private"] = kept(context, **known)
    return outcome


def _asking_ends(context: Context, told: datetime) -> datetime:
    case, registry = context.case, context.registry
    last = deadlines.due(registry.limit("hearing_ask", case.matter_id, case.place_id), told, registry)
    if last.awaiting is not None:
        raise deadlines.calendar_missing(last.awaiting)
    if last.at is None:
        raise Refusal("not_yet", _("这个事项没有设定要求听证的期限，请管理员先设定。"))
    return last.at


def sheet_made(context: Context) -> Outcome:
    """A sheet with a secret of its own: the case opens with it, and with no other. Whom a message reaches is told of
    that: nobody takes their place unseen."""
    outcome = renewing.renew(context)
    outcome.set["private"] = {**kept(context, **{SHEET: context.now.isoformat()}), "link": context.payload["link"]}
    outcome.tell_resident = True
    return outcome


def delivered(context: Context) -> Outcome:
    """The sheet came to its person on a day: from then the five days run (Art. 47)."""
    day = date.fromisoformat(context.payload["delivered"])
    today = shanghai_day(context.now)
    last = _asking_ends(context, context.now - timedelta(days=(today - day).days))
    return Outcome(
        set={"private": kept(context, **{ASK_BY: last.isoformat()})},
        public={"until": shanghai_day(last).isoformat()},
    )


def undelivered(context: Context) -> Outcome:
    """The message did not arrive: nobody was told, no days run."""
    return Outcome(set={"private": kept(context, **{ASK_BY: ""})})


# --- a party answers -------------------------------------------------------------------------------------------------


def _settled(case: Case, **more: object) -> str:
    said = {**worked(case), **more}
    return "heard" if said.get(HEARD) else "spoke" if said.get(SPOKEN) else "silent"


def spoke(context: Context) -> Outcome:
    """They said something, which can be done until the decision (Art. 36). Whoever answers before the delivery was
    noted has been told, now at the latest; a calendar that is not loaded keeps nobody from speaking."""
    case, public = context.case, dict[str, Any]()
    more: dict[str, Any] = {SPOKEN: True}
    after = "spoke" if case.state == "silent" else None
    limit = context.registry.limit("hearing_ask", case.matter_id, case.place_id)
    last = deadlines.due(limit, context.now, context.registry).at if case.state == "to_tell" else None
    if last is not None:
        after, more[ASK_BY], public["until"] = "told", last.isoformat(), shanghai_day(last).isoformat()
    return Outcome(state=after, set={"private": kept(context, **more)}, public=public)


def hearing_asked(context: Context) -> Outcome:
    """They ask for a hearing: held within twenty days (Art. 47)."""
    case, registry = context.case, context.registry
    last = deadlines.due(registry.limit("hearing_hold", case.matter_id, case.place_id), context.now, registry).at
    more: dict[str, Any] = {ASKED: "yes", HOLD_BY: last.isoformat() if last is not None else ""}
    if context.payload.get("text"):
        more[SPOKEN] = True
    public = {"expected": shanghai_day(last).isoformat()} if last is not None else {}
    return Outcome(set={"private": kept(context, **more)}, public=public)


def hearing_waived(context: Context) -> Outcome:
    """They want none, or no longer one."""
    return Outcome(state=_settled(context.case), set={"private": kept(context, **{ASKED: "no"})})


def closed(context: Context) -> Outcome:
    """The five days are over without being asked for a hearing."""
    return Outcome(state=_settled(context.case))


# --- a party is told of the hearing and the decision -----------------------------------------------------------------


def _for_party(fixed: dict[str, Any] | None) -> dict[str, Any] | None:
    """An appointment as a party knows it: without what the applicant was asked to bring."""
    return {**fixed, "prepare": ""} if fixed else None


def told_hearing(context: Context) -> Outcome:
    """When and where the hearing is, and who presides (Art. 48 (1), (3)); kept in their own case."""
    return Outcome(set={"private": kept(context, **{APPOINTED: fixed_anew(context)})}, tell_resident=True)


def hearing_noted(context: Context) -> Outcome:
    """Held: their hearing is done with. Put off, or given up by the unit: who asked for it still waits for it."""
    case, held = context.case, context.payload.get("result") == "held"
    more: dict[str, Any] = {APPOINTED: None}
    if held and case.state == "hearing":
        more[HEARD] = True
    state = "heard" if more.get(HEARD) else None
    return Outcome(state=state, set={"private": kept(context, **more)}, tell_resident=True)


def decision_told(context: Context) -> Outcome:
    """What was decided and how what the parties said was weighed; nothing else of the decision."""
    whole = context.related.part_of if context.related is not None else None
    words = str(worked(whole).get(WEIGHED) or "") if whole is not None else ""
    outcome = effects.answered(context)
    outcome.set["private"] = kept(context, **{APPOINTED: None})
    outcome.private = {"text": words} if words else {}
    return outcome


def begun_anew(context: Context) -> Outcome:
    """The decision was set aside: what they said stands, and they can add to it."""
    return Outcome(state=_settled(context.case), set={"answered_at": None}, tell_resident=True)


def dropped(context: Context) -> Outcome:
    """There is nothing to decide any more; who was told of it is told."""
    return Outcome(set={"private": kept(context, **{APPOINTED: None})}, tell_resident=context.case.state != "to_tell")


def expected(case: Case) -> datetime | None:
    """Until when the hearing that a party asked for is held."""
    said = worked(case).get(HOLD_BY)
    return timezone.localtime(datetime.fromisoformat(said)) if said else None
