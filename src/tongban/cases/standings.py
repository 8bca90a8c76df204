"""Standings that tables name again and again: who can stand how to a case (`access.standing`), in sets."""

from __future__ import annotations

RESIDENT = frozenset({"resident"})
SYSTEM = frozenset({"system"})
HANDLERS = frozenset({"lead:handler", "lead:head", "lead:clerk"})
"""Who works on the cases of the unit that has it."""
HEADS = frozenset({"lead:head"})
CLERKS = frozenset({"coordinator:clerk", "coordinator:head", "lead:clerk", "lead:head"})
"""Who dispatches: at the coordinating unit, and at the unit that has the case."""
COORDINATORS = frozenset({"coordinator:clerk", "coordinator:head"})
SUPERIORS = frozenset(
    {"lead:head", "lead:supervisor", "above:head", "above:supervisor", "coordinator:head", "coordinator:supervisor"}
)
"""Who looks after the work of others."""
THROUGH_OTHERS = frozenset(
    f"{relation}:{role}"
    for relation in ("about", "part", "whole")
    for role in ("clerk", "handler", "head", "supervisor")
)
"""Officials whose unit has a case that is about this one, a part of it, or the whole that it is a part of."""
ANY_OFFICIAL = THROUGH_OTHERS | frozenset(
    f"{relation}:{role}"
    for relation in ("lead", "assist", "above", "coordinator")
    for role in ("clerk", "handler", "head", "supervisor")
)
