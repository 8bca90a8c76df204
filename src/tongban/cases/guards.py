"""Why an act that the table allows cannot be done now: asked by the kernel, by every button and by every API.

`refusal` is the one question. It asks what holds for every kind of case (the rule on erasing, the limit within which an
act can be asked) and then the guard in the table. `offered` is what a menu shows. Not for what an act does:
`effects.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tongban.registry.snapshot import NoUnitFound, Snapshot
from tongban.workdays import shanghai_day

from . import deadlines, erasure, relations
from .actor import Actor
from .inputs import AgainstUnit, MatterChoice, UnitChoice, UnitChoices
from .models import Case
from .procedure import Context, Edge, Guard, Procedure
from .refusal import Refusal

HOUSE_GUARDS: dict[str, Guard] = {"erase": erasure.refused}
"""Rules of the house on acts of every kind of case, whatever the table of a kind says beside them."""
CONTACT, BY_CONTACT = "查看联系方式", "按联系方式查找"
PURPOSES = frozenset(
    {"办理", "分办", "督办", "差评核查", "复查复核", "答复查询", "办理质量检查", "接口查看", CONTACT, BY_CONTACT}
)
"""What a look can be for: what the act keeps and the sender reads."""
SEES_CONTACT = frozenset({"lead:handler", "lead:head", "lead:clerk"})
FINAL = 9
"""`Case.returns` of a case whose responsibility was decided for good: it cannot be returned again."""


def all_of(*guards: Guard) -> Guard:
    """The first refusal of several guards."""

    def ask(context: Context) -> Refusal | None:
        return next((found for guard in guards if (found := guard(context)) is not None), None)

    return ask


def refusal(edge: Edge, context: Context) -> Refusal | None:
    """Why the act cannot be done, or None. With the inputs of the act, or with none where a menu asks."""
    house = HOUSE_GUARDS.get(edge.act)
    found = house(context) if house is not None else None
    if found is None:
        found = of_inputs(edge, context)
    if found is None and edge.within is not None:
        found = deadlines.too_late(edge.within, context.case, context.registry, context.now)
    if found is None and edge.guard is not None:
        found = edge.guard(context)
    return found


def of_inputs(edge: Edge, context: Context) -> Refusal | None:
    """What the law asks of inputs in every kind of case: a matter is a leaf, and one about conduct names the unit; no
    unit gets a case that is about itself or stands above it."""
    for item in edge.inputs:
        given = context.payload.get(item.name)
        if given is None:
            continue
        found = None
        if isinstance(item, MatterChoice):
            found = leaf_matter(context, item.name)
        elif isinstance(item, UnitChoice) and not isinstance(item, AgainstUnit):
            found = barred_or_gone(context, given, item.name)
        elif isinstance(item, UnitChoices):
            refusals = (barred_or_gone(context, unit, item.name) for unit in given)
            found = next((one for one in refusals if one is not None), None)
        if found is not None:
            return found
    return None


def offered(
    procedure: Procedure, case: Case, actor: Actor, standing: Collection[str], registry: Snapshot, now: datetime
) -> list[Edge]:
    """What the actor can do now, in the order of the table. Nothing any more once the case was erased."""
    if case.erased_at is not None:
        return []
    held = frozenset(standing)
    context = Context(case, actor, {}, now, registry, procedure, held, related=relations.related_to(case))
    return [edge for edge in procedure.open_to(case.state, held) if refusal(edge, context) is None]


# --- guards that tables of several kinds can name -------------------------------------------------------------------


def returnable(context: Context) -> Refusal | None:
    """A unit can say within the limit `object` that a case is not its own (信访工作条例 Art. 23), unless the common
    superior has decided (Art. 24)."""
    case, registry = context.case, context.registry
    if case.returns >= FINAL:
        return Refusal("not_allowed", _("共同上级已经裁定由本单位负责，不能再退回。"))
    limit = registry.limit("object", case.matter_id, case.place_id)
    last = deadlines.due(limit, case.step_since, registry)
    if last.awaiting is not None:
        return deadlines.calendar_missing(last.awaiting)
    if last.at is not None and context.now > last.at:
        days = limit.days if limit else 0
        return Refusal(
            "not_allowed", _("退回应当在收到之日起 %(days)d 个工作日内提出，现在已经超过期限。") % {"days": days}
        )
    return None


def extendable(context: Context) -> Refusal | None:
    """More days can be asked for and granted up to the limit `extend_max` in all (信访工作条例 Art. 34: at most 30)."""
    case, registry = context.case, context.registry
    most = registry.limit("extend_max", case.matter_id, case.place_id)
    if most is None:
        return Refusal("not_allowed", _("这个事项的时限不能延长。"))
    days, left = context.payload.get("days", 1), most.days - case.extended_days
    if days > left:
        return Refusal(
            "bad_input", _("最多还能延长 %(left)d 天。依据：%(basis)s") % {"left": left, "basis": most.basis}, "days"
        )
    if case.answer_due_at is None:
        return Refusal("not_yet", _("这个件还没有时限，请先载入日历。"))
    return None


def not_rated(context: Context) -> Refusal | None:
    """A case is rated once."""
    if context.case.grade is not None:
        return Refusal("conflict", _("您已经评价过了。"))
    return None


def rated_poorly(context: Context) -> Refusal | None:
    """A call back answers a poor rating (国办发〔2019〕51号: 差, 很差)."""
    if context.case.grade is None or context.case.grade > 2:
        return Refusal("not_allowed", _("只有提交人评价为“差”或“很差”时，才登记差评回访。"))
    return None


def unit_of_the_place(context: Context) -> Refusal | None:
    """A case is given to a unit of its place or of a place above, that still stands and is not complained of; the
    same for the units that assist."""
    case, registry = context.case, context.registry
    line = registry.line("places", case.place_id)
    for name in ("unit", "assist", "suggested"):
        given = context.payload.get(name) or ()
        for unit in (given,) if isinstance(given, str) else given:
            found = barred_or_gone(context, unit, name)
            if found is not None:
                return found
            if registry.units[unit].place not in line:
                return Refusal("not_allowed", _("只能交给问题所在地或其上级地方的单位办理。"), name)
    return None


def another_unit(context: Context) -> Refusal | None:
    """Whoever gives a case back can name the unit that should have it instead: one of the place, not their own."""
    if context.payload.get("suggested") == context.case.unit_id:
        return Refusal("bad_input", _("这就是本单位，请另选一个单位。"), "suggested")
    return unit_of_the_place(context)


def barred_or_gone(context: Context, unit: str, field: str = "unit") -> Refusal | None:
    """A unit complained of, and one below it, gets no case; nor one that no longer exists."""
    if unit in context.registry.barred(context.case.against_id):
        return Refusal("not_allowed", _("这个件反映的就是该单位或其上级，不能交给它办理。"), field)
    about = context.related.about if context.related is not None else None
    if unit in relations.kept_from(context.procedure, about, context.registry):
        return Refusal("not_allowed", _("这个件针对该单位或其上级作出的决定，不能交给它办理。"), field)
    if not context.registry.units[unit].stands_on(shanghai_day(context.now)):
        return Refusal("bad_input", _("这个单位已经撤销，请选择现在的单位。"), field)
    return None


def leaf_matter(context: Context, field: str = "matter") -> Refusal | None:
    """A case is about a matter that has none below it and is for its kind; a complaint about conduct names the unit it
    is about, or the unit could get it (信访工作条例 Art. 30)."""
    matter, registry = context.payload.get(field), context.registry
    if matter is None:
        return None
    if registry.children("matters", matter):
        return Refusal("bad_input", _("请选择最下一级的事项。"), field)
    if not registry.matters[matter].serves(context.case.kind):
        return Refusal("bad_input", _("这个事项不能用来办理这一种件。"), field)
    if registry.matters[matter].conduct and context.case.against_id is None and not context.payload.get("against"):
        return Refusal("bad_input", _("反映单位或工作人员行为的事项，须标明被反映的单位。"), "against")
    return None


def known_purpose(context: Context) -> Refusal | None:
    """A look is for one of the purposes that the sender can understand; at name and contact only those who handle
    look."""
    purpose = context.payload.get("purpose")
    if purpose is None:
        return None
    if purpose not in PURPOSES:
        return Refusal("bad_input", _("请先选择查看目的。"), "purpose")
    if purpose in (CONTACT, BY_CONTACT) and not SEES_CONTACT & context.standing:
        return Refusal("not_allowed", _("只有主办单位的工作人员可以查看联系方式。"))
    return None


def by_the_unit_above(context: Context) -> Refusal | None:
    """Once a case is marked, only the unit above the one complained of can take the mark away or set another."""
    case, registry = context.case, context.registry
    if case.against_id is None:
        return None
    above = set(registry.line("units", case.against_id)[1:])
    with suppress(NoUnitFound):
        above.add(registry.above(case.against_id, shanghai_day(context.now)))
    if any(unit in above and role in ("head", "supervisor") for unit, role in context.actor.posts):
        return None
    return Refusal("not_allowed", _("这个件已经标明被反映的单位，只有它的上级单位可以改动。"))


def markable(context: Context) -> Refusal | None:
    """A unit that is named already is not named again."""
    against = context.payload.get("against")
    if against is not None and against == context.case.against_id:
        return Refusal("conflict", _("这个件已经标明反映的是这个单位。"), "against")
    return by_the_unit_above(context)


def marked(context: Context) -> Refusal | None:
    """Only a mark that is there can be taken away, and not from a case whose matter is conduct."""
    case = context.case
    if case.against_id is None:
        return Refusal("conflict", _("这个件没有标明被反映的单位。"))
    if context.registry.matters[case.matter_id].conduct:
        return Refusal("not_allowed", _("这个件的事项就是反映单位或工作人员行为，请先改换事项。"))
    return by_the_unit_above(context)
