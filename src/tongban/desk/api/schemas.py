"""What goes into and comes out of the desk's part of /api/v1, as pydantic models: shapes and lengths only.

Not for rules: the kernel checks what is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tongban.gate.shapes import ActOut, FileIn, Strict


class OfficialActIn(Strict):
    """One act with the version of the case that the caller saw. `may` at /desk/cases/{code} lists the acts and their
    inputs."""

    act: str = Field(min_length=1, max_length=24, pattern=r"^[a-z_]+$")
    version: int = Field(ge=0, le=2**31 - 1)
    payload: dict[str, str | int | bool | list[str]] = Field(default_factory=dict)
    files: list[FileIn] = Field(
        default_factory=list,
        max_length=6,
        description="For acts that say something in words. A whole call has at most 2.5 MB.",
    )


class CaseRow(BaseModel):
    """A case in a list: nothing private."""

    code: str
    kind: str
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

    show: Literal["open", "in_force", "closed", "all"] | None = Field(
        None, description="By default `open`; `all` where `state` or `q` is given."
    )
    kind: str = Field("", max_length=16, pattern=r"^[a-z_]*$", description="One kind of case; by default all.")
    state: str = Field("", max_length=24, pattern=r"^[a-z_]*$")
    q: str = Field(
        "",
        max_length=100,
        description="Words of the case or of an act, found exactly. Found cases come newest first. "
        "`POST /desk/search` takes them in its body, where no log keeps them.",
    )
    cursor: str = Field("", max_length=60, description="`next` of the page before.")


class SearchIn(TrayFilter):
    """What to look for, and among what."""

    model_config = ConfigDict(extra="forbid")
    q: str = Field(min_length=1, max_length=100, description="Words of the case or of an act, found exactly.")


class NeedOut(BaseModel):
    """An input of an act."""

    name: str
    label: str
    kind: str
    required: bool
    longest: int | None
    json_schema: dict[str, Any] = Field(description="What the value has to be (JSON Schema 2020-12).")


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
    channel: str
    published: bool
    grade: int | None
    answered_at: datetime | None
    closed_at: datetime | None


class ExportFilter(BaseModel):
    """Where to go on."""

    after: int = Field(0, ge=0, le=2**63 - 1, description="`cursor` of the last line that arrived.")
