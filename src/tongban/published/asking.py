"""What the sender of a case is asked on their page: the very text that will be public, and the two answers.

For every kind of case whose table asks its sender (`objection.py`). A door puts it on its following page as a panel and
says where the acts are sent. Not for deciding: the guards do.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tongban.cases import guards
from tongban.cases.actform import ActForm
from tongban.cases.actor import resident
from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.registry import snapshot

from . import objection
from .parts import publication
from .storing import acts_that, asked_text, on_agreed, on_refused, on_seen


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the two answers: its line of the table and its form."""

    edge: Edge
    form: ActForm


@dataclass(frozen=True, slots=True)
class Question:
    """What stands on the page. `until` is None where the time has not begun."""

    texts: Sequence[tuple[Words, str]]
    until: datetime | None
    days: int
    agree: Answer
    refuse: Answer


def question(case: Case, can: Sequence[Edge]) -> Question | None:
    """What the sender is asked; None where they are asked nothing, or cannot answer now. `can` are the acts that they
    can take."""
    procedure = procedure_of(case)
    agree = next((edge for edge in can if edge.act in acts_that(on_agreed, procedure)), None)
    refuse = next((edge for edge in can if edge.act in acts_that(on_refused, procedure)), None)
    texts = asked_text(case, procedure) if agree is not None and refuse is not None else None
    if texts is None or agree is None or refuse is None:
        return None
    _begin_time(case)
    kind = publication(case.kind)
    shown = [(kind.label(name), text) for name, text in texts.items() if text]
    registry, who = snapshot.current(), resident(case.pk)
    return Question(
        shown,
        objection.until(case),
        objection.limit().days,
        Answer(agree, ActForm(agree, case, who, registry)),
        Answer(refuse, ActForm(refuse, case, who, registry)),
    )


def _begin_time(case: Case) -> None:
    """A sender who could not be told has the text before them now: their time begins, by an act. `case` is brought up
    to date."""
    procedure, who = procedure_of(case), resident(case.pk)
    lines = guards.offered(procedure, case, who, {who.kind}, snapshot.current(), timezone.now())
    seeing = next((edge for edge in lines if edge.act in acts_that(on_seen, procedure)), None)
    if seeing is None:
        return
    with suppress(Refusal):  # another tab was quicker
        perform(case.pk, Step(seeing.act, who))
    case.refresh_from_db()


def standing(case: Case) -> dict[str, Any] | None:
    """How far the asking is, for colleagues: `state`, `until`, `objections`; None where nobody was asked."""
    found = objection.kept(case)
    if not found or found.get("state") == "corrected":
        return None
    return {"state": found.get("state"), "until": objection.until(case), "objections": found.get("objections", 0)}
