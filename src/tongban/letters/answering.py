"""What the letters' door answers in the box: matters that fit the words, who is responsible for each, and a letter.

The matters are suggested (`suggest.py`), the unit comes from the responsibility list. It advises; the person chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from tongban.gate.parts import Asked
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import suggest

MOST = 3


@dataclass(frozen=True, slots=True)
class Fitting:
    """A matter that fits: the words that speak for it, the unit that answers for it at the place (empty where no place
    is said) and its telephone; `conduct`: the letter goes to the unit above."""

    code: str
    words: tuple[str, ...]
    unit: str
    phone: str
    conduct: bool


def fitting(asked: Asked) -> dict[str, Any] | None:
    """The matters that fit, best first; None where none does."""
    registry = snapshot.current()
    rows = [
        _row(registry, one.code, one.words, asked.place)
        for one in suggest.matters(asked.text, MOST)
        if one.code in registry.matters
    ]
    return {"rows": rows} if rows else None


def _row(registry: Snapshot, code: str, words: tuple[str, ...], place: str) -> Fitting:
    conduct, unit = registry.matters[code].conduct, ""
    if place in registry.places and not conduct:
        try:
            unit = registry.route(code, place, timezone.localdate()).lead
        except LookupError:
            unit = ""
    phone = registry.units[unit].phone if unit in registry.units else ""
    return Fitting(code, words, unit, phone, conduct)


def writing(_asked: Asked) -> dict[str, Any]:
    """A letter can always be written."""
    return {}
