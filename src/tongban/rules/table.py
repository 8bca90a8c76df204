"""The table of one condition: all of its groups, any leaf of a group. Pure values; judging touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from .errors import BadFact, BadTable
from .operators import Distance, Operator
from .parameters import Parameters

Facts = Mapping[str, Any]
"""Code of a fact → its value; absent or None is unknown."""


def _alone(place: str) -> Sequence[str]:
    return (place,)


@dataclass(frozen=True, slots=True)
class Setting:
    """Against what a table is judged: the day, the tree of places (`line`: a code → itself
    and all above), the place."""

    day: date
    line: Callable[[str], Sequence[str]] = _alone
    place: str | None = None


@dataclass(frozen=True)
class Leaf:
    """One question: a fact, how it is asked, the words when it fails, and the article it stands on."""

    fact: str
    operator: Operator
    words: str = ""
    article: str = ""

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts it needs: one, or two where it measures from one date to another."""
        other = self.operator.to if isinstance(self.operator, Distance) else None
        return (self.fact,) if other is None else (self.fact, other)

    @property
    def question(self) -> tuple[str, Operator]:
        """What makes two leaves one question."""
        return self.fact, self.operator

    def judge(self, setting: Setting) -> Callable[[Facts], bool | None]:
        """The leaf as a function of the facts. The function raises BadFact."""
        fact, operator = self.fact, self.operator
        if isinstance(operator, Distance) and operator.to is not None:
            other, between = operator.to, operator.between

            def judge_two(facts: Facts) -> bool | None:
                since, until = facts.get(fact), facts.get(other)
                if since is None or until is None:
                    return None
                try:
                    return between(since, until)
                except TypeError as error:
                    raise BadFact(fact, str(error)) from None

            return judge_two
        check = operator.check(setting)

        def judge(facts: Facts) -> bool | None:
            value = facts.get(fact)
            if value is None:
                return None
            try:
                return check(value)
            except (TypeError, ValueError) as error:
                raise BadFact(fact, str(error)) from None

        return judge


@dataclass(frozen=True)
class Group:
    """Any of its leaves is enough. `words` and `article` are the group's own, where the law says it in one sentence."""

    leaves: tuple[Leaf, ...]
    words: str = ""
    article: str = ""

    def __post_init__(self) -> None:
        if not self.leaves:
            raise BadTable("a group needs a leaf")


@dataclass(frozen=True)
class Table:
    """One condition of law. `code` names it; `value` judges it for one person."""

    code: str
    groups: tuple[Group, ...]
    words: str = ""
    article: str = ""
    _kept: dict[Setting, tuple[tuple[Callable[[Facts], bool | None], ...], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves, group by group."""
        return tuple(leaf for group in self.groups for leaf in group.leaves)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The codes of all facts it asks."""
        return frozenset(fact for leaf in self.leaves for fact in leaf.facts)

    def bind(self, parameters: Parameters, setting: Setting) -> Table:
        """The table with its parameters' values of that day and place. Raises MissingParameter."""
        places = setting.line(setting.place) if setting.place else ()

        def bound(leaf: Leaf) -> Leaf:
            operator = leaf.operator.bound(lambda code: parameters.row(code, places, setting.day).value)
            return leaf if operator == leaf.operator else Leaf(leaf.fact, operator, leaf.words, leaf.article)

        groups = tuple(Group(tuple(map(bound, group.leaves)), group.words, group.article) for group in self.groups)
        return Table(self.code, groups, self.words, self.article)

    def value(self, facts: Facts, setting: Setting) -> bool | None:
        """True: entitled; False: not, whatever else is learned; None: what is known does not say. Raises BadFact."""
        unknown = False
        for group in self._judges(setting):
            met = _any_of(group, facts)
            if met is False:
                return False
            unknown = unknown or met is None
        return None if unknown else True

    def group_values(self, facts: Facts, setting: Setting) -> list[bool | None]:
        """The value of each group. Raises BadFact."""
        return [_any_of(group, facts) for group in self._judges(setting)]

    def _judges(self, setting: Setting) -> tuple[tuple[Callable[[Facts], bool | None], ...], ...]:
        kept = self._kept.get(setting)
        if kept is None:
            kept = tuple(tuple(leaf.judge(setting) for leaf in group.leaves) for group in self.groups)
            self._kept.clear()
            self._kept[setting] = kept
        return kept


def _any_of(judges: Sequence[Callable[[Facts], bool | None]], facts: Facts) -> bool | None:
    found: bool | None = False
    for judge in judges:
        met = judge(facts)
        if met is True:
            return True
        if met is None:
            found = None
    return found
