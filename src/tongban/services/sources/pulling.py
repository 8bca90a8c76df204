"""Asking registers for one application: written down first, on the ledger, then asked, all at once, within a deadline.

A register that is down, slow or wrong stops nobody: what it did not answer is asked by hand, and it rests for a minute.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tongban.ledger import entry as ledger_entry
from tongban.ledger.queue import enqueue

from .. import reading
from ..models import Source
from . import asking
from .answers import checked
from .asking import Inquiry, Register, Unanswered
from .person import Person
from .proving import entry_of
from .rows import Pull

log = logging.getLogger("tongban.services.sources")
SECONDS = 4.0
"""So long all registers together have. House rule."""
REST = 60.0
"""So long a register that did not answer is left alone by this process. House rule."""
_resting: dict[str, float] = {}
_read: list[tuple[reading.Holding, frozenset[str]]] = []


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one question: `facts` as `questions.plain` stores them."""

    source: str
    key: str
    at: str
    outcome: str
    facts: dict[str, Any]


def offered(codes: Sequence[str]) -> dict[str, list[str]]:
    """Which active registers know which of these facts; each fact is asked of the first that its row names."""
    known, active, found = reading.current().facts, _active(), dict[str, list[str]]()
    for code in codes:
        of = next((one for one in known[code].sources if one in active), None) if code in known else None
        if of is not None:
            found.setdefault(of, []).append(code)
    return found


def _active() -> frozenset[str]:
    """The registers that are in use, read anew when the catalogue changes: whoever writes one calls `reading.touch`."""
    holds = reading.current()
    if not _read or _read[0][0] is not holds:
        codes = frozenset(Source.objects.filter(active=True).values_list("code", flat=True))
        _read[:] = [(holds, codes)]
    return _read[0][1]


def pull(
    person: Person, matter: str, codes: Sequence[str], consent: str, by: str = "self", mandate: str = ""
) -> list[Came]:
    """Ask every register that knows some of these facts about the person, for this item. `consent`: the words agreed
    to, in the person's language; without them nothing is asked (ValueError)."""
    if not consent:
        raise ValueError("no register is asked without consent")
    now = timezone.now()
    registers = {row.code: row for row in Source.objects.filter(active=True)}
    rows = []
    with transaction.atomic():
        for source, facts in offered(codes).items():
            if source in registers:
                rows.append(_written(registers[source], person, matter, facts, consent, by, now))
    answers = _all(
        [
            (
                _register(registers[row.source_id], (row.private or {})["facts"]),
                Inquiry(person.id_number, row.key, by, settings.LEDGER_ORIGIN, matter, mandate),
            )
            for row in rows
        ]
    )
    known, came = reading.current().facts, []
    with transaction.atomic():
        for row in rows:
            outcome, values = answers[row.key]
            taken, wrong = checked(values or {}, known)
            if wrong:
                log.warning("register %s gave values of the wrong kind for %s", row.source_id, ", ".join(wrong))
            row.outcome = "wrong" if wrong and not taken else outcome
            row.private = {**(row.private or {}), "got": sorted(taken)}
            row.save(update_fields=["outcome", "private"])
            came.append(Came(row.source_id, row.key, row.at.isoformat(), row.outcome, taken))
    return came


def _written(
    source: Source, person: Person, matter: str, facts: list[str], consent: str, by: str, now: datetime
) -> Pull:
    row = Pull(source=source, matter_id=matter, at=now, by=by, person=person.blind, salt=ledger_entry.new_seed())
    row.private = {"facts": facts, "got": [], "consent": consent}
    row.entry_key = enqueue([entry_of(row, person.id_number)])[0]
    row.save(force_insert=True)
    return row


def _register(source: Source, facts: Sequence[str]) -> Register:
    named = source.settings.get("columns") or {}
    return Register(source.code, source.kind, source.settings, tuple((code, named.get(code, code)) for code in facts))


def _all(asked: list[tuple[Register, Inquiry]]) -> dict[str, tuple[str, dict[str, Any] | None]]:
    """The outcome and the values of each question, by the number of its pull."""
    found: dict[str, tuple[str, dict[str, Any] | None]] = {inquiry.issue: ("failed", None) for _, inquiry in asked}
    due = [(register, inquiry) for register, inquiry in asked if _resting.get(register.code, 0) < time.monotonic()]
    if not due:
        return found
    pool = ThreadPoolExecutor(len(due), thread_name_prefix="register")
    try:
        running = {pool.submit(asking.ask, register, inquiry): (register, inquiry) for register, inquiry in due}
        done, late = wait(running, timeout=SECONDS)
        for one in done:
            register, inquiry = running[one]
            found[inquiry.issue] = _outcome(register.code, one.exception(), one.result if not one.exception() else None)
        for one in late:
            _rest(running[one][0].code, "no answer within the deadline")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return found


def _outcome(code: str, error: BaseException | None, result: Any) -> tuple[str, dict[str, Any] | None]:
    if error is None:
        values = result()
        return ("unknown", None) if values is None else ("answered", values)
    if isinstance(error, Unanswered):
        if error.why == "wrong":
            log.warning("register %s: %s", code, error)
            return "wrong", None
        _rest(code, str(error))
        return "failed", None
    log.error("register %s: %s", code, type(error).__name__)
    return "failed", None


def _rest(code: str, why: str) -> None:
    log.warning("register %s rests for a minute: %s", code, why)
    _resting[code] = time.monotonic() + REST


def forget() -> None:
    """Ask every register again. For tests."""
    _resting.clear()
    _read.clear()
