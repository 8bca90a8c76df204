"""What rooms above keep beside a case, and how it goes when the case is erased or barred to a unit.

A public page, an unsent answer, a booked time: a room that keeps such a thing says once how it goes, and the kernel
calls for it in the transaction of the act, for every kind of case. No door's table can forget it. Not for the case
itself: `wiping.py`, `barring.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from .models import Case


def nothing(case: Case, units: Set[str], officials: Set[int]) -> None:
    """Nothing of it is a unit's or an official's own."""


@dataclass(frozen=True, slots=True)
class Beside:
    """`erased` takes everything away that is kept beside a case; `barred` what these units and officials have of it,
    and whatever is public, because the case is now about one of those units."""

    name: str
    erased: Callable[[Case], None]
    barred: Callable[[Case, Set[str], Set[int]], None] = nothing


_rooms: dict[str, Beside] = {}


def register(kept: Beside) -> None:
    """Have the kernel know of it. A room calls this when its app is ready; the same name again replaces it."""
    _rooms[kept.name] = kept


def erase(case: Case) -> None:
    """The case was erased."""
    for kept in _rooms.values():
        kept.erased(case)


def bar(case: Case, units: Set[str], officials: Set[int]) -> None:
    """The case is now barred to these units and officials."""
    for kept in _rooms.values():
        kept.barred(case, units, officials)
