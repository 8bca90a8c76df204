"""The dozen ways to ask one fact. Each answers True, False, or None where the value does not say enough.

An operator is a value: equal ones are one question, however many tables ask it. Dates are `datetime.date`; numbers are
int, float or Decimal; choices are text or true and false; places are codes; certificates are (kind, last day or None).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from .errors import BadTable

if TYPE_CHECKING:
    from .table import Setting

Number = int | float | Decimal
Check = Callable[[Any], bool | None]
"""Judges a known value. Raises TypeError where it is of another kind."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that the law or a place sets from time to time, by its code: a low-income line, a minimum wage."""

    code: str


Bound = Number | date | Parameter | None


@dataclass(frozen=True, slots=True)
class Operator:
    """What all operators share. `check` prepares the question for a day and a place; parameters are bound before."""

    def check(self, setting: Setting) -> Check:
        """The question as a function of the known value."""
        raise NotImplementedError  # pragma: no cover -- every operator has its own

    def bound(self, value_of: Callable[[str], Number]) -> Operator:
        """The same operator with its parameters replaced by numbers."""
        return self


@dataclass(frozen=True, slots=True)
class Is(Operator):
    """The fact is this choice, this yes or no, this number."""

    value: str | bool | Number

    def check(self, setting: Setting) -> Check:
        wanted, kind = self.value, type(self.value)

        def judge(value: Any) -> bool:
            if type(value) is not kind:
                _same_kind(value, wanted)
            return bool(value == wanted)

        return judge


@dataclass(frozen=True, slots=True)
class IsNot(Operator):
    """The fact is anything else."""

    value: str | bool | Number

    def check(self, setting: Setting) -> Check:
        same = Is(self.value).check(setting)
        return lambda value: not same(value)


@dataclass(frozen=True, slots=True)
class OneOf(Operator):
    """The fact is one of these choices."""

    values: frozenset[str]

    def __post_init__(self) -> None:
        _some(self.values, self)

    def check(self, setting: Setting) -> Check:
        values = self.values
        return lambda value: _text(value) in values


@dataclass(frozen=True, slots=True)
class NoneOf(Operator):
    """The fact is none of these choices."""

    values: frozenset[str]

    def __post_init__(self) -> None:
        _some(self.values, self)

    def check(self, setting: Setting) -> Check:
        values = self.values
        return lambda value: _text(value) not in values


@dataclass(frozen=True, slots=True)
class Range(Operator):
    """The number or date lies between two bounds, both included; None leaves a side open."""

    low: Bound = None
    high: Bound = None

    def __post_init__(self) -> None:
        _one_bound(self.low, self.high)

    def check(self, setting: Setting) -> Check:
        low, high = _plain(self.low), _plain(self.high)
        of = date if isinstance(low if low is not None else high, date) else None

        def judge(value: Any) -> bool:
            _number_or_date(value, of)
            return (low is None or value >= low) and (high is None or value <= high)

        return judge

    def bound(self, value_of: Callable[[str], Number]) -> Operator:
        return Range(_set(self.low, value_of), _set(self.high, value_of))


@dataclass(frozen=True, slots=True)
class Distance(Operator):
    """So many completed years, months or days lie between the date and today, or another date fact (`to`).

    A year is complete on the day of the same month and number; from 29 February in other years on 1 March, the month's
    last day being the last of the period (民法典 Arts 201–202). A date in the future has a negative distance.
    """

    unit: Literal["years", "months", "days"]
    low: int | Parameter | None = None
    high: int | Parameter | None = None
    to: str | None = None

    def __post_init__(self) -> None:
        _one_bound(self.low, self.high)
        if self.unit not in ("years", "months", "days"):
            raise BadTable(f"{self.unit}: a distance is in years, months or days")

    def check(self, setting: Setting) -> Check:
        if self.to is not None:
            raise BadTable("a distance to another fact is judged with both")
        between, day = self.between, setting.day
        return lambda value: between(value, day)

    def between(self, value: Any, until: Any) -> bool:
        """Whether the distance from `value` to `until` is within the bounds."""
        if type(value) is not date or type(until) is not date:
            raise TypeError("a date is expected")
        low, high = cast("int | None", self.low), cast("int | None", self.high)
        taken = distance(value, until, self.unit)
        return (low is None or taken >= low) and (high is None or taken <= high)

    def bound(self, value_of: Callable[[str], Number]) -> Operator:
        return Distance(self.unit, _whole(self.low, value_of), _whole(self.high, value_of), self.to)


@dataclass(frozen=True, slots=True)
class Within(Operator):
    """The place is one of these or lies below one."""

    places: frozenset[str]

    def __post_init__(self) -> None:
        _some(self.places, self)

    def check(self, setting: Setting) -> Check:
        places, line = self.places, setting.line
        return lambda value: not places.isdisjoint(line(_text(value)))


@dataclass(frozen=True, slots=True)
class NotWithin(Operator):
    """The place lies below none of these."""

    places: frozenset[str]

    def __post_init__(self) -> None:
        _some(self.places, self)

    def check(self, setting: Setting) -> Check:
        places, line = self.places, setting.line
        return lambda value: places.isdisjoint(line(_text(value)))


@dataclass(frozen=True, slots=True)
class Holds(Operator):
    """A certificate of this kind is held and good today."""

    kind: str

    def check(self, setting: Setting) -> Check:
        kind, day = self.kind, setting.day
        return lambda value: any(name == kind and (until is None or until >= day) for name, until in _pairs(value))


@dataclass(frozen=True, slots=True)
class HoldsNone(Operator):
    """No certificate of this kind is held and good today."""

    kind: str

    def check(self, setting: Setting) -> Check:
        held = Holds(self.kind).check(setting)
        return lambda value: not held(value)


@dataclass(frozen=True, slots=True)
class Declared(Operator):
    """Words of the law that no register answers: the person declares it, an official checks it."""

    def check(self, setting: Setting) -> Check:
        return _yes


@dataclass(frozen=True, slots=True)
class Member:
    """One condition on a member of the household: its fact and the operator."""

    fact: str
    operator: Operator


@dataclass(frozen=True, slots=True)
class Members(Operator):
    """So many members of the household meet all these conditions; `low=1` is “any”. Unknown members leave it open."""

    where: tuple[Member, ...]
    low: int | None = 1
    high: int | None = None

    def __post_init__(self) -> None:
        _one_bound(self.low, self.high)
        if any(isinstance(one.operator, Members) for one in self.where):
            raise BadTable("a member of a household has no household here")

    def check(self, setting: Setting) -> Check:
        checks = tuple((one.fact, one.operator.check(setting)) for one in self.where)
        low, high = self.low or 0, self.high

        def judge(value: Any) -> bool | None:
            sure = perhaps = 0
            for person in _people(value):
                met = _all_of(person, checks)
                sure += met is True
                perhaps += met is None
            most = sure + perhaps
            if sure >= low and (high is None or most <= high):
                return True
            return False if most < low or (high is not None and sure > high) else None

        return judge

    def bound(self, value_of: Callable[[str], Number]) -> Operator:
        where = tuple(Member(one.fact, one.operator.bound(value_of)) for one in self.where)
        return Members(where, self.low, self.high)


def distance(since: date, until: date, unit: str) -> int:
    """Completed years, months or days between two dates; negative where `until` is before `since`."""
    if unit == "days":
        return (until - since).days
    if unit == "months":
        return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


# --- kinds of values ------------------------------------------------------------------------------------------------


def _all_of(person: Mapping[str, Any], checks: Iterable[tuple[str, Check]]) -> bool | None:
    open_ = False
    for fact, check in checks:
        value = person.get(fact)
        met = None if value is None else check(value)
        if met is False:
            return False
        open_ = open_ or met is None
    return None if open_ else True


def _yes(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("yes or no is expected")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("a choice is expected")
    return value


def _same_kind(value: Any, wanted: Any) -> None:
    number = isinstance(wanted, int | float | Decimal) and not isinstance(wanted, bool)
    if number and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return
    raise TypeError(
        "a number is expected"
        if number
        else "yes or no is expected"
        if isinstance(wanted, bool)
        else "a choice is expected"
    )


def _number_or_date(value: Any, of: type[date] | None) -> None:
    if of is date:
        if type(value) is not date:
            raise TypeError("a date is expected")
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:
        raise TypeError("a number is expected")


def _pairs(value: Any) -> Iterable[tuple[str, date | None]]:
    if not isinstance(value, list | tuple | frozenset | set):
        raise TypeError("certificates are expected: (kind, last day or None)")
    return value


def _people(value: Any) -> Iterable[Mapping[str, Any]]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
        raise TypeError("members of a household are expected")
    return value


def _some(values: frozenset[str], of: Operator) -> None:
    if not isinstance(values, frozenset) or not values:
        raise BadTable(f"{type(of).__name__} needs a frozenset with a value")


def _one_bound(low: object, high: object) -> None:
    if low is None and high is None:
        raise BadTable("at least one bound is needed")


def _plain(bound: Bound) -> Any:
    if isinstance(bound, Parameter):
        raise BadTable(f"the parameter {bound.code} has no value yet: bind the table first")
    return bound


def _set(bound: Bound, value_of: Callable[[str], Number]) -> Bound:
    return value_of(bound.code) if isinstance(bound, Parameter) else bound


def _whole(bound: int | Parameter | None, value_of: Callable[[str], Number]) -> int | None:
    return int(value_of(bound.code)) if isinstance(bound, Parameter) else bound
