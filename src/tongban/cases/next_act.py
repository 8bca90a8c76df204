"""What comes next on a case: of the acts that somebody can take, those that were asked for and those that its table
calls next (`State.next`), and all the rest.

Pure. Which acts can be taken is `guards.offered`; how a page shows them is the page's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .models import Act
from .procedure import Edge, State
from .story import value_of


@dataclass(frozen=True, slots=True)
class Coming:
    """`next` in the order in which it should be done; its first is the one to do now. `rest` in the table's order, what
    cannot be taken back last."""

    next: tuple[Edge, ...]
    rest: tuple[Edge, ...]


def asked_for(edge: Edge, acts: Sequence[Act]) -> Act | None:
    """The act by which this one was asked for (`Edge.asked_by`), where nobody has done it since. `acts` in the order in
    which they happened."""
    if not edge.asked_by:
        return None
    last = next((act for act in reversed(acts) if act.act in (edge.act, edge.asked_by)), None)
    return last if last is not None and last.act == edge.asked_by else None


def asked_with(acts: Sequence[Act], asking: str, name: str) -> object:
    """What the last act called `asking` was given under `name`; None where nothing was. For `Edge.prefill`."""
    last = next((act for act in reversed(acts) if act.act == asking), None)
    return value_of(last, name) if last is not None else None


def coming(state: State, offered: Sequence[Edge], acts: Sequence[Act]) -> Coming:
    """The acts that are offered in a state, sorted: what was asked for, what the state's line calls next, the rest."""
    order = {act: place for place, act in enumerate(state.next)}
    asked = [edge for edge in offered if asked_for(edge, acts) is not None]
    called = sorted(
        (edge for edge in offered if edge.act in order and edge not in asked), key=lambda edge: order[edge.act]
    )
    first = (*asked, *called)
    rest = sorted((edge for edge in offered if edge not in first), key=lambda edge: edge.danger)
    return Coming(first, tuple(rest))
