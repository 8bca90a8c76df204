"""What this door brings to the page of an application on the desk, and to its sender's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases import attachments
from tongban.cases.models import Attachment, Case
from tongban.cases.procedure import Edge
from tongban.desk.opening import Found
from tongban.desk.parts import Panel, Particular
from tongban.registry.names import spoken, unit_name

from . import appointments, effects, judging, questions, reading, rules
from .hearings import announcing
from .models import Item
from .parties import shown


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material that the item asks for of somebody who answered so, and what was handed in for it: names and keys."""

    name: str
    how: str
    files: tuple[tuple[str, str, str], ...]
    """Name, key, and what a first look said (`attachments.hard_to_read`)."""


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
    unanswered: tuple[str, ...] = ()
    """Questions of the form, and facts of the conditions, that were not answered."""
    materials: tuple[MaterialRow, ...] = ()
    appointment: appointments.Shown | None = None
    announced: bool = False
    """Whether the hearing was announced to everybody."""


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
        unanswered(case.matter_id, facts, case.place_id),
        materials_of(case, facts),
        appointments.shown(case),
        bool(rules.worked(case).get(announcing.ANNOUNCED)),
    )


def id_number(case: Case) -> str:
    """The applicant's number, shown with the contact alone."""
    return str(rules.sent(case).get("id_number") or "")


def materials_of(case: Case, facts: dict[str, object]) -> tuple[MaterialRow, ...]:
    """Each material with its files; what came for none of them stands with the story."""
    given: dict[str, list[tuple[str, str, str]]] = {}
    for item in Attachment.objects.filter(case=case).select_related("case").order_by("pk"):
        if item.private is not None:
            row = (item.name, item.key, attachments.hard_to_read(item))
            given.setdefault(item.purpose.removeprefix(questions.SLOT), []).append(row)
    return tuple(
        MaterialRow(
            spoken(need.material.name, need.material.name_en),
            str(need.get_how_display()),
            tuple(given.get(need.material_id, ())),
        )
        for need in questions.needs_of(case.matter_id, facts, case.place_id)
    )


def unanswered(matter: str, facts: dict[str, object], place: str) -> tuple[str, ...]:
    """What an application leaves open, in words of the page: what its form asks of somebody who answered so, and what
    its conditions need."""
    holds = reading.current()
    shown, _counted = questions.visible(questions.pages_of(matter), facts, place)
    table = holds.tables.get(matter)
    needed = table.facts if table is not None else ()
    codes = {one.fact.code for page in shown for one in page.questions} | set(needed)
    left = [holds.facts[code] for code in codes if code in holds.facts and facts.get(code) is None]
    left.sort(key=lambda one: (one.order, one.code))
    return tuple(spoken(fact.question, fact.question_en) for fact in left)


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
    found: dict[str, Any] = {
        "promised": case.answer_due_at if case.is_open else None,
        "legal": datetime.fromisoformat(legal) if legal and case.is_open else None,
        "opinions": opinions_of(case),
        "appointment": appointments.shown(case) if case.is_open else None,
        "hearing_until": appointments.may_ask_until(case),
    }
    told, spoke = shown.counts(case)
    if told:
        found |= {"parties": told, "spoke": spoke}
    return {**found, "paused": case.paused_at is not None} if any(found.values()) else None


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
