"""What goes into and comes out of the catalogue's part of /api/v1: shapes and lengths. The rules are `reports.py`'s."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

CODE = r"^[0-9A-Za-z_-]*$"
Words = Annotated[str, Field(max_length=100)]
Code = Annotated[str, Field(max_length=32, pattern=CODE)]
Name = Annotated[str, Field(max_length=500)]
Count = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Share = Annotated[float, Field(ge=0, le=1)]
Type = Annotated[str, Field(max_length=60, pattern=r"^([a-z][a-z0-9_]*)?$")]
Lines = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=100)]
Level = Literal["general-1", "general-2", "general-3", "general-4", "important", "core"]


class Strict(BaseModel):
    """A body. Fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class FieldFoundIn(Strict):
    """One column of a table, or the text of a file, as the scanner found it."""

    source: str = Field(min_length=1, max_length=500, description="Path or database, without credentials.")
    part: Name = Field(description="Table, sheet, member of an archive.")
    column: Name = Field(description="Empty for running text.")
    rows: Count
    filled: Count
    type: Type = Field(description="The verdict, empty for none.")
    share: Share
    persons: Count
    sure: Share
    why: str = Field(max_length=500)
    level: Level
    personal: Annotated[bool, Field(strict=True)]
    sensitive: str = Field(max_length=60)
    because: Lines = []
    found: dict[Type, Count] = Field({}, max_length=200)
    error_bound: Share = 0.0
    where: Lines = []
    samples: list[Annotated[str, Field(max_length=500)]] = Field(
        [], max_length=20, description="Masked; a report with others is refused whole."
    )
    declared: str = Field("", max_length=500)
    comment: str = Field("", max_length=5000)


class LeftIn(Strict):
    """A file or a part of one that was not read."""

    source: Name
    part: Name
    key: str = Field(max_length=60)
    why: str = Field(max_length=5000)
    more: str = Field("", max_length=5000, description="What the reason names, such as columns.")


class ReportIn(Strict):
    """A report of `tongban scan --format json`, as it was written."""

    tongban_scan: Literal[1, 2]
    started: str = Field(min_length=1, max_length=40, description="ISO 8601.")
    profile: str = Field(max_length=20)
    finished: str = Field("", max_length=40)
    sampled: Count = 0
    read: Count = 0
    rows: Count = 0
    target: str = Field(
        "",
        max_length=5000,
        description=(
            "What was looked at as a whole; what was there before and is not in the report is gone. Empty where "
            "only a part was."
        ),
    )
    sources: list[Name] = []
    fields: list[FieldFoundIn] = []
    skipped: list[LeftIn] = []


class TakenOut(BaseModel):
    """What taking a report in did."""

    scan: str = Field(description="Code of the scan; its differences are at /protection/scans/{code}/differences.")
    again: bool = Field(description="Whether this very report had been taken in before; then nothing was added.")
    fields: int
    differences: dict[str, int] = Field(
        description="new, back, gone, type, raised, lowered, sensitive, grown → how many."
    )
    waiting: int = Field(description="Fields of this report that wait for a data officer.")
    masked: int = Field(description="Names of files, tables and columns that held personal data and are kept masked.")


class ScannerOut(BaseModel):
    """What the scanner says, whatever an officer decided."""

    type: str
    level: str
    personal: bool
    sensitive: str


class FieldOut(BaseModel):
    """A field: what stands, and what the scanner says. No sample."""

    code: str
    unit: str
    source: str = Field(description="Code of the source.")
    source_name: str
    path: str
    part: str
    column: str
    comment: str
    type: str
    category: str = Field(description="person, organisation, machine, secret, own or none.")
    level: str
    personal: bool
    sensitive: str
    persons: int
    share: float
    sure: float
    why: str = Field(description="A code such as kind-named:mobile; a sentence where the report was of version 1.")
    because: list[str]
    found: dict[str, int]
    decided: bool = Field(description="Whether an officer's decision stands above the scanner.")
    review: str = Field(description="waiting, later, accepted, decided, or empty where nobody needs to look.")
    review_because: list[str]
    scanner: ScannerOut
    version: int


class FieldPage(BaseModel):
    """A page of fields."""

    items: list[FieldOut]
    next: str | None = Field(description="`cursor` of the next page.")


class SourceOut(BaseModel):
    """A source that is not removed."""

    code: str
    unit: str
    name: str
    kind: str
    purpose: str
    scan: str | None = Field(description="Code of its last scan.")


class SourcePage(BaseModel):
    """A page of sources."""

    items: list[SourceOut]
    next: str | None = Field(description="`cursor` of the next page.")


class DifferenceOut(BaseModel):
    """What a scan found otherwise than the one before."""

    what: str
    before: str
    after: str
    field: str = Field(description="Code of the field.")
    path: str
    part: str
    column: str


class DifferencePage(BaseModel):
    """A page of the differences of one scan."""

    scan: str
    started_at: datetime
    items: list[DifferenceOut]
    next: str | None = Field(description="`cursor` of the next page.")


class TakeFilter(BaseModel):
    """Whose the report is."""

    source: Name = Field(
        "",
        description=(
            "Name of the system that everything in the report belongs to; empty: every file and database stands "
            "for itself."
        ),
    )


class Cursor(BaseModel):
    """Where a list goes on."""

    cursor: str = Field("", max_length=18, pattern=r"^[0-9]*$", description="`next` of the page before.")


class FieldFilter(Cursor):
    """What the list is narrowed to."""

    unit: Code = ""
    source: Code = Field("", description="Code of a source.")
    level: Literal["", "general-1", "general-2", "general-3", "general-4", "important", "core", "serious"] = Field(
        "", description="`serious`: important and core."
    )
    category: Literal["", "person", "organisation", "machine", "secret", "own", "none"] = ""
    sensitive: Annotated[str, Field(max_length=60, description="A class, or `any`.")] = ""
    type: Type = ""
    review: Literal["", "waiting", "later", "accepted", "decided"] = ""
    q: Words = Field("", description="Words in names, comments and types.")


class DifferenceFilter(Cursor):
    """Which differences."""

    what: Literal["", "new", "back", "gone", "type", "raised", "lowered", "sensitive", "grown"] = ""
