"""What to ask next, and what came out: one person against every item of a place, or against one.

The next question is the one that decides most (`rules.questions`). Pure functions of the catalogue and the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tongban.cases.inputs import Choice, Input
from tongban.rules import BadFact, Catalogue, MissingParameter, Results, explain
from tongban.rules import questions as weigh
from tongban.rules.catalogue import UNKNOWN

from .. import judging, questions, reading
from ..models import Fact
from .answers import Answers

SHOWN = 6
"""So many of each sort stand on the page of results; all of a sort on pages of their own."""
PAGE = 30
SORTS = {"yes": True, "open": None, "no": False}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item for one person: the reasons, what would change a no, and what is still asked."""

    matter: str
    judged: judging.Judged
    ways: tuple[judging.Way, ...]
    unknown: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of results: how many there are, and those that are shown."""

    name: str
    count: int
    outcomes: tuple[Outcome, ...]
    pages: int = 1
    page: int = 1


def catalogue(answers: Answers) -> Catalogue:
    """Every item that could be for this person at this place."""
    return reading.current().catalogue(answers.place, answers.subject)


def judged(answers: Answers) -> tuple[Results, dict[str, Any]]:
    """Every item at once, and the answers that could be read as what was asked."""
    facts, whole = answers.facts, catalogue(answers)
    while True:
        try:
            return whole.judge(facts), facts
        except BadFact as error:
            facts.pop(error.fact)


def facts_of_item(matter: str, place: str) -> tuple[str, ...]:
    """The facts that an item's conditions ask and that somebody can be asked, in the order of the catalogue."""
    holds = reading.current()
    table = holds.tables.get(matter)
    known = [holds.facts[code] for code in (table.facts if table is not None else ()) if code in holds.facts]
    return tuple(fact.code for fact in sorted(known, key=lambda one: (one.order, one.code)))


def next_fact(answers: Answers, matter: str = "") -> Fact | None:
    """What to ask next; None where nothing more is to be decided, or nobody can be asked."""
    holds = reading.current()
    if matter:
        return _next_of_item(answers, matter)
    _results, facts = judged(answers)
    for code, _weight in weigh(catalogue(answers), facts, answers.skipped):
        if code in holds.facts and code not in answers.given:
            return holds.facts[code]
    return None


def more_to_ask(answers: Answers, matter: str = "") -> bool:
    """Whether a question is left that could decide something; without weighing them all."""
    if matter:
        return _next_of_item(answers, matter) is not None
    known = reading.current().facts
    results, _facts = judged(answers)
    whole, asked = results.catalogue, {*answers.given, *answers.skipped}
    for code in results.by_value()[None]:
        start, stop = whole.span(code)
        for place in range(start, stop):
            if int(results.groups[place]) == UNKNOWN and any(
                fact in known and fact not in asked for leaf in whole.groups[place].leaves for fact in leaf.facts
            ):
                return True
    return False


def _next_of_item(answers: Answers, matter: str) -> Fact | None:
    holds = reading.current()
    try:
        table = holds.table(matter, answers.place)
    except MissingParameter:
        return None
    if table is None:
        return None
    setting = holds.setting(answers.place)
    found = explain(table, judging.readable([table], answers.facts, setting), setting)
    if found.value is not None:
        return None
    waiting = [code for code in found.unknown if code in holds.facts and code not in answers.skipped]
    facts = sorted((holds.facts[code] for code in waiting), key=lambda one: (one.order, one.code))
    return facts[0] if facts else None


def asked_as(fact: Fact) -> Input:
    """A fact as an input here: what the law wants declared is asked as yes or no."""
    found = questions.input_of(questions.Question(fact))
    if fact.type == "declared":
        return Choice(found.name, found.label, hint=found.hint, options=questions.YES_NO)
    return replace(found, required=True)


def outcome(matter: str, answers: Answers) -> Outcome | None:
    """One item; None where it has no conditions."""
    return _outcome(matter, answers.facts, answers.place)


def _outcome(matter: str, facts: dict[str, Any], place: str, names: dict[str, str] | None = None) -> Outcome | None:
    found = judging.judged(matter, facts, place, names)
    if found is None:
        return None
    ways = () if found.value is True else judging.ways(matter, facts, place, names)
    known = reading.current().facts
    asked = dict.fromkeys(one.fact for group in found.open for one in group if one.met is None)
    unknown = tuple(known[code] for code in asked if code in known)
    return Outcome(matter, found, ways, unknown)


def sorts(answers: Answers) -> list[Sort]:
    """All items by what came out; the first of each sort with their reasons."""
    results, _facts = judged(answers)
    by_value = results.by_value()
    shown = {name: _in_order(by_value[value])[:SHOWN] for name, value in SORTS.items()}
    names = _names([code for codes in shown.values() for code in codes])
    return [Sort(name, len(by_value[value]), _outcomes(shown[name], answers, names)) for name, value in SORTS.items()]


def sort(answers: Answers, name: str, page: int) -> Sort:
    """One sort of results, a page of it."""
    codes = _in_order(judged(answers)[0].by_value()[SORTS[name]])
    pages = max(1, -(-len(codes) // PAGE))
    page = min(max(page, 1), pages)
    shown = codes[(page - 1) * PAGE : page * PAGE]
    return Sort(name, len(codes), _outcomes(shown, answers, _names(shown)), pages, page)


def counts(answers: Answers) -> dict[str, int]:
    """How many items came out as yes, open and no so far."""
    by_value = judged(answers)[0].by_value()
    return {name: len(by_value[value]) for name, value in SORTS.items()}


def _in_order(codes: Sequence[str]) -> list[str]:
    return sorted(codes)


def _names(matters: Sequence[str]) -> dict[str, str]:
    tables = reading.current().tables
    return judging.article_names(leaf.article for code in matters for leaf in tables[code].leaves)


def _outcomes(matters: Sequence[str], answers: Answers, names: dict[str, str]) -> tuple[Outcome, ...]:
    facts = answers.facts
    found = (_outcome(code, facts, answers.place, names) for code in matters)
    return tuple(one for one in found if one is not None)
