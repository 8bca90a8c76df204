"""Asking the sender before a case is published: what is kept of it on the case, and what the acts of it do.

An official asks with the masked text. The sender agrees, objects, or says nothing until the time is over
(`data/objection.toml`); what was agreed to is what appears, by its digest. A kind of case has it where its table names
these acts (`guards.py` for who may when, `storing.py` for the pages, `silence.py` for the time that passes). Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, ClassVar

import orjson
from django import forms

from tongban.cases.counting import CountsWhere
from tongban.cases.inputs import Line
from tongban.cases.inputs.one import Asking
from tongban.cases.models import Case
from tongban.cases.notices import reachable
from tongban.cases.procedure import Context, Outcome
from tongban.registry.snapshot import Snapshot
from tongban.workdays.deadlines import Limit, deadline, load_limits

from .effects import KEPT, publish
from .masking import TEXTS

ROUNDS = 2
"""After an objection another masking can be shown once. House rule."""
first_time = CountsWhere("published", "first", True)
"""What agreeing counts for: publication, but for a corrected answer on a page that was there."""


@dataclass(frozen=True)
class SeenDigest(Line):
    """The digest of the text that the sender's page showed: hidden, so that nobody agrees to a text unseen."""

    kind: ClassVar[str] = "line"
    free: ClassVar[bool] = False

    def field(self, asked: Asking) -> forms.Field:
        return forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def show(self, value: Any) -> str:
        return ""


@lru_cache(maxsize=1)
def limit() -> Limit:
    """How long the sender has."""
    return load_limits(files(__package__).joinpath("data/objection.toml").read_text(encoding="utf-8"))["objection"]


def digest(texts: Mapping[str, Any]) -> str:
    """The digest of texts that are to be public."""
    return hashlib.sha256(orjson.dumps([str(texts.get(name) or "") for name in TEXTS])).hexdigest()


def kept(case: Case) -> dict[str, Any]:
    """How far the asking is: `state` (`asked`, `objected`), `digest`, `until`, `objections`; empty where nobody was
    asked."""
    found = (case.private or {}).get(KEPT)
    return found if isinstance(found, dict) else {}


def is_asked(case: Case) -> bool:
    """Whether the sender has a text before them that they have not answered."""
    return kept(case).get("state") == "asked"


def until(case: Case) -> datetime | None:
    """When silence ends; None where nobody is asked, or where the time has not begun because the sender has not seen
    the text and could not be told."""
    found = kept(case).get("until")
    return datetime.fromisoformat(found) if found and is_asked(case) else None


def _ends(now: datetime, registry: Snapshot) -> str:
    return deadline(limit(), now, registry.calendar).isoformat()


def _private(case: Case, found: Mapping[str, Any]) -> dict[str, Any]:
    return {**(case.private or {}), KEPT: dict(found)}


# --- what the acts do -------------------------------------------------------------------------------------------------


def ask(context: Context) -> Outcome:
    """The sender is told, and has the time from now; whoever left no contact has it from when they saw the text."""
    case = context.case
    told = reachable(case, context.procedure)
    found = {
        "state": "asked",
        "digest": digest(context.payload),
        "until": _ends(context.now, context.registry) if told else None,
        "objections": kept(case).get("objections", 0),
    }
    return Outcome(set={"private": _private(case, found)}, tell_resident=True)


def see(context: Context) -> Outcome:
    """The sender, who could not be told, has the text before them: their time begins."""
    found = {**kept(context.case), "until": _ends(context.now, context.registry)}
    return Outcome(set={"private": _private(context.case, found)})


def agree(context: Context) -> Outcome:
    """What the sender saw becomes public."""
    first = not context.case.published
    outcome = publish(context)
    outcome.public["first"] = first
    return outcome


def refuse(context: Context) -> Outcome:
    """It does not appear."""
    before = kept(context.case)
    found = {"state": "objected", "digest": before.get("digest"), "objections": before.get("objections", 0) + 1}
    return Outcome(set={"private": _private(context.case, found)})


def publish_unopposed(context: Context) -> Outcome:
    """The time passed in silence, or an import tells what was public before; the sender of a case that was sent here
    is told."""
    outcome = publish(context)
    outcome.tell_resident = context.case.channel != "import"
    return outcome
