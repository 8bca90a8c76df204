"""Who sees what of an interested party: they their own case and nothing of the application, the applicant how many were
asked and how many spoke, the decider what was said, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import access, filing, looks, story
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.waiting import day_name
from tongban.desk.opening import Found, purpose_of
from tongban.registry.names import unit_name

from .. import appointments
from ..rules import worked
from . import acts as done
from .guards import HEARD, KIND, SPOKEN, ask_by

SAYING = ("speak", "ask_hearing", "waive_hearing")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a party said: when, which act, the words and the files."""

    at: datetime
    title: str
    text: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """An interested party for the decider; their name stands with the contact, in their own case."""

    state: str
    tone: str
    code: str
    until: datetime | None
    said: tuple[Said, ...] = field(default=())
    hidden: bool = False
    """Whether something was said that this official has to open the case for, saying why."""


def on_desk(found: Found) -> list[Party] | None:
    """The parties of an application, and what they said: each reading is a look at their case that they see."""
    parts = access.cases_for(found.actor, found.registry).filter(part_of=found.case, kind=KIND).order_by("pk")
    rows = [_party(found, part) for part in parts]
    return rows or None


def _party(found: Found, part: Case) -> Party:
    state = procedure_of(part).state(part.state)
    waits = ask_by(part) if part.state == "told" else done.expected(part) if part.state == "hearing" else None
    said = (
        Act.objects.filter(case=part, act__in=SAYING).order_by("sequence")
        if part.erased_at is None
        else Act.objects.none()
    )
    purpose, some = purpose_of(found.standing), said.exists()
    if some and purpose is not None:
        looks.look(part, found.actor, purpose)
        return Party(str(state.label), state.tone, part.code, waits, _said(part, said))
    return Party(str(state.label), state.tone, part.code, waits, (), some)


def _said(part: Case, acts: Any) -> tuple[Said, ...]:
    files = filing.for_sender(part)
    table = procedure_of(part)
    found = []
    for act in acts:
        line = table.named(act.act)
        title = story.title(line, sender=False) if line is not None else ""
        found.append(Said(act.at, title, act.text, tuple(files.get(act.pk, ()))))
    return tuple(found)


def counts(case: Case) -> tuple[int, int]:
    """How many interested parties of an application were told, and how many of them said something."""
    parts = [part for part in Case.objects.filter(part_of=case, kind=KIND) if part.state != "not_needed"]
    return len(parts), sum(bool(worked(part).get(SPOKEN) or worked(part).get(HEARD)) for part in parts)


def for_party(case: Case, acts: Sequence[Edge]) -> dict[str, Any]:
    """The piece of the party's own page."""
    can, end = {edge.act for edge in acts}, ask_by(case)
    return {
        "case": case,
        "ask_until": end if "ask_hearing" in can else None,
        "may_ask": "ask_hearing" in can,
        "may_speak": "speak" in can,
        "hold_by": done.expected(case) if case.state == "hearing" else None,
        "appointment": appointments.shown(case) if case.is_open else None,
        "decided": case.state == "decided",
    }


def now(case: Case, acts: Sequence[Edge]) -> tuple[str, str]:
    """What the case is now and what comes next, for the banner of their page."""
    end = ask_by(case)
    if any(edge.act == "ask_hearing" for edge in acts):
        if end is None:
            return "", _("您可以陈述、申辩，可以要求听证。")
        day = {"day": day_name(timezone.localdate(end), timezone.localdate())}
        return "", _("您可以陈述、申辩；%(day)s前可以要求听证。") % day
    if case.state == "hearing":
        known = appointments.appointed(case) is not None
        return "", _("听证的时间和地点写在下面。") if known else _(
            "%(unit)s在二十个工作日内举行听证，会通知您时间和地点。"
        )
    if case.is_open:
        return "", _("%(unit)s作出决定以后告诉您。")
    return "", ""


def unit_of(case: Case) -> str:
    """Who asks."""
    return unit_name(case.unit_id)
