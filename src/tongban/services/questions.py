"""What an application asks: the pages of an item's form, as steps of the counter, and their answers as facts.

A question is a fact of the catalogue; without a form of its own an item asks what its conditions need. What is shown
only if something else was answered is asked only then, and hidden answers never leave with the application.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Files, Flag, Input, Line, PlaceChoice, Text
from tongban.cases.inputs.one import Asking
from tongban.counter.parts import InputsStep
from tongban.registry import lookup, snapshot
from tongban.registry.names import listed, spoken

from . import judging, reading
from .models import Fact, Form, Need

PREFIX = "fact_"
"""Before the code of a fact, in the names of inputs."""
PROMISE = Flag(
    "promised",
    _("我选择告知承诺：符合条件，现在不交材料"),
    required=False,
    hint=_("当场决定，以后核查；承诺不属实的，决定会被撤销，今后不能再用这种方式。"),
)
"""优化营商环境条例 Art. 40: freely chosen, decided at once, checked later."""
SLOT = "mat_"
"""Before the code of a material, in the names of inputs for files."""
MOST_FILES = 4
"""Pictures of one material. House rule."""
YES_NO = (("yes", _("是")), ("no", _("否")))


@dataclass(frozen=True)
class Amount(Input):
    """A number as people write it: digits, at most two after the point, with or without commas."""

    kind: ClassVar[str] = "number"
    unit: str = ""

    def check(self, value: Any, asked: Asking) -> str:
        try:
            found = Decimal(str(value).replace(",", "").replace("，", "").strip())
        except ArithmeticError:
            raise self.wrong(_("“%(label)s”应当是数字，例如 1200。") % {"label": self.label}) from None
        if not found.is_finite() or abs(found) >= 10**12:
            raise self.wrong(_("“%(label)s”应当是数字，例如 1200。") % {"label": self.label})
        return str(found)

    def field(self, asked: Asking) -> forms.Field:
        found = forms.CharField(max_length=20, **self.words)
        found.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        return found

    def show(self, value: Any) -> str:
        return f"{value} {self.unit}".strip()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,4})?$"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form: the fact, whether it has to be answered, and when it is asked (rows of a condition)."""

    fact: Fact
    required: bool = True
    when: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page of a form: its title in the page's language, and its questions."""

    title: str
    questions: tuple[Question, ...]


def pages_of(matter: str) -> tuple[FormPage, ...]:
    """The pages of an item's newest published form; without one, what its conditions ask. Kept until the catalogue
    changes."""
    kept: dict[tuple[str, str | None], tuple[FormPage, ...]] = reading.current().kept.setdefault("pages", {})
    key = matter, get_language()
    if key not in kept:
        form = form_of(matter)
        kept[key] = from_content(form.content) if form is not None else without_form(matter)
    return kept[key]


def without_form(matter: str) -> tuple[FormPage, ...]:
    """One page a section of the facts that an item's conditions ask."""
    holds = reading.current()
    table = holds.tables.get(matter)
    facts = [holds.facts[code] for code in table.facts if code in holds.facts] if table is not None else []
    sections: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda one: (one.order, one.code)):
        sections.setdefault(spoken(fact.section, fact.section_en), []).append(fact)
    return tuple(FormPage(title, tuple(Question(fact) for fact in found)) for title, found in sections.items())


def form_of(matter: str) -> Form | None:
    """An item's newest published form; None where it has none of its own. Kept until the catalogue changes."""
    kept: dict[str, Form | None] = reading.current().kept.setdefault("forms", {})
    if matter not in kept:
        published = Form.objects.filter(matter=matter, published_at__isnull=False)
        kept[matter] = published.order_by("-version").first()
    return kept[matter]


def version_of(matter: str) -> int:
    """The version of an item's form; 0 where it asks what its conditions need."""
    form = form_of(matter)
    return form.version if form is not None else 0


def form_sent(matter: str) -> dict[str, Any]:
    """Which form an application was written with: the ledger commits to its digest with all that is sent."""
    form = form_of(matter)
    return {"form": form.version, "form_digest": form.digest} if form is not None else {"form": 0}


def from_content(content: Mapping[str, Any]) -> tuple[FormPage, ...]:
    """The pages that a stored form says; questions about facts that are gone are left out."""
    facts = reading.current().facts
    return tuple(
        FormPage(
            spoken(page.get("title", ""), page.get("title_en", "")),
            tuple(
                Question(facts[one["fact"]], one.get("required", True), tuple(one.get("when") or ()))
                for one in page.get("questions", ())
                if one["fact"] in facts
            ),
        )
        for page in content.get("pages", ())
    )


def inputs_of(asked: Iterable[Question]) -> tuple[Input, ...]:
    """Questions as inputs of the kernel; the same ones until the catalogue changes."""
    kept: dict[tuple[str, bool, str | None], Input] = reading.current().kept.setdefault("inputs", {})
    language, found = get_language(), []
    for one in asked:
        key = one.fact.code, one.required, language
        if key not in kept:
            kept[key] = _input_of(one)
        found.append(kept[key])
    return tuple(found)


def input_of(question: Question) -> Input:
    """One question as an input of the kernel."""
    return inputs_of((question,))[0]


def _input_of(question: Question) -> Input:
    fact = question.fact
    said: dict[str, Any] = {
        "name": f"{PREFIX}{fact.code}",
        "label": spoken(fact.question, fact.question_en),
        "required": question.required,
        "hint": spoken(fact.hint, fact.hint_en),
    }
    if fact.type == "bool":
        return Choice(**said, options=YES_NO)
    if fact.type == "choice":
        return Choice(**said, options=tuple((code, spoken(words, english)) for code, words, english in fact.options))
    if fact.type == "number":
        return Amount(**said, unit=fact.unit)
    if fact.type == "date":
        return Day(**said)
    if fact.type == "place":
        return PlaceChoice(**said)
    if fact.type == "declared":
        return Flag(**said)
    return Line(**said, longest=200)


def steps(values: Mapping[str, Any]) -> Sequence[InputsStep]:
    """The pages that follow from the item that was chosen (`Writing.unfolds`)."""
    matter = str(values.get("matter") or "")
    if not matter or get_language() is None:
        return ()
    place = str(values.get("place") or "")
    shown, known = visible(pages_of(matter), facts_of(values), place)
    found = []
    for number, page in enumerate(shown, 1):
        if page.questions:
            title = page.title or _("您的情况")
            inputs = inputs_of(page.questions)
            found.append(InputsStep(f"q{number}", title, title, inputs=inputs))
    item = reading.current().items.get(matter)
    found.append(_materials(needs_of(matter, known, place), values, item is not None and item.by_promise))
    return found


def visible(
    pages: Sequence[FormPage], facts: Mapping[str, Any], place: str
) -> tuple[tuple[FormPage, ...], dict[str, Any]]:
    """The pages with the questions that are asked of somebody who answered so, and the answers that count: one that
    was given before its question was hidden shows nothing else and leaves with nothing."""
    counted: dict[str, Any] = {}
    found = []
    for page in pages:
        asked = []
        for one in page.questions:
            if reading.when_holds(one.when, counted, place) is True:
                asked.append(one)
                if facts.get(one.fact.code) is not None:
                    counted[one.fact.code] = facts[one.fact.code]
        found.append(FormPage(page.title, tuple(asked)))
    return tuple(found), counted


def doubts(said: Mapping[str, Any]) -> dict[str, str]:
    """What the page to check asks about an application (`Writing.doubts`): conditions that the answers fail or leave
    open, at the question, and under the empty name those that the form does not ask."""
    asked = {item.name for step in steps(said) for item in step.inputs}
    facts = facts_of({name: value for name, value in said.items() if name in asked})
    told = judging.doubts(said["matter"], facts, said["place"])
    found = {f"{PREFIX}{code}": words for code, words in told.items() if f"{PREFIX}{code}" in asked}
    rest = [words for code, words in told.items() if f"{PREFIX}{code}" not in asked]
    return {**found, **({"": " ".join(dict.fromkeys(rest))} if rest else {})}


def needs_of(matter: str, facts: Mapping[str, Any], place: str) -> list[Need]:
    """The materials that an item asks for from somebody of whom this is known; what hangs on something unknown is
    among them."""
    needs = reading.current().needs.get(matter, ())
    return [one for one in needs if reading.when_holds(one.when, facts, place) is not False]


def papers_sent(matter: str, facts: Mapping[str, Any], place: str) -> dict[str, Any]:
    """How many materials an application is asked for, and how many are taken from registers instead: for the figures,
    in the public part of the opening act."""
    needs = needs_of(matter, facts, place)
    taken = sum(one.how == "instead" for one in needs)
    return {"papers": {"asked_for": len(needs) - taken, "from_registers": taken}}


def _materials(needs: Sequence[Need], values: Mapping[str, Any], by_promise: bool) -> InputsStep:
    promised = by_promise and bool(values.get(PROMISE.name))
    asked = [one for one in needs if one.how != "instead"]
    lead: Any = _("手机拍照就可以，字要看得清。") if asked else _("这个事项不用交材料。")
    slots = [slot(one) for one in asked]
    if promised:
        slots = [replace(one, required=False) for one in slots]
    others = [one for one in needs if one.how == "instead"]
    if others:
        names = listed(spoken(one.material.name, one.material.name_en) for one in others)
        lead = f"{lead} " + _("不用交，由部门核验：%(names)s。") % {"names": names}
    note = Text("body", _("补充说明"), required=False, longest=2000, hint=_("没有可以不填。"))
    inputs = (*((PROMISE,) if by_promise else ()), *slots, note)
    return InputsStep("materials", _("材料"), _("材料"), lead, inputs=inputs)


def slot(need: Need) -> Files:
    """A material as an input for files of its own: what may follow later is not required now."""
    material = need.material
    name, hint = spoken(material.name, material.name_en), spoken(material.hint, material.hint_en)
    if need.how == "may_follow":
        name = f"{name}{_('（')}{need.get_how_display()}{_('）')}"
    required = need.how == "required"
    return Files(f"{SLOT}{material.code}", name, required=required, hint=hint, most=MOST_FILES, legible=True)


def facts_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, as `rules/` takes it. What cannot be read is unknown."""
    known = reading.current().facts
    found: dict[str, Any] = {}
    for name, value in values.items():
        fact = known.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if fact is not None and value not in (None, "", []):
            read = value_of(fact, value)
            if read is not None:
                found[fact.code] = read
    return found


def value_of(fact: Fact, value: Any) -> Any:
    """A stored answer as the type that `rules/` judges; None where it cannot be read."""
    try:
        if fact.type == "bool":
            return {"yes": True, "no": False, True: True, False: False}.get(value)
        if fact.type == "declared":  # not ticked is not said; only where it was asked as yes or no there is a no
            return True if value in (True, "on", "true", "1", "yes") else False if value == "no" else None
        if fact.type == "number":
            return Decimal(str(value))
        if fact.type == "date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        if fact.type == "place":
            return _place(str(value))
    except (ValueError, ArithmeticError):
        return None
    return str(value)


def _place(words: str) -> str | None:
    """The code of a place that was typed; None where the words do not name one alone."""
    registry = snapshot.current()
    if words in registry.places:
        return words
    scope, today = lookup.Scope("place"), timezone.localdate()
    whole = lookup.named(scope, words, registry, today)
    if whole is not None:
        return whole
    found = lookup.find(scope, words, registry, today)
    return found.codes[0] if found.total == 1 else None


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON: dates and numbers as text."""
    return {
        code: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
        for code, value in facts.items()
    }


def read_facts(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as `plain` wrote them, as `rules/` takes them."""
    known = reading.current().facts
    found = {code: value_of(known[code], value) for code, value in stored.items() if code in known}
    return {code: value for code, value in found.items() if value is not None}
