"""Cases about another: which kinds a sender can open about a case of their own (an appeal, a renewal), and from which
states.

The rule stands in the kinds' tables (`Procedure.about`, and the guard of the act that opens one); the kernel asks it
again.
"""

from __future__ import annotations

from django.utils import timezone

from tongban.cases import relations
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_for, procedures
from tongban.cases.refusal import Refusal
from tongban.gate.door import parts
from tongban.registry import snapshot

from .parts import Writing


def only_about(kind: str) -> bool:
    """Whether a case of this kind is always about another, whose sender alone opens it."""
    lines = procedures()[kind].about if kind in procedures() else ()
    return bool(lines) and all(line.opener != "anyone" for line in lines)


def may_be_opened(kind: str, other: Case) -> bool:
    """Whether the sender of `other` can open a case of this kind about it now."""
    procedure = procedure_for(kind)
    try:
        opener = relations.relation_of(procedure, other, "about").opener
    except Refusal:
        return False
    refused = relations.opening_refused(procedure, other, snapshot.current(), timezone.now())
    return opener != "kernel" and refused is None


def openable(other: Case) -> list[Writing]:
    """What the sender of a case can write about it now."""
    return [part for part in parts(Writing) if part.kind in procedures() and may_be_opened(part.kind, other)]
