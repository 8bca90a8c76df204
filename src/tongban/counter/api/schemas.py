"""What goes into and comes out of the sender's part of /api/v1, for any kind of case: shapes and lengths only.

Plain pydantic, as in `gate/shapes.py`. Not for rules: the kernel checks what is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema, create_model

from tongban.cases.procedure import Procedure, procedure_for
from tongban.gate.shapes import ActOut, Code, FileIn, Strict

from ..about import only_about
from ..parts import InputsStep, MatterStep, PlaceStep, Writing
from ..story import by_sender

Language = Literal["zh-hans", "zh-hant", "en"]


class ReceiptOut(BaseModel):
    """What the sender keeps. The secret is shown here and never again."""

    code: str = Field(description="Tracking code, 12 characters.")
    secret: str = Field(description="Opens the case together with the code; 20 characters.")
    again: bool = Field(description="Whether this very case had been sent before with the same Idempotency-Key.")
    state: str
    unit: str = Field(description="Unit that has the case now.")
    answer_due_at: datetime | None = Field(
        description="Null while the working-day calendar of that year is not loaded."
    )


class LookOut(BaseModel):
    """One look at the case by an official: who, as unit and role, and for what."""

    at: datetime
    unit: str | None
    role: str
    purpose: str


class FollowedOut(BaseModel):
    """A case as its sender sees it."""

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
    days_left: int | None = Field(
        description="To the deadline of what is owed (the answer, or the opinion on a review), negative once late. "
        "Null when nothing is owed, while paused, and without a deadline."
    )
    days_unit: Literal["working", "calendar"] | None
    paused: bool = Field(description="The deadline stands still until the sender replies.")
    awaiting_calendar: int | None = Field(
        description="The year whose calendar has to be loaded before there is a deadline."
    )
    subject: str
    acts: list[ActOut]
    looks: list[LookOut]
    may: list[str] = Field(description="The acts that the sender can perform now.")


class StandingOut(BaseModel):
    """Where one act stands on the ledger."""

    sequence: int
    act: str
    at: datetime
    index: int | None = Field(description="The number of its entry; null while it waits for the log.")
    signed: bool


class StandingsOut(BaseModel):
    """Every act of a case with its place on the ledger."""

    code: str
    items: list[StandingOut]


class ProofOut(BaseModel):
    """The proof of one act."""

    sequence: int
    index: int
    size: int = Field(description="How many entries the signed tree of the proof has.")
    receipt: str = Field(description="The file to keep, c2sp.org/tlog-proof@v1.")


class SlotFileIn(FileIn):
    """A file of a submission, and what it is for: the name of the input for files."""

    slot: str = Field("", max_length=80, description="Name of the material; needed where the matter asks for several.")


class SenderActIn(Strict):
    """One act of the sender; `may` of the case names those that can be done now."""

    act: str
    payload: dict[str, Any] = Field(default_factory=dict)
    version: int | None = Field(None, ge=0, le=2**31 - 1)


MOST_FILES = 12
"""Files of a submission whose steps follow from its matter."""
TYPES: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "array": list[str]}
"""Type of JSON → what pydantic takes for it."""


def act_in(procedure: Procedure, name: str) -> type[SenderActIn]:
    """The body of an act of the sender of this kind: which acts there are, and what each takes, from the table."""
    edges = by_sender(procedure)
    said = []
    taken: set[Any] = {str, int}
    for edge in edges.values():
        inputs = ", ".join(f'"{item.name}"{"" if item.required else "?"}: {item.kind}' for item in edge.inputs)
        said.append(f"`{edge.act}`: `{{{inputs}}}`")
        taken |= {TYPES.get(str(item.schema().get("type")), str) for item in edge.inputs}
    one: Any = str
    for kind in (int, bool, list[str]):
        one = one | kind if kind in taken else one
    fields: dict[str, Any] = {
        "act": (Literal[tuple(edges)], ...),
        "payload": (dict[str, one], Field(default_factory=dict)),
    }
    made = create_model(name, __base__=SenderActIn, **fields)
    made.__doc__ = "One act of the sender. " + "; ".join(said) + "."
    return made


def case_in(writing: Writing, name: str, noun: str) -> type[BaseModel]:
    """The body of a submission of this kind, from its steps; files come as base64. What a kind is about it takes matter
    and place from, where no step asks for them."""
    language = Field(None, description="Language of notices; by default that of Accept-Language.")
    fields: dict[str, Any] = {"language": (Language | None, language)}
    if any(isinstance(step, MatterStep) for step in writing.steps):
        leaf = "Code of a matter that has none below it (`leaf` at /registry/matters)."
        fields["matter"] = (Code, Field(description=leaf))
    if any(isinstance(step, PlaceStep) for step in writing.steps):
        fields["place"] = (Code, Field(description="GB/T 2260 code of the place where it happened."))
        complained = "Unit complained of; needed for matters about conduct."
        fields["against"] = (Code | None, Field(None, description=complained))
    if procedure_for(writing.kind).about:
        needed: dict[str, Any] = {} if only_about(writing.kind) else {"default": ""}
        fields["about"] = (
            str,
            Field(max_length=32, description="Tracking code of the case that it is about.", **needed),
        )
        fields["about_secret"] = (str, Field(max_length=80, description="The secret of that case's receipt.", **needed))
    if writing.unfolds:
        told = "Answers to what the matter asks, by the name of the question; what is missing is refused by its name."
        fields["answers"] = (dict[str, str | bool | list[str]], Field(default_factory=dict, description=told))
        fields["files"] = (list[SlotFileIn], Field(max_length=MOST_FILES, default_factory=list))
    for step in writing.steps:
        if not isinstance(step, InputsStep):
            continue
        for item in step.asked:
            schema = item.schema()
            kind: Any = Annotated[TYPES.get(str(schema.get("type")), str), WithJsonSchema(schema)]
            fields[item.name] = (kind, ...) if item.required else (kind | None, None)
        if step.files is not None:
            few: dict[str, Any] = {"min_length": 1} if step.files.required else {"default_factory": list}
            fields["files"] = (list[FileIn], Field(max_length=step.files.most, **few))
    made = create_model(name, __base__=Strict, **fields)
    made.__doc__ = f"A {noun}. Lengths are counted in characters."
    return made
