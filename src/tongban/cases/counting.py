"""What acts count for in the figures: the words, the values they bring, and the figures made of them.

A procedure's table says which act counts for which word (`Edge.counts`). The words that mean the same in every kind of
case stand here; what a word of a kind's own brings and what is made of it, the kind says (`Procedure.counted`). A word
that nobody describes is counted under the name of its act. Pure, without settings: whoever audits a published log reads
it too. Not for adding up: `scorecards/` does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .procedure import Procedure

Words = str | Promise
MOST_VALUES = 2
LARGEST_VALUE = 999_999_999
"""A statement of 1,000 items with two such values is an entry that the ledger takes (60,000 bytes)."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
WORD = re.compile(r"[a-z][a-z0-9_]{0,15}")


@dataclass(frozen=True, slots=True)
class Value:
    """A fact of the act's public part that figures are made of: a whole number from 0 to
    `LARGEST_VALUE`, or yes and no.

    `days` are rounded up to the kind's steps (`Procedure.days_steps`), so that a rare number gives no case away.
    """

    name: str
    days: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    `count` is how many acts there were, or with a `value` how many brought one of `among`; `share` the per cent of
    those that brought the value which are among `among`; `median` the median of the value. `name` is what the API
    and the CSV call it, `label` heads its column. `shown`: on the page for each month and each unit, for each
    unit, or to programs alone.
    """

    name: str
    label: Words
    how: Literal["count", "share", "median"] = "count"
    value: str = ""
    among: tuple[int, ...] = (1,)
    shown: Literal["months", "units", "programs"] = "months"


@dataclass(frozen=True, slots=True)
class Counted:
    """What acts can count for: the word on the ledger's entry, the values an item of the month's statement has, in this
    order, and the figures made of them."""

    word: str
    measures: tuple[Measure, ...]
    values: tuple[Value, ...] = ()

    def place(self, measure: Measure) -> int:
        """The place of the measure's value among those of an item, from 0."""
        return next(place for place, value in enumerate(self.values) if value.name == measure.value)

    def in_days(self, measure: Measure) -> bool:
        """Whether the figure is a number of days."""
        return measure.how == "median" and self.values[self.place(measure)].days


@dataclass(frozen=True, slots=True)
class CountsWhere:
    """An act that counts for `word` where the fact `name` of its public part is `value`, and else for nothing."""

    word: str
    name: str
    value: object

    def __call__(self, public: Mapping[str, Any]) -> str:
        return self.word if public.get(self.name) == self.value else ""


STANDARD: Mapping[str, Counted] = {
    counted.word: counted
    for counted in (
        Counted("sent", (Measure("received", _("收到")),)),
        Counted(
            "answered",
            (
                Measure("answered", _("已答复")),
                Measure("in_time", _("按时答复"), value="in_time", shown="programs"),
                Measure("late", _("逾期答复"), value="in_time", among=(0,), shown="programs"),
                Measure("in_time_percent", _("按时答复率"), "share", "in_time"),
                Measure("median_days", _("用时中位数"), "median", "days"),
            ),
            (Value("days", days=True), Value("in_time")),
        ),
        Counted(
            "rated",
            (
                Measure("rated", _("评价"), value="grade", among=(1, 2, 3, 4, 5), shown="units"),
                Measure("satisfied_percent", _("一般、好或很好"), "share", "grade", (3, 4, 5), shown="units"),
            ),
            (Value("grade"),),
        ),
        Counted("overdue", (Measure("overdue", _("逾期"), shown="units"),)),
        Counted("review", (Measure("review", _("申请复查"), shown="programs"),)),
        Counted("published", (Measure("published", _("公开"), shown="programs"),)),
    )
}
"""The words that mean the same in every kind of case. Their figures are for ever those of docs/rooms/scorecards.md."""
LATE = CountsWhere("overdue", "rung", "overdue")
"""A rung of the ladder counts where the deadline has passed: once a case."""
TAKEN = frozenset({"step", "statement", "received", "in_time", "late", "days", "grade"})
"""Words that no kind can count for: they mean something else on the ledger or in the tallies."""


def counted_by(procedure: Procedure) -> tuple[Counted, ...]:
    """Everything that acts of the kind count for: the words of every kind in their order, then its own in its order,
    then those that it does not describe, in the order of its table."""
    named: dict[str, Words] = {}
    for edge in procedure.edges:
        for word in edge.counted_words:
            named.setdefault(word, edge.label)
    own = {counted.word: counted for counted in procedure.counted}
    plain = {
        word: Counted(word, (Measure(word, label),))
        for word, label in named.items()
        if word not in STANDARD and word not in own
    }
    return (*(counted for word, counted in STANDARD.items() if word in named), *own.values(), *plain.values())


def counted_for(procedure: Procedure, word: str) -> Counted:
    """What a word means in the kind. One that neither it nor the house describes brings nothing but itself."""
    own = next((counted for counted in procedure.counted if counted.word == word), None)
    return STANDARD.get(word) or own or Counted(word, (Measure(word, word),))


def check(procedure: Procedure, editions: Iterable[Procedure] = ()) -> None:
    """Raises ValueError where a kind describes what its acts count for in a way that cannot be counted or recounted, or
    otherwise than another of its `editions`: old statements stay as they are."""
    kind, own = procedure.kind, [counted.word for counted in procedure.counted]
    for word in own:
        if word in STANDARD or word in TAKEN or not WORD.fullmatch(word) or own.count(word) > 1:
            raise ValueError(f"{kind}: “{word}” cannot be described as a word of its own")
    for edge in procedure.edges:
        for word in edge.counted_words:
            if word in TAKEN or not WORD.fullmatch(word):
                raise ValueError(f"{kind}: {edge.act} cannot count for “{word}”")
    for counted in procedure.counted:
        if len(counted.values) > MOST_VALUES:
            raise ValueError(f"{kind}: “{counted.word}” brings more than {MOST_VALUES} values")
        known = {value.name for value in counted.values}
        for measure in counted.measures:
            if not NAME.fullmatch(measure.name):
                raise ValueError(f"{kind}: “{measure.name}” is no name of a figure")
            if measure.value not in known | ({""} if measure.how == "count" else set()):
                raise ValueError(f"{kind}: the figure {measure.name} is made of a value that “{counted.word}” lacks")
    for other in editions:
        for word in own:
            if any(one.word == word and one.values != counted_for(procedure, word).values for one in other.counted):
                raise ValueError(f"{kind}: “{word}” brings other values than in edition {other.edition}")
    every = {counted.word: counted for counted in (*STANDARD.values(), *counted_by(procedure))}
    names = [measure.name for counted in every.values() for measure in counted.measures]
    for name in {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{kind}: there are two figures called {name}")


def values_of(counted: Counted, public: Mapping[str, Any], steps: Iterable[int] = ()) -> list[int | None]:
    """The values that an act with this public part brings: whole numbers, yes and no as 1 and 0, None where there is
    none or none that can be counted. Days are rounded up to `steps`."""
    rising = tuple(steps)
    found: list[int | None] = []
    for value in counted.values:
        number = _whole(public.get(value.name))
        found.append(stepped(number, rising) if value.days and number is not None else number)
    return found


def _whole(given: Any) -> int | None:
    try:
        number = int(given)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= LARGEST_VALUE else None


def stepped(days: int, steps: tuple[int, ...]) -> int:
    """The first of `steps` (rising) that is not less than `days`; beyond the last its next multiple. Without steps
    `days` itself."""
    if not steps:
        return days
    return next((step for step in steps if step >= days), -(-days // steps[-1]) * steps[-1])
