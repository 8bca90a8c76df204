"""What a bundle (一件事) asks for all of its items together: each question and each material once, whichever item asks
first; and what of it each item is given: what its own form asks, and no more.

Pure but for the catalogue. How a bundle is written and shown: `bundles.py`; its table: `bundle.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Files
from tongban.counter.parts import InputsStep
from tongban.registry.names import matter_name, spoken

from . import judging, questions, reading
from .models import Need


def is_bundle(matter: str) -> bool:
    """Whether this matter is a bundle of the catalogue."""
    return matter in reading.current().bundles


def items_of(matter: str, facts: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """The items that a matter stands for: of a bundle those that the facts do not rule out, else the item itself."""
    if not is_bundle(matter):
        return (matter,)
    steps = reading.current().bundles[matter]
    return tuple(one.matter_id for one in steps if reading.when_holds(one.when, facts, place) is not False)


def items_asking(codes: Sequence[str], items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each fact the items whose form asks for it."""
    forms = {item: {one.fact.code for page in questions.pages_of(item) for one in page.questions} for item in items}
    return {code: tuple(item for item in items if code in forms[item]) for code in codes}


def given_to(item: str, facts: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Of the bundle's facts those that an item's own form asks of somebody who answered so, as JSON."""
    return questions.plain(questions.visible(questions.pages_of(item), facts, place)[1])


def steps(values: Mapping[str, Any]) -> Sequence[InputsStep]:
    """The questions of all items of the bundle, each once, whatever item asks it first, and its materials."""
    matter = str(values.get("matter") or "")
    if not matter or get_language() is None:
        return ()
    known, place = questions.facts_of(values), str(values.get("place") or "")
    items = items_of(matter, known, place)
    asked: set[str] = set()
    found = []
    for item in items:
        shown, _counted = questions.visible(questions.pages_of(item), known, place)
        for number, page in enumerate(shown, 1):
            fresh = [one for one in page.questions if one.fact.code not in asked]
            if fresh:
                asked |= {one.fact.code for one in fresh}
                title = page.title or _("您的情况")
                inputs = questions.inputs_of(fresh)
                found.append(InputsStep(f"q{item}-{number}", title, title, inputs=inputs))
    papers = _materials(items, known, place)
    return [*found, papers] if papers.inputs or papers.lead else found


def doubts(said: Mapping[str, Any]) -> dict[str, str]:
    """What the page to check asks (`Writing.doubts`): of each item what its conditions fail or leave open."""
    place = str(said["place"])
    asked = {one.name for step in steps(said) for one in step.inputs}
    facts = questions.facts_of({name: value for name, value in said.items() if name in asked})
    found: dict[str, list[str]] = {}
    for item in items_of(said["matter"], facts, place):
        for code, words in judging.doubts(item, facts, place).items():
            name = f"{questions.PREFIX}{code}"
            found.setdefault(name if name in asked else "", []).append(f"{matter_name(item)}：{words}")
    return {name: " ".join(dict.fromkeys(words)) for name, words in found.items()}


# --- materials -------------------------------------------------------------------------------------------------------


def papers_for(items: Sequence[str], facts: Mapping[str, Any], place: str) -> dict[str, list[Need]]:
    """Every material that one of the items asks for, by its code, with each item's need of it."""
    found: dict[str, list[Need]] = {}
    for item in items:
        for need in questions.needs_of(item, facts, place):
            found.setdefault(need.material_id, []).append(need)
    return found


def _materials(items: Sequence[str], facts: Mapping[str, Any], place: str) -> InputsStep:
    papers = papers_for(items, facts, place).values()
    slots = [_slot([one for one in needs if one.how != "instead"]) for needs in papers if _asked(needs)]
    others = [needs[0].material for needs in papers if not _asked(needs)]
    lead: Any = _("每样只交一次，分给要它的事项；每个单位只看到自己要的。") if slots else ""
    if others:
        names = "、".join(spoken(one.name, one.name_en) for one in others)
        lead = f"{lead} {_('不用交，由部门核验：%(names)s。') % {'names': names}}".strip()
    return InputsStep("materials", _("材料"), _("材料"), lead, inputs=tuple(slots))


def _asked(needs: Sequence[Need]) -> bool:
    return any(one.how != "instead" for one in needs)


def _slot(needs: Sequence[Need]) -> Files:
    """The input for a material: required where one of the items cannot do without it."""
    first = next((one for one in needs if one.how == "required"), needs[0])
    slot = questions.slot(first)
    used = _("用于：%(items)s。") % {"items": "、".join(matter_name(one.matter_id) for one in needs)}
    return replace(slot, hint=f"{slot.hint} {used}".strip())


def purposes_of(item: str, facts: Mapping[str, Any], place: str) -> frozenset[str]:
    """For which inputs for files an item takes what was handed in."""
    needs = questions.needs_of(item, facts, place)
    return frozenset(f"{questions.SLOT}{one.material_id}" for one in needs if one.how != "instead")
