"""What a register already knows is not asked again: the steps of an application without the questions that were
answered from registers, and the page on which that is allowed or not.

The applicant says yes or no on a page of its own, where nothing is preset; no means that everything is typed, and
nothing else. What came stands in the draft, which this browser alone opens, bound to the person and to the item: for
another item or another person it is not used. It cannot be edited; who says that it is wrong answers by hand, and both
are sent. The page itself: `consent_page.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.refusal import Refusal
from tongban.counter.parts import InputsStep, OwnStep, Step

from .. import bundled, questions
from . import pulling
from .person import blind

KEPT = "registers"
"""The name under which a draft keeps what was answered on the page and what came."""
ACTS_FOR = ("mandate", "client", "client_unit")
"""Names in a draft that say that somebody writes for somebody else: by a mandate, or at a counter."""
STEP = OwnStep(
    KEPT,
    _("登记信息"),
    _("登记里有的，不用再填"),
    page="tongban.services.sources.consent_page:page",
    done="tongban.services.sources.prefilling:is_done",
    rows="tongban.services.sources.consent_page:rows",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One fact that came from a register: as `questions.plain` stores it, with the register, the number of the pull and
    when."""

    fact: str
    value: Any
    source: str
    key: str
    at: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a draft holds of it, for the item it is about. `answer` is `yes`, `no` or empty; `contested` are facts of
    which the applicant says that the register is wrong."""

    answer: str = ""
    person: str = ""
    came: tuple[Mapping[str, Any], ...] = ()
    contested: frozenset[str] = frozenset()
    seen: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def used(self) -> dict[str, Value]:
        """What is taken over, by fact."""
        return {code: one for code, one in self.values.items() if code not in self.contested}

    @property
    def inputs(self) -> dict[str, Any]:
        """The same under the names of the form's inputs."""
        return {f"{questions.PREFIX}{code}": one.value for code, one in self.used.items()}


def held(values: Mapping[str, Any]) -> Held:
    """What the draft holds; nothing where it was for another item, or, of a bundle, not for all of its items."""
    kept = values.get(KEPT) or {}
    if not isinstance(kept, dict) or kept.get("matter") != values.get("matter"):
        return Held()
    if kept.get("items") is not None and not set(items(str(values.get("matter")), values)) <= set(kept["items"]):
        return Held()  # another item of the bundle came in: consent names each
    came = tuple(kept.get("came") or ())
    found = {
        code: Value(code, value, one["source"], one["key"], one["at"])
        for one in came
        for code, value in one["facts"].items()
    }
    return Held(
        kept.get("answer", ""),
        kept.get("person", ""),
        came,
        frozenset(kept.get("contested") or ()) & found.keys(),
        bool(kept.get("seen")),
        found,
    )


def offered(matter: str, values: Mapping[str, Any] | None = None) -> dict[str, list[str]]:
    """Which registers know which facts that an item's form can ask; of a bundle the forms of all its items that what
    was answered (`values`) does not rule out."""
    codes = dict.fromkeys(
        one.fact.code
        for item in items(matter, values or {})
        for page in questions.pages_of(item)
        for one in page.questions
    )
    return pulling.offered(list(codes))


def items(matter: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The items for which registers would be asked."""
    return bundled.items_of(matter, questions.facts_of(values), str(values.get("place") or ""))


def is_done(values: Mapping[str, Any]) -> bool:
    """Whether the page was answered, and what came was looked at. By a mandate that does not cover what was chosen
    since, nothing more is asked: the page says so."""
    found, by = held(values), values.get("mandate") or {}
    if by.get("items") is not None and bundled.missing_from(by["items"], str(values.get("matter"))):
        return False
    return (
        found.answer == "no" or (found.answer == "yes" and found.seen) or not offered(str(values.get("matter")), values)
    )


def steps(values: Mapping[str, Any]) -> Sequence[Step]:
    """The steps that follow from the item that was chosen (`Writing.unfolds`): first the page about registers, where
    there is one that can answer, then the questions that nobody has answered yet."""
    matter = str(values.get("matter") or "")
    if not matter:
        return ()
    found = held(values)
    unfolded = bundled.steps if bundled.is_bundle(matter) else questions.steps
    asked = [kept for one in unfolded({**values, **found.inputs}) if (kept := _still_asked(one, found))]
    begins = bool(offered(matter, values)) or any(values.get(name) for name in ACTS_FOR)
    return [STEP, *asked] if begins and asked else asked


def _still_asked(step: InputsStep, found: Held) -> InputsStep | None:
    """A step without the questions that registers answered; None where no question is left of several."""
    left = tuple(one for one in step.inputs if one.name not in found.inputs)
    if len(left) == len(step.inputs):
        return step
    return replace(step, inputs=left) if left or step.contact else None


# --- sending ---------------------------------------------------------------------------------------------------------


def with_registers(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, with what came from registers in its place: a typed value of the same name is none. Raises
    Refusal where the application is no longer of the person whom the registers were asked about."""
    found = held(said)
    if found.answer != "yes" or not found.values:
        return dict(said)
    if blind(str(said.get("id_number") or "")) != found.person:
        raise Refusal(
            "bad_input",
            _(
                "身份证号改过了，而从登记取得的是另一个人的信息。请回到“登记信息”一页，选择自己填写，或者改回原来的号码。"
            ),
            "id_number",
        )
    return {**said, **found.inputs}


def record(said: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the application keeps of it (`extra`), so that officials and applicant see where each fact comes from: only
    facts that the form asked, and of contested ones both values."""
    found = held(said)
    if not found.came:
        return {}
    asked = facts.keys() | found.contested
    return {
        "pulled": [
            {**one, "facts": {code: value for code, value in one["facts"].items() if code in asked}}
            for one in found.came
        ],
        "contested": sorted(found.contested),
    }


def handed_on(said: Mapping[str, Any], item: str) -> dict[str, Any]:
    """What a part of a bundle keeps of `record`: of the facts that its own form asks, and which registers were silent
    about them."""
    asked = {one.fact.code for page in questions.pages_of(item) for one in page.questions}
    knows = pulling.offered(sorted(asked))
    came = [
        {**one, "facts": {code: value for code, value in one["facts"].items() if code in asked}}
        for one in said.get("pulled") or ()
        if one["source"] in knows
    ]
    if not came:
        return {}
    return {"pulled": came, "contested": [code for code in said.get("contested") or () if code in asked]}


def attach(case: Any) -> None:
    """Tie the pulls to the case that came of them (`Writing.after`)."""
    from .rows import Pull

    extra = (case.private or {}).get("extra") or {}
    keys = [one["key"] for one in extra.get("pulled") or ()]
    if keys:
        Pull.objects.filter(key__in=keys, case=None).update(case=case)
