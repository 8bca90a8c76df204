"""POST /api/v1/letters: a letter comes in. The busiest call of the house: one model, no query beyond the kernel's."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router

from tongban.cases.actor import NEWCOMER
from tongban.cases.inputs import EMAIL, clean_text, normal_phone
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.gate.problems import problems
from tongban.registry import snapshot

from .calling import IdempotencyKey, limit
from .schemas import LetterIn, ReceiptOut

router = Router(tags=["letters"])
OPERATIONS = {"submit_letter": "public"}
JSON = "application/json; charset=utf-8"


def line(value: str) -> str:
    """Text on one line, cleaned."""
    return " ".join(clean_text(value).split())


def checked_contact(phone: str, email: str) -> tuple[str, str]:
    """Telephone (5 to 20 digits) and e-mail address, cleaned; the rule of the letter's form. Raises Refusal."""
    phone, email = line(phone), line(email)
    if phone and not 5 <= len(normal_phone(phone)) <= 20:
        raise Refusal("bad_input", _("请检查电话号码。"), "phone")
    if email and not EMAIL.fullmatch(email):
        raise Refusal("bad_input", _("请检查电子邮箱地址。"), "email")
    return phone, email


def about(matter: str, against: str | None) -> None:
    """Refuses a matter with others below it, and a complaint about conduct that does not say about whom: without the
    unit it could reach the very people it is about (信访工作条例 Art. 30). Raises Refusal."""
    registry = snapshot.current()
    row = registry.matters.get(matter)
    if row is None:
        return
    if registry.children("matters", matter):
        raise Refusal("bad_input", _("请选择最下一级的事项。"), "matter")
    if row.conduct and against is None:
        raise Refusal("bad_input", _("请选择单位。"), "against")


def submission(letter: LetterIn) -> Submission:
    """The letter as the kernel takes it. Raises Refusal naming the field."""
    subject, body = line(letter.subject), clean_text(letter.body)
    for field, text in (("subject", subject), ("body", body)):
        if not text:
            raise Refusal("bad_input", _("请填写文字。"), field)
    about(letter.matter, letter.against)
    phone, email = checked_contact(letter.phone, letter.email)
    return Submission(
        "letter", letter.matter, letter.place, subject, body, letter.against, letter.visibility, line(letter.name), phone, email,
        line(letter.address), channel="api", language=letter.language or get_language() or "zh-hans",
    )  # fmt: skip


@router.post(
    "/letters", response={201: ReceiptOut, 200: ReceiptOut, **problems(400, 409, 413, 415, 422, 429, 503)},
    operation_id="submit_letter", summary="Submit a letter",
)  # fmt: skip
def submit_letter(request: HttpRequest, letter: LetterIn, idempotency_key: str = IdempotencyKey) -> Any:
    """Takes a letter, finds the responsible unit and its deadline, and gives the receipt with status 201.

    The same key with the same letter gives the same receipt again, with status 200 and `again` true, and makes no second
    letter. The same key with another letter is refused with 409, so that no letter is lost behind another's receipt.
    """
    limit(request, "submit")
    case, receipt = submit(submission(letter), NEWCOMER, f"api {idempotency_key}", once=True)
    out = {
        "code": receipt.code, "secret": receipt.secret, "again": receipt.again, "state": case.state, "unit": case.unit_id,
        "answer_due_at": case.answer_due_at,
    }  # fmt: skip
    return HttpResponse(orjson.dumps(out, option=orjson.OPT_UTC_Z), content_type=JSON, status=200 if receipt.again else 201)
