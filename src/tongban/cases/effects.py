"""What the common acts do, as pure functions that a door's table names.

An effect looks at the case and the inputs and says what changes; it writes nothing. Effects that one kind of case
alone needs live in its door.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.registry.snapshot import NoUnitFound
from tongban.workdays import YearNotLoaded, shanghai_day

from . import deadlines
from .procedure import Context, Outcome
from .refusal import Refusal

FINAL = 9
"""`Case.returns` of a case whose responsibility was decided for good: it cannot be returned again."""


def submit(context: Context) -> Outcome:
    """Opens the case in its unit's tray, in the state that the table names. Where only the coordinating unit was found, it
    waits there to be dispatched, in the procedure's `initial` state."""
    case, registry = context.case, context.registry
    route = registry.route(case.matter_id, case.place_id, shanghai_day(context.now), case.against_id)
    why = route.why if case.unit_id == route.lead else "import"
    return Outcome(
        state=context.procedure.initial if why == "coordinating" else None,
        assist=(route.assist or None) if why == "duty" else None,
        public={"why": why, "channel": case.channel},
        tell_resident=bool((case.private or {}).get("email")),
    )


def allowed_unit(context: Context, unit: str) -> None:
    """Raises Refusal where `unit` is the unit complained of or one below it, or stands no more."""
    registry, case = context.registry, context.case
    if unit in registry.barred(case.against_id):
        raise Refusal("not_allowed", _("这个件反映的就是该单位或其上级，不能交给它办理。"), "unit")
    if not registry.units[unit].stands_on(shanghai_day(context.now)):
        raise Refusal("bad_input", _("这个单位已经撤销，请选择现在的单位。"), "unit")


def dispatch(context: Context) -> Outcome:
    """Gives the case to a unit, with assisting units, under another matter where one is named."""
    unit = context.payload["unit"]
    allowed_unit(context, unit)
    assist = [code for code in context.payload.get("assist", []) if code != unit]
    for code in assist:
        allowed_unit(context, code)
    changes: dict[str, object] = {"unit_id": unit, "handler_id": None}
    if context.payload.get("matter"):
        changes["matter_id"] = context.payload["matter"]
    return Outcome(set=changes, assist=tuple(assist), redispatched=True, tell_resident=True)


def redispatch_by_matter(context: Context) -> Outcome:
    """Another matter; where the responsibility list names another unit for it, the case goes there at once."""
    case, registry = context.case, context.registry
    matter = context.payload["matter"]
    day = shanghai_day(context.now)
    try:
        route = registry.route(matter, case.place_id, day, case.against_id)
    except NoUnitFound:
        raise Refusal("bad_input", _("这个事项没有责任单位。"), "matter") from None
    moved = route.lead != case.unit_id
    return Outcome(
        state=("submitted" if route.why == "coordinating" else "dispatched") if moved else None,
        set={"matter_id": matter, "unit_id": route.lead, **({"handler_id": None} if moved else {})},
        assist=route.assist,
        redispatched=True,
        public={"unit_after": route.lead},
        tell_resident=moved,
    )


def coordinator_of(context: Context) -> str:
    """The coordinating unit that dispatched, or would have; never a unit that is barred."""
    case, registry = context.case, context.registry
    day = shanghai_day(context.now)
    found = registry.coordinating(case.place_id, day, registry.barred(case.against_id))
    return found or registry.above(case.unit_id, day)


def return_dispatch(context: Context) -> Outcome:
    """The unit says that the case is not its own, with reasons, within 5 working days (信访工作条例 Art. 23).

    The first return goes to the coordinating unit; the second is a dispute and goes to the common superior (Art. 24).
    """
    case, registry = context.case, context.registry
    if case.returns >= FINAL:
        raise Refusal("not_allowed", _("共同上级已经裁定由本单位负责，不能再退回。"))
    limit = registry.limit("object", case.matter_id, case.place_id)
    last = deadlines.due(limit, case.step_since, registry)
    if last.awaiting is not None:
        raise Refusal("not_yet", _("日历尚未载入 %(year)d 年，请管理员先载入当年的放假通知。") % {"year": last.awaiting})
    if last.at is not None and context.now > last.at:
        raise Refusal("not_allowed", _("退回应当在收到之日起 %(days)d 个工作日内提出，现在已经超过期限。") % {"days": limit.days if limit else 0})
    coordinator = coordinator_of(context)
    if case.returns >= 1 or coordinator == case.unit_id:
        superior = registry.common_superior(case.unit_id, coordinator) or registry.above(case.unit_id, shanghai_day(context.now))
        allowed_unit(context, superior)
        return Outcome(state="disputed", set={"returns": case.returns + 1, "unit_id": superior, "handler_id": None}, assist=())
    return Outcome(state="returned", set={"returns": case.returns + 1, "unit_id": coordinator, "handler_id": None}, assist=())


def decide_dispute(context: Context) -> Outcome:
    """The common superior names the unit, for good (信访工作条例 Art. 24)."""
    outcome = dispatch(context)
    outcome.set["returns"] = FINAL
    return outcome


def accept(context: Context) -> Outcome:
    """The unit takes the case; the official who accepts becomes its handler."""
    return Outcome(set={"handler_id": context.actor.official_id}, tell_resident=True)


def tell(context: Context) -> Outcome:
    """Only moves the state, and tells the resident."""
    return Outcome(tell_resident=True)


def assign(context: Context) -> Outcome:
    """Hands the case to a colleague of the same unit. The door checks that they hold a post there."""
    return Outcome(set={"handler_id": context.payload["official"]})


def grant_extension(context: Context) -> Outcome:
    """More days, with approval and notice, up to the limit in the registry (信访工作条例 Art. 34: at most 30)."""
    case, registry = context.case, context.registry
    days = context.payload["days"]
    most = registry.limit("extend_max", case.matter_id, case.place_id)
    if most is None:
        raise Refusal("not_allowed", _("这个事项的时限不能延长。"))
    if case.extended_days + days > most.days:
        left = most.days - case.extended_days
        raise Refusal("bad_input", _("最多还能延长 %(left)d 天。依据：%(basis)s") % {"left": left, "basis": most.basis}, "days")
    if case.answer_due_at is None:
        raise Refusal("not_yet", _("这个件还没有时限，请先载入日历。"))
    try:
        if most.unit == "working":
            local = timezone.localtime(case.answer_due_at)
            later = local + (registry.calendar.add_working_days(local.date(), days) - local.date())
        else:
            later = case.answer_due_at + timedelta(days=days)
    except YearNotLoaded as error:
        raise Refusal("not_yet", _("日历尚未载入 %(year)d 年，请管理员先载入当年的放假通知。") % {"year": error.year}) from None
    return Outcome(set={"answer_due_at": later, "extended_days": case.extended_days + days}, tell_resident=True)


def answered(context: Context) -> Outcome:
    """The answer goes out. What the figures need stands in its public part: days taken, in time or not."""
    case = context.case
    due, now = case.answer_due_at, context.now
    if case.paused_at is not None and due is not None:
        due = due + (now - case.paused_at)
    facts: dict[str, object] = {"days": max(deadlines.days_taken(case, now), 0)}
    if due is not None:
        facts["in_time"] = now <= due
    return Outcome(set={"answered_at": now}, public=facts, tell_resident=True)


def rated(context: Context) -> Outcome:
    """好差评: one of five grades; a poor one (差, 很差) asks for a call back."""
    if context.case.grade is not None:
        raise Refusal("conflict", _("件的状态已经变化，现在不能进行这项操作。"))
    return Outcome(set={"grade": context.payload["grade"]}, public={"poor": context.payload["grade"] <= 2})


def review(context: Context) -> Outcome:
    """The unit above looks at the case again (信访工作条例 Arts 35, 36); the first unit assists."""
    case, registry = context.case, context.registry
    step = "recheck_ask" if context.procedure.state(case.state).name in ("reviewed",) else "review_ask"
    last = deadlines.due(registry.limit(step, case.matter_id, case.place_id), case.step_since, registry)
    if last.at is not None and context.now > last.at:
        raise Refusal("not_allowed", _("申请期限已过，不能再申请。"))
    superior = registry.above(case.unit_id, shanghai_day(context.now))
    allowed_unit(context, superior)
    first = () if case.unit_id in registry.barred(case.against_id) else (case.unit_id,)
    return Outcome(set={"unit_id": superior, "handler_id": None}, assist=first, public={"unit_after": superior}, tell_resident=True)


def raise_rung(context: Context) -> Outcome:
    """The deadline's next rung, said by the system on the case itself."""
    return Outcome(set={"rung": context.payload["rung"]})


def reckon(context: Context) -> Outcome:
    """Counts the deadline anew once the calendar's missing year is loaded."""
    case = context.case
    limit = deadlines.answer_limit(case, context.procedure, context.registry)
    start = case.submitted_at if case.state != "dispatched" else case.step_since
    found = deadlines.due(limit, start, context.registry, case.extended_days)
    return Outcome(set={"answer_due_at": found.at, "awaiting_calendar": found.awaiting})
