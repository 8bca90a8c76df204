"""What a register said, checked before anybody sees it: each value has to be what its fact is, or it is left out.

A value that is wrong is asked for by hand instead; it never becomes a no. Pure but for the list of places.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tongban.registry import snapshot

from ..models import Fact

LONGEST = 200
YES, NO = frozenset({"true", "1", "yes", "是"}), frozenset({"false", "0", "no", "否"})


def checked(values: Mapping[str, Any], facts: Mapping[str, Fact]) -> tuple[dict[str, Any], list[str]]:
    """What can be taken, as `questions.plain` stores it, and the codes of what cannot. A value that is missing (None,
    empty) is neither: the register does not know it."""
    taken: dict[str, Any] = {}
    wrong: list[str] = []
    for code, value in values.items():
        if code not in facts or value in (None, ""):
            continue
        found = value_of(facts[code], value)
        if found is None:
            wrong.append(code)
        else:
            taken[code] = found
    return taken, wrong


def value_of(fact: Fact, value: Any) -> Any:
    """One value as it is stored, or None where it is not what the fact is. What a person declares no register knows."""
    if fact.type == "bool":
        return _yes_or_no(value)
    if fact.type == "date":
        return _day(value)
    if fact.type == "number":
        return _number(value)
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        return None
    text = value.strip()
    if fact.type == "choice":
        return text if text in {option[0] for option in fact.options} else None
    if fact.type == "place":
        return text if text in snapshot.current().places else None
    return text or None if fact.type == "text" else None


def _yes_or_no(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in YES else False if word in NO else None


def _day(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        found = datetime.fromisoformat(text).date() if len(text) > 10 else date.fromisoformat(text)
        return found.isoformat()
    except ValueError:
        return None


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value).strip()[:40])
    except ArithmeticError:
        return None
    return format(found, "f") if found.is_finite() and abs(found) < 10**12 else None
