"""The letters' part of /api/v1: submit, track, act, read what is published; officials' part with tokens.

Every POST carries an Idempotency-Key. The rules are the kernel's: this file only speaks HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema, Status
from ninja.security import APIKeyHeader, HttpBearer
from pydantic import ConfigDict, Field

from tongban.accounts.models import ApiToken
from tongban.cases import access, receipts
from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.inputs import checked
from tongban.cases.looks import look
from tongban.cases.models import Act, Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.problems import PROBLEMS, Limited, problems
from tongban.gate.rates import wait_for
from tongban.registry import snapshot

from . import publishing
from .models import PublishedLetter
from .procedure import LETTER

router = Router()
KEY = r"^[A-Za-z0-9_-]{16,100}$"
PAGE = 50
IdempotencyKey = Header(..., alias="Idempotency-Key", pattern=KEY, description="16–100 of A–Z a–z 0–9 _ -. The same key with the same content is carried out once.")


class Strict(Schema):
    """Refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


class LetterIn(Strict):
    """A letter."""

    matter: str = Field(max_length=32, description="Code of a matter, a leaf of the tree at /registry/matters.")
    place: str = Field(max_length=32, description="GB/T 2260 code of a place.")
    subject: str = Field(min_length=1, max_length=100)
    body: str = Field(min_length=1, max_length=5000)
    against: str | None = Field(None, max_length=32, description="Code of the unit complained of; it never sees the letter.")
    visibility: str = Field("public", pattern="^(public|confidential)$")
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=120)
    address: str = Field("", max_length=200)


class ReceiptOut(Schema):
    """What the sender keeps. The secret is never shown again."""

    code: str
    secret: str
    again: bool = Field(description="Whether this very letter had been sent before.")
    state: str
    unit: str
    answer_due_at: datetime | None


class ActOut(Schema):
    sequence: int
    act: str
    told: str
    at: datetime
    by: str
    unit: str | None
    text: str


class LetterOut(Schema):
    code: str
    state: str
    state_text: str
    matter: str
    place: str
    unit: str
    submitted_at: datetime
    answer_due_at: datetime | None
    subject: str
    acts: list[ActOut]


class ResidentActIn(Strict):
    """One act: `supplement`, `reply`, `withdraw`, `rate`, `ask_review`, `ask_recheck`, `ask_erasure`."""

    act: str = Field(max_length=24)
    payload: dict[str, str | int | bool] = Field(default_factory=dict)


class OfficialActIn(Strict):
    """One act with the version of the case that the caller saw."""

    act: str = Field(max_length=24)
    payload: dict[str, str | int | bool | list[str]] = Field(default_factory=dict)
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class DoneOut(Schema):
    code: str
    state: str
    version: int
    again: bool


class PublishedOut(Schema):
    slug: str
    subject: str
    body: str
    answer: str
    matter: str
    place: str
    unit: str
    submitted_on: str
    answered_on: str
    grade: int | None


class PublishedPage(Schema):
    letters: list[PublishedOut]
    next: str | None


class CaseRow(Schema):
    code: str
    state: str
    matter: str
    place: str
    unit: str
    due_at: datetime | None
    rung: str
    version: int


class CasePage(Schema):
    cases: list[CaseRow]
    next: str | None


class ReceiptSecret(APIKeyHeader):
    """The secret of the letter, in the header X-Receipt-Secret."""

    param_name = "X-Receipt-Secret"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        return key or None


class Token(HttpBearer):
    """An official's token: it carries one post."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = ApiToken.find(token)
        if found is None:
            return None
        post = found.post
        return Actor("official", post.official_id, ((post.unit_id, post.role),), name=str(post.official))


def _limit(request: HttpRequest, kind: str) -> None:
    wait = wait_for(request, kind)
    if wait:
        raise Limited(wait)


@router.post("/letters", response={201: ReceiptOut, 200: ReceiptOut, **problems(400, 409, 413, 422, 429, 503)}, operation_id="submit_letter", tags=["letters"], summary="Submit a letter")
def submit_letter(request: HttpRequest, letter: LetterIn, idempotency_key: str = IdempotencyKey) -> Any:
    """Takes a letter, finds the responsible unit and its deadline, and gives the receipt.

    The same key with the same content gives the same receipt with status 200.
    """
    _limit(request, "submit")
    sent = Submission(
        "letter", letter.matter, letter.place, _text(letter.subject, "subject"), _text(letter.body, "body"), letter.against, letter.visibility, letter.name,
        letter.phone, letter.email, letter.address, channel="api", language=get_language() or "zh-hans",
    )  # fmt: skip
    _leaf(letter.matter, letter.against)
    case, receipt = submit(sent, NEWCOMER, f"api {idempotency_key}")
    out = {"code": receipt.code, "secret": receipt.secret, "again": receipt.again, "state": case.state, "unit": case.unit_id, "answer_due_at": case.answer_due_at}
    return Status(200 if receipt.again else 201, out)


def _text(value: str, field: str) -> str:
    from tongban.cases.inputs import clean_text

    text = clean_text(value)
    if not text:
        raise Refusal("bad_input", _("请填写文字。"), field)
    return text


def _leaf(matter: str, against: str | None) -> None:
    registry = snapshot.current()
    if matter in registry.matters and registry.children("matters", matter):
        raise Refusal("bad_input", _("请选择最下一级的事项。"), "matter")
    if matter in registry.matters and registry.matters[matter].conduct and not against:
        raise Refusal("bad_input", _("请选择单位。"), "against")


def _mine(request: HttpRequest, code: str) -> Case:
    """The case with this code, where the secret is right; the same refusal whichever is wrong."""
    _limit(request, "track")
    case = Case.objects.filter(code=receipts.plain(code)[:16], kind="letter").first()
    known = case.secret_digest if case else receipts.digest("nobody")
    if not receipts.matches(str(request.auth)[:80], known) or case is None:  # type: ignore[attr-defined]
        raise Refusal("not_found", _("查询码或密码不对。"))
    return case


def _acts(case: Case) -> Iterator[dict[str, Any]]:
    for act in Act.objects.filter(case=case).order_by("sequence"):
        edge = LETTER.named(act.act)
        if edge is None or edge.shown == "nothing":
            continue
        yield {
            "sequence": act.sequence, "act": act.act, "told": str(edge.told), "at": act.at, "by": act.actor, "unit": act.unit_id,
            "text": act.text if edge.shown == "words" else "",
        }  # fmt: skip


@router.get("/letters/{code}", response={200: LetterOut, **problems(401, 404, 422, 429)}, auth=ReceiptSecret(), operation_id="track_letter", tags=["letters"], summary="Follow a letter")
def track_letter(request: HttpRequest, code: str) -> Any:
    """The letter's state and timeline, for whoever holds its secret."""
    case = _mine(request, code)
    return {
        "code": case.code, "state": case.state, "state_text": str(LETTER.state(case.state).plain), "matter": case.matter_id, "place": case.place_id,
        "unit": case.unit_id, "submitted_at": case.submitted_at, "answer_due_at": case.answer_due_at, "subject": case.subject, "acts": list(_acts(case)),
    }  # fmt: skip


RESIDENT_ACTS = frozenset({"supplement", "reply", "withdraw", "rate", "ask_review", "ask_recheck", "ask_erasure"})


@router.post("/letters/{code}/acts", response={200: DoneOut, **problems(400, 401, 403, 404, 409, 413, 422, 429, 503)}, auth=ReceiptSecret(), operation_id="act_on_own_letter", tags=["letters"], summary="Supplement, withdraw, rate, ask for review")
def act_on_own_letter(request: HttpRequest, code: str, step: ResidentActIn, idempotency_key: str = IdempotencyKey) -> Any:
    """An act of the sender."""
    case = _mine(request, code)
    if step.act not in RESIDENT_ACTS:
        raise Refusal("not_found", _("没有这种办理行为。"))
    nonce = _nonce(case, "resident", idempotency_key)
    if step.act == "rate" and case.grade and not Act.objects.filter(nonce=nonce).exists():
        raise Refusal("wrong_state", _("件的状态已经变化，现在不能进行这项操作。"))
    _same(nonce, step.act, step.payload)
    return _done(perform(case.pk, Step(step.act, resident(case.pk), step.payload, nonce=nonce)))


def _same(nonce: str, act: str, payload: dict[str, Any]) -> None:
    """Refuses a key that was used for another act or other words: else those would be dropped and called done."""
    before = Act.objects.select_related("case").filter(nonce=nonce).first()
    edge = LETTER.named(act)
    if before is None or edge is None or before.case.erased_at:
        return
    given, kept = checked(edge, payload, snapshot.current()), {**before.public, **(before.private or {})}
    if before.act != act or any(kept.get(need.name) != given.get(need.name) for need in edge.needs):
        raise Refusal("conflict", _("这个操作编号已经用在别的件上。"))


def _nonce(case: Case, who: str, key: str) -> str:
    import hashlib

    return hashlib.sha256(f"api\x00{case.pk}\x00{who}\x00{key}".encode()).hexdigest()


def _done(done: Any) -> dict[str, Any]:
    return {"code": done.case.code, "state": done.case.state, "version": done.case.version, "again": done.again}


def _public(row: PublishedLetter) -> dict[str, Any]:
    return {
        "slug": row.slug, "subject": row.subject, "body": row.body, "answer": row.answer, "matter": row.matter_id, "place": row.place_id, "unit": row.unit_id,
        "submitted_on": row.submitted_on.isoformat(), "answered_on": row.answered_on.isoformat(), "grade": row.grade,
    }  # fmt: skip


class PublishedFilter(Schema):
    q: str = Field("", max_length=100)
    matter: str = Field("", max_length=32, pattern="^[0-9A-Za-z_-]*$")
    place: str = Field("", max_length=32, pattern="^[0-9A-Za-z_-]*$")
    unit: str = Field("", max_length=32, pattern="^[0-9A-Za-z_-]*$")
    before: int | None = Field(None, ge=1, le=2**63 - 1, description="`next` of the page before.")


@router.get("/published", response={200: PublishedPage, **problems(422)}, operation_id="list_published", tags=["published"], summary="Published letters with their answers")
def list_published(request: HttpRequest, wanted: Query[PublishedFilter]) -> Any:
    """Newest publication first; `q` finds words exactly, Simplified and Traditional as one."""
    registry = snapshot.current()
    rows = PublishedLetter.objects.all()
    if wanted.q:
        found = publishing.letter_ids(wanted.q)
        rows = rows.filter(pk__in=found) if found is not None else rows.none()
    if wanted.matter:
        rows = rows.filter(matter_id__in=list(registry.subtree("matters", wanted.matter)))
    if wanted.place:
        rows = rows.filter(place_id__in=list(registry.subtree("places", wanted.place)))
    if wanted.unit:
        rows = rows.filter(unit_id=wanted.unit)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    letters = list(rows.order_by("-pk")[: PAGE + 1])
    return {"letters": [_public(row) for row in letters[:PAGE]], "next": str(letters[PAGE - 1].pk) if len(letters) > PAGE else None}


@router.get("/published/{slug}", response={200: PublishedOut, **problems(404, 422)}, operation_id="read_published", tags=["published"], summary="One published letter")
def read_published(request: HttpRequest, slug: str) -> Any:
    """A letter and its answer, masked."""
    row = PublishedLetter.objects.filter(slug=slug[:16]).first() if "\x00" not in slug else None
    if row is None:
        raise Refusal("not_found", _("没有这封公开来信。"))
    return _public(row)


# --- officials ------------------------------------------------------------------------------------------------------


class TrayFilter(Schema):
    state: str = Field("", max_length=24, pattern="^[a-z_]*$")
    q: str = Field("", max_length=100)
    open: bool = True
    after: str = Field("", max_length=60, description="`next` of the page before.")


@router.get("/desk/cases", response={200: CasePage, **problems(401, 422)}, auth=Token(), operation_id="list_cases", tags=["desk"], summary="The cases that the token's post may see")
def list_cases(request: HttpRequest, wanted: Query[TrayFilter]) -> Any:
    """By deadline, those without one last."""
    from tongban.cases import search

    rows = access.cases_for(request.auth, snapshot.current()).filter(kind="letter", is_open__in=(wanted.open,))  # type: ignore[attr-defined]
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.q:
        found = search.case_ids(wanted.q)
        rows = rows.filter(pk__in=found) if found is not None else rows.none()
    key = re.fullmatch(r"([0-9T:.+Z-]*)~(\d{1,18})", wanted.after)
    if key:
        number = int(key[2])
        try:
            at = parse_datetime(key[1]) if key[1] else None
        except ValueError:
            at = None
        if at is not None and timezone.is_naive(at):
            at = None
        rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=number) | Q(due_at=None)) if at else rows.filter(due_at=None, pk__gt=number)
    from django.db.models import F

    page = list(rows.order_by(F("due_at").asc(nulls_last=True), "pk")[: PAGE + 1])
    more = None
    if len(page) > PAGE:
        last = page[PAGE - 1]
        more = f"{last.due_at.isoformat().replace('+00:00', 'Z') if last.due_at else ''}~{last.pk}"
    return {"cases": [_row(case) for case in page[:PAGE]], "next": more}


def _row(case: Case) -> dict[str, Any]:
    return {
        "code": case.code, "state": case.state, "matter": case.matter_id, "place": case.place_id, "unit": case.unit_id, "due_at": case.due_at,
        "rung": case.rung, "version": case.version,
    }  # fmt: skip


def _theirs(request: HttpRequest, code: str) -> Case:
    case = Case.objects.filter(code=receipts.plain(code)[:16], kind="letter").first()
    if case is None or not access.may_see(request.auth, case, snapshot.current()):  # type: ignore[attr-defined]
        raise Refusal("not_found", _("没有找到这个件。"))
    return case


class CaseOut(CaseRow):
    subject: str
    body: str
    acts: list[ActOut]
    may: list[str] = Field(description="The acts that the token's post may perform now.")


@router.get("/desk/cases/{code}", response={200: CaseOut, **problems(401, 404, 409, 422)}, auth=Token(), operation_id="read_case", tags=["desk"], summary="One case; the look is recorded for its sender")
def read_case(request: HttpRequest, code: str) -> Any:
    """The letter and its timeline. Reading it is an act that the sender can see."""
    case = _theirs(request, code)
    look(case, request.auth, "接口查看")  # type: ignore[attr-defined]
    case.refresh_from_db()
    standing = access.standing(request.auth, case, snapshot.current())  # type: ignore[attr-defined]
    may = [edge.act for edge in LETTER.open_to(case.state, frozenset(standing))]
    return {**_row(case), "subject": case.subject, "body": case.body, "acts": list(_acts(case)), "may": may}


@router.post("/desk/cases/{code}/acts", response={200: DoneOut, **problems(400, 401, 403, 404, 409, 413, 422, 503)}, auth=Token(), operation_id="act_on_case", tags=["desk"], summary="Perform an act")
def act_on_case(request: HttpRequest, code: str, step: OfficialActIn, idempotency_key: str = IdempotencyKey) -> Any:
    """The same acts, checks and refusals as on the desk's pages."""
    case = _theirs(request, code)
    actor: Actor = request.auth  # type: ignore[attr-defined]
    edge = LETTER.named(step.act)
    if step.act == "look" or (edge is not None and not edge.button and step.act != "merge"):
        raise Refusal("not_found", _("没有这种办理行为。"))
    for need in edge.needs if edge is not None else ():
        if need.name in step.payload and isinstance(step.payload[need.name], list) is not (need.kind == "units"):
            raise Refusal("bad_input", _("内容有误：%(field)s（%(reason)s）") % {"field": need.name, "reason": need.kind}, need.name)
    nonce = _nonce(case, str(actor.official_id), idempotency_key)
    _same(nonce, step.act, step.payload)
    return _done(perform(case.pk, Step(step.act, actor, step.payload, version=step.version, nonce=nonce)))


@router.get("/desk/export", response={200: None, **problems(401)}, auth=Token(), operation_id="export_cases", tags=["desk"], summary="Visible cases as JSON lines, without their text")
def export_cases(request: HttpRequest) -> HttpResponse:
    """One JSON object a line; no personal data."""
    rows = access.cases_for(request.auth, snapshot.current()).filter(kind="letter").order_by("pk")  # type: ignore[attr-defined]
    lines = (orjson.dumps(_row(case)) + b"\n" for case in rows.iterator(chunk_size=1000))
    return StreamingHttpResponse(lines, content_type="application/x-ndjson")


OPERATIONS = {
    "submit_letter": "public", "track_letter": "resident", "act_on_own_letter": "resident", "list_published": "public", "read_published": "public",
    "list_cases": "token", "read_case": "token", "act_on_case": "token", "export_cases": "token",
}  # fmt: skip
__all__ = ["OPERATIONS", "PROBLEMS", "router"]
