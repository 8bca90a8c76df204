"""Why a table came out as it did, and the smallest changes that would make it a yes.

Exact: the ways are found by trying, fact by fact, every answer that the table can tell apart. What cannot change (a
date of birth) is named by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from .operators import Declared, Distance, Is, IsNot, NoneOf, OneOf, Operator, Range
from .table import Facts, Group, Leaf, Setting, Table

MOST_FACTS = 4
"""Ways that need more facts to change are not looked for: nobody acts on them."""
MOST_WAYS = 12
MOST_TRIALS = 20_000


@dataclass(frozen=True, slots=True)
class Way:
    """One smallest way to a yes: the facts that would have to be otherwise or known, and the leaves they would meet."""

    facts: tuple[str, ...]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value, the groups by how they stand, the facts still unknown, and the ways to a yes, the smallest first."""

    value: bool | None
    met: tuple[Group, ...]
    failed: tuple[Group, ...]
    open: tuple[Group, ...]
    unknown: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves that failed or are not known, in the groups that are not met: what a page has to say."""
        return tuple(leaf for group in (*self.failed, *self.open) for leaf in group.leaves)


def explain(table: Table, facts: Facts, setting: Setting, fixed: Iterable[str] = ()) -> Explanation:
    """Explain the value of a table for one person. `fixed`: facts that nobody can change once known. Raises BadFact."""
    values = table.group_values(facts, setting)
    by_value: dict[bool | None, list[Group]] = {True: [], False: [], None: []}
    for group, value in zip(table.groups, values, strict=True):
        by_value[value].append(group)
    value = False if by_value[False] else None if by_value[None] else True
    asked = dict.fromkeys(fact for group in by_value[None] for leaf in group.leaves for fact in leaf.facts)
    unknown = tuple(fact for fact in asked if facts.get(fact) is None)
    ways = () if value is True else _ways(table, facts, setting, frozenset(fixed), values)
    return Explanation(value, tuple(by_value[True]), tuple(by_value[False]), tuple(by_value[None]), unknown, ways)


def _ways(
    table: Table, facts: Facts, setting: Setting, fixed: frozenset[str], values: list[bool | None]
) -> tuple[Way, ...]:
    wanting = [group for group, value in zip(table.groups, values, strict=True) if value is not True]
    changeable = sorted({fact for fact in table.facts if fact not in fixed or facts.get(fact) is None})
    answers = {fact: _answers(table, fact, facts, setting) for fact in changeable}
    found: list[Way] = []
    trials = 0
    for number in range(1, min(MOST_FACTS, len(changeable)) + 1):
        for chosen in combinations(changeable, number):
            if not all(any(set(leaf.facts) & set(chosen) for leaf in group.leaves) for group in wanting):
                continue
            for given in product(*(answers[fact] for fact in chosen)):
                trials += 1
                if trials > MOST_TRIALS:
                    return tuple(found)
                way = _tried(table, facts, setting, dict(zip(chosen, given, strict=True)))
                if way is not None and way not in found:
                    found.append(way)
        if found:  # the smallest are all of one size; larger ones would hold more than is needed
            break
    return tuple(sorted(found, key=lambda way: (len(way.leaves), way.facts))[:MOST_WAYS])


def _tried(table: Table, facts: Facts, setting: Setting, changed: Mapping[str, Any]) -> Way | None:
    """The way that these answers are, where they make every group true: the leaves that then have to hold."""
    trial = _Trial(
        {**facts, **{fact: value for fact, value in changed.items() if not isinstance(value, _Assumed)}}, changed
    )
    met: list[Leaf] = []
    for group in table.groups:
        good = [leaf for leaf in group.leaves if trial.meets(leaf, setting)]
        if not good:
            return None
        touched = [leaf for leaf in good if not changed.keys().isdisjoint(leaf.facts)]
        if len(touched) == len(good) and touched[0] not in met:  # nothing else meets this group
            met.append(touched[0])
    return Way(tuple(sorted(changed)), tuple(met))


@dataclass(frozen=True, slots=True)
class _Assumed:
    """An answer of a kind that is not made up (a household, certificates, a place): which questions it would meet."""

    operators: frozenset[Operator]


@dataclass(frozen=True, slots=True)
class _Trial:
    facts: Facts
    changed: Mapping[str, Any]

    def meets(self, leaf: Leaf, setting: Setting) -> bool:
        answer = self.changed.get(leaf.fact)
        if isinstance(answer, _Assumed):
            return leaf.operator in answer.operators
        return leaf.judge(setting)(self.facts) is True


def _answers(table: Table, fact: str, facts: Facts, setting: Setting) -> list[Any]:
    """Answers to a fact that the table can tell apart, at least one of each kind of outcome."""
    leaves = [leaf for leaf in table.leaves if fact in leaf.facts]
    if any(len(leaf.facts) == 2 for leaf in leaves):
        return _dates(table.leaves, facts, setting)
    operators = list(dict.fromkeys(leaf.operator for leaf in leaves))
    candidates: list[Any] = []
    for operator in operators:
        made = _made(operator, setting)
        if made is None:
            sizes = range(1, len(operators) + 1)
            return [_Assumed(frozenset(some)) for size in sizes for some in combinations(operators, size)]
        candidates += made
    seen: dict[tuple[bool | None, ...], Any] = {}
    for candidate in candidates:
        try:
            outcome = tuple(operator.check(setting)(candidate) for operator in operators)
        except TypeError:
            continue
        if True in outcome:
            seen.setdefault(outcome, candidate)
    return list(seen.values())


def _dates(leaves: Iterable[Leaf], facts: Facts, setting: Setting) -> list[date]:
    """Days around every border of dates that are measured against each other: from today, from known
    dates, then between them."""
    alone = [leaf for leaf in leaves if len(leaf.facts) == 1]
    both = [leaf for leaf in leaves if len(leaf.facts) == 2]
    bounds = [
        bound for leaf in alone if isinstance(leaf.operator, Range) for bound in (leaf.operator.low, leaf.operator.high)
    ]
    days = {setting.day, *(near for bound in bounds if isinstance(bound, date) for near in _beside(bound))}
    days |= {value for leaf in both for fact in leaf.facts if isinstance(value := facts.get(fact), date)}
    days |= {setting.day - timedelta(days=away) for away in _spread(leaf.operator for leaf in alone)}
    away = _spread(leaf.operator for leaf in both)
    return sorted(days | {day + timedelta(days=sign * number) for day in days for number in away for sign in (1, -1)})


def _made(operator: Operator, setting: Setting) -> list[Any] | None:
    """Values at and beside the borders of a question; None where values of that kind are not made up."""
    if isinstance(operator, Is | IsNot):
        value = operator.value
        if isinstance(value, bool):
            return [True, False]
        return [value, f"{value}\x00other"] if isinstance(value, str) else [value, value + 1, value - 1]
    if isinstance(operator, Declared):
        return [True, False]
    if isinstance(operator, OneOf | NoneOf):
        return [*sorted(operator.values), "\x00other"]
    if isinstance(operator, Range):
        return [near for bound in (operator.low, operator.high) if bound is not None for near in _beside(bound)]
    if isinstance(operator, Distance):
        return [setting.day - timedelta(days=days) for days in _spread([operator])]
    return None


def _beside(bound: Any) -> list[Any]:
    if isinstance(bound, date):
        return [bound, bound - timedelta(days=1), bound + timedelta(days=1)]
    step = Decimal(1) if isinstance(bound, Decimal) else 1
    return [bound, bound - step, bound + step]


def _spread(operators: Iterable[Operator]) -> list[int]:
    """Days before today on both sides of every border of these distances."""
    days = {0}
    for operator in operators:
        if isinstance(operator, Distance):
            length = {"years": 366, "months": 31, "days": 1}[operator.unit]
            for bound in (operator.low, operator.high):
                if isinstance(bound, int):
                    days |= {
                        bound * length,
                        bound * length + 1,
                        (bound + 1) * length - 1,
                        max(bound * length - length, 0),
                        (bound * length * 360) // 366,
                    }
    return sorted(day for day in days if day < 60_000)
