"""What the certificate of one application says: pure, from what was sent and what was decided.

A claim whose source says nothing is left out, and so is one that is not true (whoever is not over eighty has no claim
that says so: it would become wrong by itself).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.rules.operators import distance

from .kinds import Claim, Kind


@dataclass(frozen=True, slots=True)
class Granted:
    """What claims are made of. `facts` are answers by code, `words` those of choices: code → value → words."""

    name: str
    address: str
    sent: Mapping[str, Any]
    facts: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]
    place: str
    unit: str
    matter: str
    number: str
    issued: date
    until: date | None


def claims_of(kind: Kind, granted: Granted) -> dict[str, Any]:
    """Claim → value: text, or True."""
    found = {}
    for claim in kind.claims:
        value = _made(claim, _source(claim, granted), granted.issued)
        if value not in (None, "", False):
            found[claim.name] = value
    return found


def _source(claim: Claim, granted: Granted) -> Any:
    first, _dot, code = claim.source.partition(".")
    if first == "fact":
        value = granted.facts.get(code)
        return granted.words.get(code, {}).get(str(value), value)
    if first == "sent":
        return granted.sent.get(code)
    if first == "text":
        return claim.text
    value = getattr(granted, first)
    return value.isoformat() if isinstance(value, date) else value


def _made(claim: Claim, value: Any, today: date) -> Any:
    if value in (None, ""):
        return None
    if claim.derived == "age_over":
        born = _day(value)
        return born is not None and distance(born, today, "years") >= claim.years
    if claim.derived == "year":
        born = _day(value)
        return str(born.year) if born is not None else None
    if claim.derived == "masked":
        return masked(str(value))
    return value if isinstance(value, bool) else str(value)


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def masked(text: str) -> str:
    """The first and the last two signs; what is short is not shown at all."""
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}" if len(text) >= 8 else "*" * len(text)
