"""Published cases for programs: a list by words, matter, place and unit, and one case. Masked text only.

A door takes both operations for its kind by `routes`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import BaseModel, Field

from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems
from tongban.registry import snapshot

from . import index
from .models import PublishedCase
from .parts import publication

PAGE = 50
_SLUG = re.compile(r"[0-9a-zA-Z]{1,16}")
Filter = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]


class PublishedOut(BaseModel):
    """A published case and its answer, masked."""

    slug: str
    subject: str
    body: str
    answer: str = Field(description="Empty while a corrected answer waits for somebody to look at what will be public.")
    matter: str
    place: str
    unit: str
    submitted_on: date
    answered_on: date
    corrected_on: date | None = Field(description="When the answer was corrected; null where it never was.")
    grade: int | None = Field(description="The sender's rating, 5 (very good) to 1 (very poor).")
    useful: int = Field(description="How many readers said that the answer was useful: without an account, unverified.")
    met: int = Field(description="How many readers said that they met the same: without an account, unverified.")


class PublishedPage(BaseModel):
    """A page of published cases, the latest publication first."""

    items: list[PublishedOut]
    next: str | None = Field(description="`cursor` of the next page.")


class PublishedFilter(BaseModel):
    """What to list. A matter or a place takes in all below it."""

    q: str = Field("", max_length=100, description="Words, found exactly; Simplified and Traditional are one.")
    matter: Filter = ""
    place: Filter = ""
    unit: Filter = ""
    cursor: str = Field("", max_length=18, pattern=r"^[0-9]*$", description="`next` of the page before.")


def by_slug(kind: str, slug: str) -> PublishedCase | None:
    """The published case of a kind with this address, or None."""
    return PublishedCase.objects.filter(kind=kind, slug=slug).first() if _SLUG.fullmatch(slug) else None


def _out(row: PublishedCase) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "subject": row.subject,
        "body": row.body,
        "answer": row.answer,
        "matter": row.matter_id,
        "place": row.place_id,
        "unit": row.unit_id,
        "submitted_on": row.submitted_on,
        "answered_on": row.answered_on,
        "corrected_on": row.corrected_on,
        "grade": row.grade,
        "useful": row.useful,
        "met": row.met,
    }


def page_of(kind: str, wanted: PublishedFilter) -> dict[str, Any]:
    """A page of the published cases of a kind, the latest publication first, `PAGE` at most."""
    registry, rows = snapshot.current(), PublishedCase.objects.filter(kind=kind)
    words = clean_text(wanted.q)
    if words:
        found = index.matching(words)
        rows = rows.filter(pk__in=found) if found is not None else rows.none()
    if wanted.matter:
        rows = rows.filter(matter_id__in=list(registry.subtree("matters", wanted.matter)))
    if wanted.place:
        rows = rows.filter(place_id__in=list(registry.subtree("places", wanted.place)))
    if wanted.unit:
        rows = rows.filter(unit_id=wanted.unit)
    if wanted.cursor:
        rows = rows.filter(pk__lt=int(wanted.cursor))
    page = list(rows.order_by("-pk")[: PAGE + 1])
    return {
        "items": [_out(row) for row in page[:PAGE]],
        "next": str(page[PAGE - 1].pk) if len(page) > PAGE else None,
    }


def routes(
    kind: str, *, path: str = "/published", name: str = "published", tag: str = "published", words: tuple[str, str]
) -> tuple[Router, dict[str, str]]:
    """The router of both operations for a kind, `list_{name}` and `read_{name}`, and who may use them.

    `words`: their summaries in the document, in English.
    """
    router = Router(tags=[tag])

    @router.get(
        path,
        response={200: PublishedPage, **problems(400, 422, 503)},
        operation_id=f"list_{name}",
        url_name=f"list_{name}",
        summary=words[0],
    )
    @decorate_view(public_for(30))
    def list_published(request: HttpRequest, wanted: Query[PublishedFilter]) -> Any:
        """The latest publication first, 50 a page."""
        return page_of(kind, wanted)

    @router.get(
        f"{path}/{{slug}}",
        response={200: PublishedOut, **problems(400, 404, 503)},
        operation_id=f"read_{name}",
        url_name=f"read_{name}",
        summary=words[1],
    )
    @decorate_view(public_for(30))
    def read_published(request: HttpRequest, slug: str) -> Any:
        """What was sent and its answer, masked."""
        row = by_slug(kind, slug)
        if row is None:
            raise Refusal("not_found", publication(kind).words.not_there)
        return _out(row)

    return router, {f"list_{name}": "public", f"read_{name}": "public"}
