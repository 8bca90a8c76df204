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

from . import counting, deadlines, guards
from .guards import FINAL
from .procedure import Context, Outcome
from .refusal import Refusal


def submit(context: Context) -> Outcome:
    """Opens the case in its unit's tray, in the state that the table names. Where only the coordinating unit was found,
    it waits there to be dispatched, in the procedure's `initial` state."""
    case, registry = context.case, context.registry
    route = registry.route(case.matter_id, case.place_id, shanghai_day(context.now), case.against_id)
    why: str = route.why if case.unit_id == route.lead else "import"
    if case.about_id is not None or case.part_of_id is not None:
        why = "about" if case.about_id is not None else "part"
    return Outcome(
        state=context.procedure.initial if why == "coordinating" else None,
        assist=(route.assist or None) if why == "duty" else None,
        public={"why": why, "channel": case.channel},
        tell_resident=bool((case.private or {}).get("email")),
    )


def allowed_unit(context: Context, unit: str) -> None:
    """Raises Refusal where `unit` is the unit complained of or one below it, or no longer exists."""
    refusal = guards.barred_or_gone(context, unit)
    if refusal is not None:
        raise refusal


def dispatch(context: Context) -> Outcome:
    """Gives the case to a unit, with assisting units, under another matter where one is named."""
    unit = context.payload["unit"]
    assist = [code for code in context.payload.get("assist", []) if code != unit]
    changes: dict[str, object] = {"unit_id": unit, "handler_id": None}
    if context.payload.get("matter"):
        changes["matter_id"] = context.payload["matter"]
    return Outcome(set=changes, assist=tuple(assist), redispatched=True, tell_resident=True)


def redispatch_by_matter(context: Context) -> Outcome:
    """Another matter; where the responsibility list names another unit for it, the case goes there at once. With the
    unit that it is about, the case is barred to that unit as by `mark_against`."""
    case, registry, table = context.case, context.registry, context.procedure
    matter, against = context.payload["matter"], context.payload.get("against")
    if against is not None and against != case.against_id:
        outcome = mark_against(context)
        outcome.set["matter_id"] = matter
        return outcome
    day = shanghai_day(context.now)
    try:
        route = registry.route(matter, case.place_id, day, case.against_id)
    except NoUnitFound:
        raise Refusal("bad_input", _("这个事项没有责任单位。"), "matter") from None
    moved = route.lead != case.unit_id
    return Outcome(
        state=(table.initial if route.why == "coordinating" else table.handed_on) if moved else None,
        set={"matter_id": matter, "unit_id": route.lead, **({"handler_id": None} if moved else {})},
        assist=route.assist,
        redispatched=True,
        public={"unit_after": route.lead},
        tell_resident=moved,
    )


WORK_BEGUN = frozenset({"drafter", "correction"})
"""What a case's private part keeps of unfinished work; gone when another unit begins anew."""


def mark_against(context: Context) -> Outcome:
    """The case is about the conduct of a unit. From now on it is neither handled nor seen by that unit, by those
    below it and by whoever also holds a post there (信访工作条例 Art. 30).

    An open case goes to the unit above, as it would have from the beginning; a closed one only where the unit had it. A
    group of merged letters is left, a public page taken down. What else hangs on the case `barring.clear` takes away.
    """
    case, registry, against = context.case, context.registry, context.payload["against"]
    matter = context.payload.get("matter") or case.matter_id
    try:
        route = registry.route(matter, case.place_id, shanghai_day(context.now), against)
    except NoUnitFound:
        raise Refusal("bad_input", _("被反映的单位没有可以办理的上级单位，请联系平台管理员。"), "against") from None
    barred, again = registry.barred(against), case.state in context.procedure.starts_again
    moved = case.unit_id != route.lead and (again or case.unit_id in barred)
    changes: dict[str, object] = {"against_id": against, "lead_case_id": None, "published": False}
    if moved:
        changes |= {"unit_id": route.lead, "handler_id": None}
        changes["private"] = {name: value for name, value in (case.private or {}).items() if name not in WORK_BEGUN}
    return Outcome(
        state=context.procedure.handed_on if again and (moved or case.lead_case_id) else None,
        set=changes,
        assist=() if moved else None,
        public={"unit_after": route.lead} if moved else {},
        redispatched=moved and again,
        tell_resident=True,
        for_unit=route.lead if moved else case.unit_id,
    )


def unmark_against(context: Context) -> Outcome:
    """The unit above has found that the case is not about that unit's conduct. It stays where it is."""
    return Outcome(set={"against_id": None}, tell_resident=True)


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
    coordinator = coordinator_of(context)
    if case.returns >= 1 or coordinator == case.unit_id:
        superior = registry.common_superior(case.unit_id, coordinator) or registry.above(
            case.unit_id, shanghai_day(context.now)
        )
        allowed_unit(context, superior)
        return Outcome(
            state=context.procedure.in_dispute,
            set={"returns": case.returns + 1, "unit_id": superior, "handler_id": None},
            assist=(),
        )
    return Outcome(
        state=context.procedure.given_back,
        set={"returns": case.returns + 1, "unit_id": coordinator, "handler_id": None},
        assist=(),
    )


def decide_dispute(context: Context) -> Outcome:
    """The common superior names the unit, for good (信访工作条例 Art. 24)."""
    outcome = dispatch(context)
    outcome.set["returns"] = FINAL
    return outcome


def accept(context: Context) -> Outcome:
    """The unit takes the case; the official who accepts becomes its handler."""
    return Outcome(set={"handler_id": context.actor.official_id}, tell_resident=True)


def merge(context: Context) -> Outcome:
    """Ties this case to a lead case about the same trouble; its sender is answered when the lead is (`merging.py`)."""
    return Outcome(set={"lead_case_id": context.payload["case"]}, tell_resident=True)


def unmerge(context: Context) -> Outcome:
    """Takes the case out of its group again; it goes on by itself."""
    return Outcome(set={"lead_case_id": None, "handler_id": None})


def tell(context: Context) -> Outcome:
    """Only moves the state, and tells the resident."""
    return Outcome(tell_resident=True)


def assign(context: Context) -> Outcome:
    """Hands the case to a colleague of the same unit; the kernel sees to it that it is one."""
    return Outcome(set={"handler_id": context.payload["official"]})


def grant_extension(context: Context) -> Outcome:
    """More days, with approval and notice; `guards.extendable` has seen how many are left."""
    case, registry = context.case, context.registry
    days = context.payload["days"]
    most = registry.limit("extend_max", case.matter_id, case.place_id)
    if most is None or case.answer_due_at is None:
        raise Refusal("not_yet", _("这个件还没有时限，请先载入日历。"))
    try:
        if most.unit == "working":
            local = timezone.localtime(case.answer_due_at)
            later = local + (registry.calendar.add_working_days(local.date(), days) - local.date())
        else:
            later = case.answer_due_at + timedelta(days=days)
    except YearNotLoaded as error:
        raise deadlines.calendar_missing(error.year) from None
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
    return Outcome(set={"grade": context.payload["grade"]}, public={"poor": context.payload["grade"] <= 2})


def review(context: Context) -> Outcome:
    """The unit above looks at the case again (信访工作条例 Arts 35, 36); the first unit assists."""
    case, registry = context.case, context.registry
    superior = registry.above(case.unit_id, shanghai_day(context.now))
    allowed_unit(context, superior)
    first = () if case.unit_id in registry.barred(case.against_id) else (case.unit_id,)
    return Outcome(
        set={"unit_id": superior, "handler_id": None}, assist=first, public={"unit_after": superior}, tell_resident=True
    )


def raise_rung(context: Context) -> Outcome:
    """The deadline's next rung, said by the system on the case itself."""
    return Outcome(set={"rung": context.payload["rung"]})


lateness = counting.LATE
"""What a rung of the ladder counts for in the figures: the one on which the deadline has passed, once a case."""


def reckon(context: Context) -> Outcome:
    """Counts the deadline anew once the calendar's missing year is loaded."""
    case = context.case
    limit = deadlines.answer_limit(case, context.procedure, context.registry)
    start = case.step_since if case.state == context.procedure.handed_on else case.submitted_at
    found = deadlines.due(limit, start, context.registry, case.extended_days)
    return Outcome(set={"answer_due_at": found.at, "awaiting_calendar": found.awaiting})
