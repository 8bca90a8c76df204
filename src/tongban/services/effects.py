"""What the acts of this door do, as pure functions that its tables name."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases import deadlines, effects
from tongban.cases.counting import CountsWhere
from tongban.cases.models import Case
from tongban.cases.procedure import Context, Outcome
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Opening
from tongban.workdays import YearNotLoaded, pause_shift, shanghai_day

from .rules import CHECKED_AT, EXTENDED, TOLD, WORK, sent, worked

LEGAL_DUE = "legal_due"
"""Where the private part keeps when the law's limit ends (ISO 8601); the case's own deadline is the promise."""


def kept(context: Context, **more: Any) -> dict[str, Any]:
    """The private part of the case, with more of what the work on it adds."""
    return {**(context.case.private or {}), WORK: {**worked(context.case), **more}}


def shifted(context: Context) -> str:
    """When the law's limit ends once the time that the case stood still is added (Art. 45), as it is kept."""
    case, registry = context.case, context.registry
    legal = str(worked(case).get(LEGAL_DUE) or "")
    limit = registry.limit("application_legal", case.matter_id, case.place_id)
    if not legal or case.paused_at is None or limit is None:
        return legal
    try:
        end = pause_shift(datetime.fromisoformat(legal), case.paused_at, context.now, limit.unit, registry.calendar)
    except YearNotLoaded:
        return ""
    return end.isoformat()


def submitted(context: Context) -> Outcome:
    """Opens the application in the tray of the unit that is responsible; who wrote it for the applicant, where somebody
    did, is public without a name."""
    outcome = effects.submit(context)
    outcome.public.update(sent(context.case).get("papers") or {})
    typed = sent(context.case).get("typed") or {}
    if typed:
        outcome.public["typed_by"] = typed["by"]
        outcome.public["typed_at"] = typed.get("unit") or None
    return outcome


def accepted(context: Context) -> Outcome:
    """Accepted: from now the limits run, the promised one and the law's (行政许可法 Arts 32, 42)."""
    return _accepted(context, context.now, context.actor.official_id)


def deemed_accepted(context: Context) -> Outcome:
    """Not told within five working days what is missing: accepted from the day on which it came in, whole as it was or
    after it was put right (行政许可法 Art. 32 (4))."""
    return _accepted(context, context.case.step_since, context.case.handler_id)


def _accepted(context: Context, since: datetime, handler: int | None) -> Outcome:
    case, registry = context.case, context.registry
    limit = deadlines.answer_limit(case, context.procedure, registry)
    promised = deadlines.due(limit, since, registry, case.extended_days)
    legal = deadlines.due(registry.limit("application_legal", case.matter_id, case.place_id), since, registry)
    added = kept(context, **{LEGAL_DUE: legal.at.isoformat() if legal.at else ""})
    return Outcome(
        set={
            "handler_id": handler,
            "private": added,
            "answer_due_at": promised.at,
            "awaiting_calendar": promised.awaiting or legal.awaiting,
        },
        tell_resident=True,
    )


def told_missing(context: Context) -> Outcome:
    """Told once, in writing, all that is missing."""
    return Outcome(
        set={"private": kept(context, **{TOLD: True}), "handler_id": context.actor.official_id}, tell_resident=True
    )


def opinions_asked(context: Context) -> Outcome:
    """Each unit gets a case of its own, with its own limit, at the same time (优化营商环境条例 Art. 41)."""
    said = context.payload["text"]
    asked = tuple(Opening("opinion", unit, context.case.subject, said) for unit in context.payload["units"])
    return Outcome(opens=asked)


def extended(context: Context) -> Outcome:
    """Ten days more by law, the same for the promise (行政许可法 Art. 42)."""
    case, registry = context.case, context.registry
    more = registry.limit("application_extra", case.matter_id, case.place_id)
    if more is None or case.answer_due_at is None:  # the guard has seen to it
        raise Refusal("not_allowed", _("这个事项的时限不能延长。"))
    later = deadlines.due(more, case.answer_due_at, registry)
    legal = str(worked(case).get(LEGAL_DUE) or "")
    if legal:
        end = deadlines.due(more, datetime.fromisoformat(legal), registry)
        legal = end.at.isoformat() if end.at else ""
    return Outcome(
        set={
            "answer_due_at": later.at,
            "awaiting_calendar": later.awaiting,
            "private": kept(context, **{EXTENDED: True, LEGAL_DUE: legal}),
        },
        tell_resident=True,
    )


def decided(context: Context) -> Outcome:
    """The decision, with what the figures need: in time against the promise (`in_time`) and the law (`in_law`)."""
    outcome = effects.answered(context)
    legal = str(worked(context.case).get(LEGAL_DUE) or "")
    if legal:
        outcome.public["in_law"] = context.now <= datetime.fromisoformat(legal)
    return outcome


def granted(context: Context) -> Outcome:
    """Granted: in force until its day where the item's result has an end, over otherwise."""
    outcome = decided(context)
    until = last_day(context.case, shanghai_day(context.now))
    if until is not None:
        outcome.state = "in_force"
        outcome.set["in_force_until"] = until
        outcome.public["until"] = until.isoformat()
    return outcome


def last_day(case: Case, since: date) -> date | None:
    """The last day in force of what is granted on a day; None where it has no end."""
    months = sent(case).get("valid_months")
    return months_on(since, int(str(months))) if months else None


def months_on(since: date, months: int) -> date:
    """The day so many months on, less one: a permit of twelve months from 1 March ends on the last of February."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    day = min(since.day, calendar.monthrange(year, month + 1)[1])
    found = date(year, month + 1, day)
    return date.fromordinal(found.toordinal() - 1)


def ended(context: Context) -> Outcome:
    """What was granted has no effect any more."""
    return Outcome(set={"in_force_until": None})


def prolonged(context: Context) -> Outcome:
    """Renewed: in force for another time from the day after its last (行政许可法 Art. 50)."""
    case = context.case
    if case.in_force_until is None:
        raise Refusal("wrong_state", _("这个件没有有效期，不用延续。"))
    until = last_day(case, date.fromordinal(case.in_force_until.toordinal() + 1))
    return Outcome(set={"in_force_until": until}, public={"until": until.isoformat() if until else None})


def promise_checked(context: Context) -> Outcome:
    """A promise is checked after the decision; a false one ends what was granted on it (优化营商环境条例 Art. 40)."""
    added = kept(context, **{CHECKED_AT: context.now.isoformat()})
    if context.payload["kept"] == "kept":
        return Outcome(set={"private": added}, tell_resident=True)
    return Outcome(state="revoked", set={"private": added, "in_force_until": None}, tell_resident=True)


CHECKED = CountsWhere("promise_false", "kept", "false")
"""What the checking of a promise counts for: one that was false."""


def begun_anew(context: Context) -> Outcome:
    """The unit above set the decision aside: the unit decides anew, with the whole limit."""
    return Outcome(set={"answered_at": None, "in_force_until": None}, redispatched=True, tell_resident=True)


def opened(context: Context) -> Outcome:
    """A renewal or an appeal begins."""
    return effects.submit(context)


def given(context: Context) -> Outcome:
    """An opinion is in; how long it took is public."""
    return effects.answered(context)
