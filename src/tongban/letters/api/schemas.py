"""What goes into and comes out of the letters' part of /api/v1, as pydantic models: shapes and lengths only.

Plain pydantic, not ninja's Schema: that wraps every value in a getter for Django objects, which costs a third of the time
of a submission. Not for rules: the kernel checks what is stored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CODE = r"^[0-9A-Za-z][0-9A-Za-z_-]*$"
Code = Annotated[str, Field(min_length=1, max_length=32, pattern=CODE)]
Filter = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]
Language = Literal["zh-hans", "zh-hant", "en"]


class Strict(BaseModel):
    """A body. Fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class LetterIn(Strict):
    """A letter. Lengths are counted in characters."""

    matter: Code = Field(description="Code of a matter that has none below it (`leaf` at /registry/matters).")
    place: Code = Field(description="GB/T 2260 code of the place where it happened.")
    subject: str = Field(min_length=1, max_length=100)
    body: str = Field(min_length=1, max_length=5000)
    against: Code | None = Field(
        None, description="Unit complained of; needed for matters about conduct. Neither it nor a unit below it handles or sees the letter."
    )
    visibility: Literal["public", "confidential"] = Field(
        "public", description="Whether the letter may be published, masked and looked at by a person, once it is answered."
    )
    name: str = Field("", max_length=40, description="Empty for an anonymous letter.")
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=120, description="Where notices about the letter go.")
    address: str = Field("", max_length=200)
    language: Language | None = Field(None, description="Language of notices; by default that of Accept-Language.")


class ReceiptOut(BaseModel):
    """What the sender keeps. The secret is shown here and never again."""

    code: str = Field(description="Tracking code, 12 characters.")
    secret: str = Field(description="Opens the letter together with the code; 20 characters.")
    again: bool = Field(description="Whether this very letter had been sent before with the same Idempotency-Key.")
    state: str
    unit: str = Field(description="Unit that has the letter now.")
    answer_due_at: datetime | None = Field(description="Null while the working-day calendar of that year is not loaded.")


class FileRow(BaseModel):
    """A file of an act: its name and type, not what is in it."""

    key: str = Field(description="For reading it: /letters/{code}/files/{key} or /desk/cases/{code}/files/{key}.")
    name: str
    media_type: str
    size: int = Field(description="In bytes.")


class FileOut(FileRow):
    """A file with what is in it."""

    content: str = Field(description="The bytes, base64 (RFC 4648). Never open it where scripts in it could run.")


class FileIn(Strict):
    """A file that comes with an act: a picture (JPEG, PNG, WebP), PDF, docx, xlsx or plain text, told by its content."""

    name: str = Field(min_length=1, max_length=200)
    content: str = Field(min_length=1, max_length=2_400_000, description="The bytes, base64 (RFC 4648).")


class ActOut(BaseModel):
    """One act. `text` is empty where the words are not for the caller or were erased."""

    sequence: int
    act: str
    told: str = Field(description="The act in plain words, in the caller's language.")
    at: datetime
    by: Literal["resident", "official", "system"]
    unit: str | None
    role: str
    text: str
    facts: dict[str, Any] = Field(description="The public part of the act, as it stands in the ledger.")
    files: list[FileRow] = Field(description="The files of the act that are for the caller.")


class LookOut(BaseModel):
    """One look at the letter by an official: who, as unit and role, and for what."""

    at: datetime
    unit: str | None
    role: str
    purpose: str


class LetterOut(BaseModel):
    """A letter as its sender sees it."""

    code: str
    state: str
    state_text: str = Field(description="The state in plain words, in the caller's language.")
    open: bool
    version: int = Field(description="Send it back with an act to be told (409) if somebody else acted meanwhile.")
    matter: str
    place: str
    unit: str
    submitted_at: datetime
    answer_due_at: datetime | None
    days_left: int | None = Field(description="To the answer's deadline, negative once late. Null when answered, closed, paused or without a deadline.")
    days_unit: Literal["working", "calendar"] | None
    paused: bool = Field(description="The deadline stands still until the sender replies.")
    awaiting_calendar: int | None = Field(description="The year whose calendar has to be loaded before there is a deadline.")
    subject: str
    acts: list[ActOut]
    looks: list[LookOut]
    may: list[str] = Field(description="The acts that the sender can perform now.")


class ResidentActIn(Strict):
    """One act of the sender. `supplement`, `reply`, `ask_review`, `ask_recheck`: `{"text": …}`; `rate`: `{"grade": 1–5, "text"?: …}`;
    `withdraw`, `ask_erasure`: `{"text"?: …}`."""

    act: Literal["supplement", "reply", "withdraw", "rate", "ask_review", "ask_recheck", "ask_erasure"]
    payload: dict[str, str | int] = Field(default_factory=dict)
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class OfficialActIn(Strict):
    """One act with the version of the case that the caller saw. `may` at /desk/cases/{code} lists the acts and their inputs."""

    act: str = Field(min_length=1, max_length=24, pattern=r"^[a-z_]+$")
    version: int = Field(ge=0, le=2**31 - 1)
    payload: dict[str, str | int | bool | list[str]] = Field(default_factory=dict)
    files: list[FileIn] = Field(default_factory=list, max_length=6, description="For acts that say something in words. A whole call has at most 2.5 MB.")


class DoneOut(BaseModel):
    """An act that was carried out. `version` is null where the case is no longer the caller's."""

    code: str
    act: str
    state: str
    version: int | None
    again: bool = Field(description="Whether this very act had been carried out before with the same Idempotency-Key.")


class PublishedOut(BaseModel):
    """A published letter and its answer, masked."""

    slug: str
    subject: str
    body: str
    answer: str
    matter: str
    place: str
    unit: str
    submitted_on: date
    answered_on: date
    grade: int | None = Field(description="The sender's rating, 5 (very good) to 1 (very poor).")


class PublishedPage(BaseModel):
    """A page of published letters, the latest publication first."""

    items: list[PublishedOut]
    next: str | None = Field(description="`cursor` of the next page.")


class PublishedFilter(BaseModel):
    """What to list. A matter or a place takes in all below it."""

    q: str = Field("", max_length=100, description="Words, found exactly; Simplified and Traditional are one.")
    matter: Filter = ""
    place: Filter = ""
    unit: Filter = ""
    cursor: str = Field("", max_length=18, pattern=r"^[0-9]*$", description="`next` of the page before.")


class CaseRow(BaseModel):
    """A case in a list: nothing private."""

    code: str
    state: str
    matter: str
    place: str
    unit: str
    submitted_at: datetime
    due_at: datetime | None
    answer_due_at: datetime | None
    rung: Literal["on_time", "due_soon", "due", "overdue", "long_overdue"]
    version: int


class CasePage(BaseModel):
    """A page of cases."""

    items: list[CaseRow]
    next: str | None = Field(description="`cursor` of the next page.")


class TrayFilter(BaseModel):
    """What to list. Open cases come by deadline, then those without one; closed cases newest first."""

    show: Literal["open", "closed", "all"] | None = Field(None, description="By default `open`; `all` where `state` or `q` is given.")
    state: str = Field("", max_length=24, pattern=r"^[a-z_]*$")
    q: str = Field("", max_length=100, description="Words of the letter or of an act, found exactly. Found cases come newest first.")
    cursor: str = Field("", max_length=60, description="`next` of the page before.")


class NeedOut(BaseModel):
    """An input of an act."""

    name: str
    label: str
    kind: str
    required: bool
    longest: int | None


class MayOut(BaseModel):
    """An act that the token's post may perform now."""

    act: str
    label: str
    needs: list[NeedOut]


class CaseOut(CaseRow):
    """A case for an official's program: the letter and its acts, without the sender's name and contact."""

    subject: str
    body: str
    visibility: Literal["public", "confidential"]
    acts: list[ActOut]
    may: list[MayOut]


class ExportRow(CaseRow):
    """One line of the export. `cursor` of the last line that arrived resumes it."""

    cursor: int
    kind: str
    channel: str
    published: bool
    grade: int | None
    answered_at: datetime | None
    closed_at: datetime | None


class ExportFilter(BaseModel):
    """Where to go on."""

    after: int = Field(0, ge=0, le=2**63 - 1, description="`cursor` of the last line that arrived.")


class StandingOut(BaseModel):
    """Where one act stands on the ledger."""

    sequence: int
    act: str
    at: datetime
    index: int | None = Field(description="The number of its entry; null while it waits for the log.")
    signed: bool


class StandingsOut(BaseModel):
    """Every act of a letter with its place on the ledger."""

    code: str
    items: list[StandingOut]


class ProofOut(BaseModel):
    """The proof of one act."""

    sequence: int
    index: int
    size: int = Field(description="How many entries the signed tree of the proof has.")
    receipt: str = Field(description="The file to keep, c2sp.org/tlog-proof@v1.")
