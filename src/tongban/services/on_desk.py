"""What this door brings to the page of an application on the desk, and to its sender's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.desk.opening import Found
from tongban.desk.parts import Panel, Particular
from tongban.registry.names import spoken, unit_name

from . import effects, judging, questions, reading, rules
from .models import Item


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """One unit's part: who, how it stands, since when and until when."""

    unit: str
    state: str
    code: str
    asked: datetime
    due: datetime | None
    given: datetime | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """An application beside the law: what was answered, each condition, the opinions, the law's own end."""

    item: Item | None
    answers: tuple[Answer, ...]
    judged: judging.Judged | None
    opinions: tuple[OpinionRow, ...]
    legal_due: datetime | None


def checked(found: Found) -> Checked:
    """The panel of an application."""
    case = found.case
    sent = rules.sent(case)
    facts = questions.read_facts(sent.get("facts") or {})
    legal = str(rules.worked(case).get(effects.LEGAL_DUE) or "")
    return Checked(
        reading.current().items.get(case.matter_id),
        answers_of(sent.get("facts") or {}),
        judging.judged(case.matter_id, facts, case.place_id),
        opinions_of(case),
        datetime.fromisoformat(legal) if legal else None,
    )


def id_number(case: Case) -> str:
    """The applicant's number, shown with the contact alone."""
    return str(rules.sent(case).get("id_number") or "")


def answers_of(facts: dict[str, object]) -> tuple[Answer, ...]:
    """What was answered, in words of the page, in the order of the catalogue."""
    known = reading.current().facts
    found = []
    for fact in sorted((known[code] for code in facts if code in known), key=lambda one: (one.order, one.code)):
        value = facts[fact.code]
        if isinstance(value, bool):
            words = str(_("是")) if value else str(_("否"))
        else:
            shown = questions.input_of(questions.Question(fact))
            words = shown.show(value)
        found.append(Answer(spoken(fact.question, fact.question_en), words))
    return tuple(found)


def opinions_of(case: Case) -> tuple[OpinionRow, ...]:
    """The opinions that were asked on an application; how long each took is for everybody who sees the application."""
    parts = Case.objects.filter(part_of=case, kind="opinion").order_by("pk")
    return tuple(
        OpinionRow(
            unit_name(part.unit_id),
            part.state,
            part.code,
            part.submitted_at,
            part.answer_due_at,
            part.answered_at,
            (part.answered_at.date() - part.submitted_at.date()).days if part.answered_at else None,
        )
        for part in parts
    )


def for_sender(case: Case, acts: Sequence[Edge]) -> dict[str, Any] | None:
    """The piece of the following page: both limits, and each unit's part."""
    legal = str(rules.worked(case).get(effects.LEGAL_DUE) or "")
    found = {
        "promised": case.answer_due_at if case.is_open else None,
        "legal": datetime.fromisoformat(legal) if legal and case.is_open else None,
        "opinions": opinions_of(case),
    }
    return found if any(found.values()) else None


PANELS = (
    Particular(("application", "bundle"), _("身份证号或统一社会信用代码"), "tongban.services.on_desk:id_number"),
    Panel(
        ("application",),
        "checked",
        _("条件和填写的内容"),
        "services/desk/checked.html",
        "tongban.services.on_desk:checked",
        "main",
        10,
    ),
)
