"""Shapes that the APIs of several rooms share, as pydantic models: an act, a file, an act that was carried out.

Plain pydantic, not ninja's Schema: that wraps every value in a getter for Django objects, which costs a third of the
time of a submission. Not for rules: the kernel checks what is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CODE = r"^[0-9A-Za-z][0-9A-Za-z_-]*$"
Code = Annotated[str, Field(min_length=1, max_length=32, pattern=CODE)]
Filter = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]


class Strict(BaseModel):
    """A body. Fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class FileRow(BaseModel):
    """A file of an act: its name and type, not what is in it."""

    key: str = Field(description="For reading it: /letters/{code}/files/{key} or /desk/cases/{code}/files/{key}.")
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    warning: str = Field(description="What to know before opening it, in the language of the request; mostly empty.")


class FileOut(FileRow):
    """A file with what is in it."""

    content: str = Field(description="The bytes, base64 (RFC 4648). Never open it where scripts in it could run.")


class FileIn(Strict):
    """A file that comes with an act: a picture (JPEG, PNG, WebP), PDF, docx, xlsx or plain
    text, told by its content."""

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


class DoneOut(BaseModel):
    """An act that was carried out. `version` is null where the case is no longer the caller's."""

    code: str
    act: str
    state: str
    version: int | None
    again: bool = Field(description="Whether this very act had been carried out before with the same Idempotency-Key.")
