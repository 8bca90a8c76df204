"""A table as JSON Logic, so that other programs judge it too; and facts in the form that it asks for.

JSON Logic has no unknown and no dates: export for known facts. A date is a number YYYYMMDD under the fact's
code, its day number under `code:days` and its month under `code:months`; a certificate is its last day,
YYYYMMDD, under `code:kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from .errors import NotExportable
from .operators import (
    Declared,
    Distance,
    Holds,
    HoldsNone,
    Is,
    IsNot,
    Members,
    NoneOf,
    NotWithin,
    OneOf,
    Operator,
    Parameter,
    Range,
    Within,
)
from .table import Facts, Setting, Table

FOR_EVER = 99_991_231
Rule = dict[str, Any]
"""An operation of JSON Logic: its name and what it is applied to."""


def json_logic(table: Table, setting: Setting, below: Callable[[str], Sequence[str]] | None = None) -> Rule:
    """The table as a JSON Logic rule for one day. `below`: a place → it and all below, where the table asks for places.

    Raises NotExportable for a parameter without a value and a place without `below`.
    """
    groups = [
        _any_of([_leaf(leaf.fact, leaf.operator, setting, below) for leaf in group.leaves]) for group in table.groups
    ]
    return {"and": groups} if groups else {"and": [True]}


def json_logic_facts(facts: Facts) -> dict[str, Any]:
    """Facts as the rule asks for them; unknown ones are left out."""
    found: dict[str, Any] = {}
    for code, value in facts.items():
        if value is None:
            continue
        if isinstance(value, date):
            found[code] = _number(value)
            found[f"{code}:days"] = value.toordinal()
            found[f"{code}:months"] = value.year * 12 + value.month
            found[f"{code}:day"] = value.day
        elif isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value):
            found[code] = [json_logic_facts(one) for one in value]
        elif isinstance(value, list | tuple | set | frozenset):
            for kind, until in value:
                last = FOR_EVER if until is None else _number(until)
                found[f"{code}:{kind}"] = max(last, found.get(f"{code}:{kind}", 0))
        else:
            found[code] = float(value) if isinstance(value, Decimal) else value
    return found


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _any_of(leaves: list[Rule]) -> Rule:
    return leaves[0] if len(leaves) == 1 else {"or": leaves}


def _var(code: str) -> Rule:
    return {"var": code}


def _leaf(fact: str, operator: Operator, setting: Setting, below: Callable[[str], Sequence[str]] | None) -> Rule:
    value = _var(fact)
    if isinstance(operator, Is):
        return {"===": [value, _plain(operator.value)]}
    if isinstance(operator, IsNot):
        return {"!==": [value, _plain(operator.value)]}
    if isinstance(operator, OneOf):
        return {"in": [value, sorted(operator.values)]}
    if isinstance(operator, NoneOf):
        return {"!": [{"in": [value, sorted(operator.values)]}]}
    if isinstance(operator, Within | NotWithin):
        if below is None:
            raise NotExportable("a place needs the tree of places")
        rule: Rule = {"in": [value, sorted({code for place in operator.places for code in below(place)})]}
        return rule if isinstance(operator, Within) else {"!": [rule]}
    if isinstance(operator, Range):
        return _between(value, _plain(operator.low), _plain(operator.high))
    if isinstance(operator, Distance):
        return _distance(fact, operator, setting)
    if isinstance(operator, Declared):
        return {"===": [value, True]}
    if isinstance(operator, Holds | HoldsNone):
        rule = {">=": [{"var": [f"{fact}:{operator.kind}", 0]}, _number(setting.day)]}
        return rule if isinstance(operator, Holds) else {"!": [rule]}
    if isinstance(operator, Members):
        rules: list[Any] = [_leaf(one.fact, one.operator, setting, below) for one in operator.where]
        chosen = {"filter": [value, {"and": rules or [True]}]}
        count = {"reduce": [chosen, {"+": [{"var": "accumulator"}, 1]}, 0]}
        return _between(count, operator.low, operator.high)
    raise NotExportable(f"{type(operator).__name__} cannot be said in JSON Logic")


def _distance(fact: str, operator: Distance, setting: Setting) -> Rule:
    low, high = _plain(operator.low), _plain(operator.high)
    other = operator.to
    if operator.unit == "days":
        until: Any = setting.day.toordinal() if other is None else _var(f"{other}:days")
        return _between({"-": [until, _var(f"{fact}:days")]}, low, high)
    if operator.unit == "years":
        until = _number(setting.day) if other is None else _var(other)
        passed = {"-": [until, _var(fact)]}
        return _between(passed, None if low is None else low * 10_000, None if high is None else high * 10_000 + 9_999)
    months: Any = setting.day.year * 12 + setting.day.month if other is None else _var(f"{other}:months")
    day: Any = setting.day.day if other is None else _var(f"{other}:day")
    begun = {"-": [months, _var(f"{fact}:months")]}
    return _between({"-": [begun, {"if": [{"<": [day, _var(f"{fact}:day")]}, 1, 0]}]}, low, high)


def _between(value: Any, low: Any, high: Any) -> Rule:
    if low is not None and high is not None:
        return {"and": [{">=": [value, low]}, {"<=": [value, high]}]}
    return {">=": [value, low]} if low is not None else {"<=": [value, high]}


def _plain(value: Any) -> Any:
    if isinstance(value, Parameter):
        raise NotExportable(f"the parameter {value.code} has no value yet: bind the table first")
    if isinstance(value, date):
        return _number(value)
    return float(value) if isinstance(value, Decimal) else value
