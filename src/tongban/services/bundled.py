"""What a bundle (一件事) asks for all of its items together: each question and each material once, whichever item asks
first; and what of it each item is given: what its own form asks, and no more.

Pure but for the catalogue. How a bundle is written and shown: `bundles.py`; its table: `bundle.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Files, Flag
from tongban.counter.parts import InputsStep
from tongban.registry.names import listed, matter_name, spoken

from . import judging, questions, reading
from .models import Need

PROMISED = "promised_"
"""Before the code of an item, in the names of the inputs that choose a promise for it."""


def is_bundle(matter: str) -> bool:
    """Whether this matter is a bundle of the catalogue."""
    return matter in reading.current().bundles


def items_of(matter: str, facts: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """The items that a matter stands for: of a bundle those that the facts do not rule out, else the item itself."""
    if not is_bundle(matter):
        return (matter,)
    steps = reading.current().bundles[matter]
    return tuple(one.matter_id for one in steps if reading.when_holds(one.when, facts, place) is not False)


def every_item(matter: str) -> tuple[str, ...]:
    """All items that a matter can stand for, whatever is answered: of a bundle each of its steps."""
    return tuple(one.matter_id for one in reading.current().bundles.get(matter, ())) or (matter,)


def deciding(matter: str) -> frozenset[str]:
    """The facts that say which items of a bundle are needed: asked even where the answer rules out the item that asks
    them, so that it leaves with the bundle and can be changed."""
    steps = reading.current().bundles.get(matter, ())
    return frozenset(str(row["fact"]) for step in steps for row in step.when or ())


def missing_from(items: Collection[str], matter: str) -> tuple[str, ...]:
    """The items that a matter can stand for and that are not among these, by which somebody may write for another."""
    return tuple(one for one in every_item(matter) if one not in items)


def facts_told(said: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to what is asked of somebody who answered so; hidden answers are not among them."""
    asked = {one.name for step in steps(said) for one in step.inputs}
    return questions.facts_of({name: value for name, value in said.items() if name in asked})


def items_asking(codes: Sequence[str], items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each fact the items whose form asks for it."""
    forms = {item: {one.fact.code for page in questions.pages_of(item) for one in page.questions} for item in items}
    return {code: tuple(item for item in items if code in forms[item]) for code in codes}


def given_to(item: str, facts: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Of the bundle's facts those that an item's own form asks of somebody who answered so, as JSON."""
    return questions.plain(questions.visible(questions.pages_of(item), facts, place)[1])


def steps(values: Mapping[str, Any]) -> Sequence[InputsStep]:
    """The questions of all items of the bundle, each once, whatever item asks it first; which items are to be had by
    promise; and the materials of the others."""
    matter = str(values.get("matter") or "")
    if not matter or get_language() is None:
        return ()
    known, place = questions.facts_of(values), str(values.get("place") or "")
    items, decide = items_of(matter, known, place), deciding(matter)
    asked: set[str] = set()
    found = []
    for item in every_item(matter):
        shown, _counted = questions.visible(questions.pages_of(item), known, place)
        for number, page in enumerate(shown, 1):
            of_item = [one for one in page.questions if item in items or one.fact.code in decide]
            fresh = [one for one in of_item if one.fact.code not in asked]
            if fresh:
                asked |= {one.fact.code for one in fresh}
                title = page.title or _("您的情况")
                inputs = questions.inputs_of(fresh)
                found.append((item, InputsStep(f"q{item}-{number}", title, title, inputs=inputs)))
    pages = _told_apart(found)
    papers = _materials(items, known, place, promised(values, items))
    return [*pages, *_promises(items), *([papers] if papers.inputs or papers.lead else [])]


def _told_apart(pages: Sequence[tuple[str, InputsStep]]) -> list[InputsStep]:
    """The pages of items; those that are called the same say at their head for which item they ask."""
    named = Counter(str(step.title) for _item, step in pages)
    return [
        replace(step, title=f"{step.title}{_('：')}{matter_name(item)}") if named[str(step.title)] > 1 else step
        for item, step in pages
    ]


def doubts(said: Mapping[str, Any]) -> dict[str, str]:
    """What the page to check asks (`Writing.doubts`): of each item what its conditions fail or leave open."""
    place = str(said["place"])
    asked = {one.name for step in steps(said) for one in step.inputs}
    facts = facts_told(said)
    found: dict[str, list[str]] = {}
    for item in items_of(said["matter"], facts, place):
        for code, words in judging.doubts(item, facts, place).items():
            name = f"{questions.PREFIX}{code}"
            found.setdefault(name if name in asked else "", []).append(f"{matter_name(item)}{_('：')}{words}")
    return {name: " ".join(dict.fromkeys(words)) for name, words in found.items()}


# --- promises --------------------------------------------------------------------------------------------------------


def promised(values: Mapping[str, Any], items: Sequence[str]) -> tuple[str, ...]:
    """Of these items those that are to be had by promise (告知承诺): chosen, and the item allows it."""
    return tuple(one for one in items if by_promise(one) and values.get(f"{PROMISED}{one}"))


def by_promise(item: str) -> bool:
    """Whether an item can be had by promise."""
    row = reading.current().items.get(item)
    return row is not None and row.by_promise


def _promises(items: Sequence[str]) -> list[InputsStep]:
    """The page that offers the choice, for each such item by its name; none where no item can be had so."""
    choices = tuple(
        Flag(
            f"{PROMISED}{item}",
            _("“%(item)s”：我选择告知承诺，现在不交它的材料") % {"item": matter_name(item)},
            required=False,
        )
        for item in items
        if by_promise(item)
    )
    if not choices:
        return []
    free = _("下面的事项，您承诺符合条件，就可以现在不交材料。可以不选；选不选都不影响别的事项。")
    lead = f"{free} {questions.PROMISE.hint}"
    return [InputsStep("promises", _("告知承诺"), _("要不要先承诺"), lead, inputs=choices)]


# --- materials -------------------------------------------------------------------------------------------------------


def papers_for(items: Sequence[str], facts: Mapping[str, Any], place: str) -> dict[str, list[Need]]:
    """Every material that one of the items asks for, by its code, with each item's need of it."""
    found: dict[str, list[Need]] = {}
    for item in items:
        for need in questions.needs_of(item, facts, place):
            found.setdefault(need.material_id, []).append(need)
    return found


def _materials(
    items: Sequence[str], facts: Mapping[str, Any], place: str, by_promise: Collection[str] = ()
) -> InputsStep:
    """What is handed in; nothing for an item that was chosen `by_promise`."""
    papers = papers_for(items, facts, place).values()
    asked = [[one for one in needs if one.how != "instead" and one.matter_id not in by_promise] for needs in papers]
    slots = [_slot(needs) for needs in asked if needs]
    others = [needs[0].material for needs in papers if all(one.how == "instead" for one in needs)]
    lead: Any = _("每样只交一次，分给要它的事项；每个单位只看到自己要的。") if slots else ""
    if others:
        names = listed(spoken(one.name, one.name_en) for one in others)
        lead = f"{lead} {_('不用交，由部门核验：%(names)s。') % {'names': names}}".strip()
    return InputsStep("materials", _("材料"), _("材料"), lead, inputs=tuple(slots))


def _slot(needs: Sequence[Need]) -> Files:
    """The input for a material: required where one of the items cannot do without it."""
    first = next((one for one in needs if one.how == "required"), needs[0])
    slot = questions.slot(first)
    used = _("用于：%(items)s。") % {"items": listed(matter_name(one.matter_id) for one in needs)}
    return replace(slot, hint=f"{slot.hint} {used}".strip())


def purposes_of(item: str, facts: Mapping[str, Any], place: str) -> frozenset[str]:
    """For which inputs for files an item takes what was handed in."""
    needs = questions.needs_of(item, facts, place)
    return frozenset(f"{questions.SLOT}{one.material_id}" for one in needs if one.how != "instead")
