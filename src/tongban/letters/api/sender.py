"""The sender's part of /api/v1 for letters: what a letter is made of; the operations are the counter's
(`counter/api`)."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import Field

from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission
from tongban.counter.api import SenderApi
from tongban.counter.api.schemas import FollowedOut, Language
from tongban.counter.api.submitting import about, checked_contact, line
from tongban.gate.shapes import Code, Strict


class LetterIn(Strict):
    """A letter. Lengths are counted in characters."""

    matter: Code = Field(description="Code of a matter that has none below it (`leaf` at /registry/matters).")
    place: Code = Field(description="GB/T 2260 code of the place where it happened.")
    subject: str = Field(min_length=1, max_length=100)
    body: str = Field(min_length=1, max_length=5000)
    against: Code | None = Field(
        None,
        description="Unit complained of; needed for matters about conduct. Neither it nor a unit below it handles or "
        "sees the letter.",
    )
    visibility: Literal["public", "confidential"] = Field(
        "public",
        description="Whether the letter may be published, masked and looked at by a person, once it is answered.",
    )
    name: str = Field("", max_length=40, description="Empty for an anonymous letter.")
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=120, description="Where notices about the letter go.")
    address: str = Field("", max_length=200)
    language: Language | None = Field(None, description="Language of notices; by default that of Accept-Language.")


class LetterOut(FollowedOut):
    """A letter as its sender sees it."""


def submission(letter: LetterIn) -> Submission:
    """The letter as the kernel takes it. Raises Refusal naming the field."""
    subject, body = line(letter.subject), clean_text(letter.body)
    for field, text in (("subject", subject), ("body", body)):
        if not text:
            raise Refusal("bad_input", _("请填写文字。"), field)
    about(letter.matter, letter.against)
    phone, email = checked_contact(letter.phone, letter.email)
    return Submission(
        "letter",
        letter.matter,
        letter.place,
        subject,
        body,
        letter.against,
        letter.visibility,
        line(letter.name),
        phone,
        email,
        line(letter.address),
        channel="api",
        language=letter.language or get_language() or "zh-hans",
    )


API = SenderApi(
    "letter",
    "letters",
    given=LetterIn,
    submission=submission,
    followed=LetterOut,
    acts="ResidentActIn",
    acting="Supplement, reply, withdraw, rate, ask for review",
    ids={"file": "read_own_file", "proofs": "list_proofs", "proof": "read_proof"},
)
router, OPERATIONS = API.router, API.operations
