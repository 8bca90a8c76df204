"""What officials see of it: where each fact of an application comes from, and what a correction is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tongban.desk.opening import Found
from tongban.registry.names import spoken

from .. import reading, rules
from . import consent_page


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: its question, what the register says, what was typed where the applicant says that this is wrong."""

    question: str
    value: str
    typed: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an application holds from registers, which of them did not answer, and who wrote it for the applicant."""

    lines: tuple[Line, ...]
    silent: tuple[str, ...]
    typed: dict[str, Any]


def shown(found: Found) -> Drawn | None:
    """The panel of an application; None where nothing came from a register and the applicant wrote it."""
    sent = rules.sent(found.case)
    known, names = reading.current().facts, consent_page.source_names()
    contested, facts = set(sent.get("contested") or ()), sent.get("facts") or {}
    lines, silent = [], []
    for one in sent.get("pulled") or ():
        name, at = names.get(one["source"], one["source"]), timezone.localtime(datetime.fromisoformat(one["at"]))
        if one["outcome"] != "answered":
            silent.append(name)
        for code, value in one["facts"].items():
            if code in known:
                question = spoken(known[code].question, known[code].question_en)
                typed = consent_page.in_words(code, facts[code]) if code in contested and code in facts else ""
                lines.append(Line(question, consent_page.in_words(code, value), typed, name, at))
    typed_by = sent.get("typed") or {}
    return Drawn(tuple(lines), tuple(silent), typed_by) if lines or silent or typed_by else None


def disputed(found: Found) -> dict[str, Any] | None:
    """The panel of a correction."""
    sent = rules.sent(found.case)
    if not sent.get("source"):
        return None
    return {**sent, "name": consent_page.source_names().get(sent["source"], sent["source"])}
