"""A sender's own letter: following it, and acting on it. Code and secret together open it; a wrong code and a wrong secret
get the same answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from tongban.cases import receipts
from tongban.cases.actor import resident
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.gate.problems import problems
from tongban.registry import snapshot

from .. import filing
from ..pages.tracking import OFFERED, left
from ..procedure import LETTER
from .calling import RECEIPT, IdempotencyKey, code_of, done_before, limit, nonce_of
from .schemas import DoneOut, FileOut, LetterOut, ResidentActIn

router = Router(tags=["letters"])
OPERATIONS = {"track_letter": "resident", "act_on_own_letter": "resident", "read_own_file": "resident"}


def own_letter(code: str, secret: str) -> Case | None:
    """The letter that code and secret open. As slow for a code that does not exist as for a wrong secret."""
    plain = code_of(code)
    case = Case.objects.filter(code=plain, kind=LETTER.kind).first() if plain else None
    known = case.secret_digest if case else receipts.digest("nobody")
    return case if receipts.matches(secret, known) and case is not None else None


def mine(request: HttpRequest, code: str) -> Case:
    """The letter that the request's receipt opens. Raises Limited, and Refusal (not found)."""
    limit(request, "track")
    case = own_letter(code, str(request.auth))  # type: ignore[attr-defined]
    if case is None:
        raise Refusal("not_found", _("查询码或密码不对。"))
    return case


def act_out(act: Act, told: Any, text: str, files: Iterable[Attachment] = ()) -> dict[str, Any]:
    """An act as the API gives it, with its words and files as far as they are for the caller."""
    return {
        "sequence": act.sequence, "act": act.act, "told": str(told), "at": act.at, "by": act.actor, "unit": act.unit_id, "role": act.role,
        "text": text, "facts": act.public, "files": filing.told(files),
    }  # fmt: skip


def told_to_sender(case: Case, acts: list[Act]) -> list[dict[str, Any]]:
    """The acts that the sender is told of, with the words that are for them; looks are a list of their own."""
    found, files = [], filing.for_sender(case)
    for act in acts:
        edge = LETTER.named(act.act)
        if edge is None or edge.shown == "nothing" or act.act in ("look", "escalate"):
            continue
        text = case.body if act.act == "submit" else act.text if edge.shown == "words" else ""
        found.append(act_out(act, edge.told, text, files.get(act.pk, ())))
    return found


def looks_at(acts: list[Act]) -> list[dict[str, Any]]:
    """Who looked, as unit and role, and what for: never a name."""
    return [
        {"at": act.at, "unit": act.unit_id, "role": act.role, "purpose": str((act.private or {}).get("purpose", ""))}
        for act in acts
        if act.act == "look"
    ]


def may(case: Case) -> list[str]:
    """What the sender can do now: once rated it stays rated; nothing once erased."""
    if case.erased_at:
        return []
    now = {edge.act for edge in LETTER.open_to(case.state, frozenset({"resident"}))}
    return [act for act in OFFERED if act in now and not (act == "rate" and case.grade)]


def letter_out(case: Case) -> dict[str, Any]:
    """The letter as its sender sees it."""
    acts, rest, state = list(Act.objects.filter(case=case).order_by("sequence")), left(case), LETTER.state(case.state)
    return {
        "code": case.code, "state": case.state, "state_text": str(state.plain), "open": case.is_open, "version": case.version,
        "matter": case.matter_id, "place": case.place_id, "unit": case.unit_id, "submitted_at": case.submitted_at,
        "answer_due_at": case.answer_due_at, "days_left": rest.get("days"), "days_unit": rest.get("unit"),
        "paused": bool(rest.get("paused")), "awaiting_calendar": rest.get("awaiting"), "subject": case.subject,
        "acts": told_to_sender(case, acts), "looks": looks_at(acts), "may": may(case),
    }  # fmt: skip


@router.get(
    "/letters/{code}", response={200: LetterOut, **problems(400, 401, 404, 429, 503)}, auth=RECEIPT,
    operation_id="track_letter", summary="Follow a letter",
)  # fmt: skip
def track_letter(request: HttpRequest, code: str) -> Any:
    """State, unit, deadline and days left, everything that was done, and every look at the letter, for whoever holds its
    secret. A code that does not exist and a wrong secret are answered alike (404)."""
    return letter_out(mine(request, code))


@router.get(
    "/letters/{code}/files/{key}", response={200: FileOut, **problems(400, 401, 404, 429, 503)}, auth=RECEIPT,
    operation_id="read_own_file", summary="A file of one's own letter",
)  # fmt: skip
def read_own_file(request: HttpRequest, code: str, key: str) -> Any:
    """A file that the sender added, or that the office gave with its answer. Internal files are not there for the sender (404)."""
    return filing.handed_out(filing.senders_file(mine(request, code), key))


@router.post(
    "/letters/{code}/acts", response={200: DoneOut, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)}, auth=RECEIPT,
    operation_id="act_on_own_letter", summary="Supplement, reply, withdraw, rate, ask for review",
)  # fmt: skip
def act_on_own_letter(request: HttpRequest, code: str, step: ResidentActIn, idempotency_key: str = IdempotencyKey) -> Any:
    """An act of the sender. Refused with 409 where the state of the letter does not allow it (`may` says what it allows),
    or where the key was used for another act."""
    case = mine(request, code)
    limit(request, "submit")
    nonce = nonce_of(case.code, "resident", idempotency_key)
    if done_before(nonce, step.act, step.payload, snapshot.current()) is None:
        if case.erased_at:
            raise Refusal("wrong_state", _("这封来信的内容已经删除，不能再办理。"))
        if step.act == "rate" and case.grade:
            raise Refusal("conflict", _("您已经评价过这封来信。"))
    performed = perform(case.pk, Step(step.act, resident(case.pk), step.payload, version=step.version, nonce=nonce))
    return {
        "code": case.code, "act": step.act, "state": performed.case.state, "version": performed.case.version, "again": performed.again,
    }  # fmt: skip
