"""Published letters for everybody: a list by words, matter, place and unit, and one letter. Masked text only."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.decorators import decorate_view

from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems
from tongban.registry import snapshot

from .. import publishing
from ..models import PublishedLetter
from .schemas import PublishedFilter, PublishedOut, PublishedPage

router = Router(tags=["published"])
OPERATIONS = {"list_published": "public", "read_published": "public"}
PAGE = 50
_SLUG = re.compile(r"[0-9a-zA-Z]{1,16}")


def by_slug(slug: str) -> PublishedLetter | None:
    """The published letter with this address, or None."""
    return PublishedLetter.objects.filter(slug=slug).first() if _SLUG.fullmatch(slug) else None


def _out(row: PublishedLetter) -> dict[str, Any]:
    return {
        "slug": row.slug, "subject": row.subject, "body": row.body, "answer": row.answer, "matter": row.matter_id, "place": row.place_id,
        "unit": row.unit_id, "submitted_on": row.submitted_on, "answered_on": row.answered_on, "grade": row.grade,
    }  # fmt: skip


@router.get(
    "/published", response={200: PublishedPage, **problems(400, 422, 503)}, operation_id="list_published", summary="Published letters with their answers",
)  # fmt: skip
@decorate_view(public_for(30))
def list_published(request: HttpRequest, wanted: Query[PublishedFilter]) -> Any:
    """The latest publication first, 50 a page."""
    registry, rows = snapshot.current(), PublishedLetter.objects.all()
    words = clean_text(wanted.q)
    if words:
        found = publishing.letter_ids(words)
        rows = rows.filter(pk__in=found) if found is not None else rows.none()
    if wanted.matter:
        rows = rows.filter(matter_id__in=list(registry.subtree("matters", wanted.matter)))
    if wanted.place:
        rows = rows.filter(place_id__in=list(registry.subtree("places", wanted.place)))
    if wanted.unit:
        rows = rows.filter(unit_id=wanted.unit)
    if wanted.cursor:
        rows = rows.filter(pk__lt=int(wanted.cursor))
    letters = list(rows.order_by("-pk")[: PAGE + 1])
    return {"items": [_out(row) for row in letters[:PAGE]], "next": str(letters[PAGE - 1].pk) if len(letters) > PAGE else None}


@router.get(
    "/published/{slug}", response={200: PublishedOut, **problems(400, 404, 503)}, operation_id="read_published", summary="One published letter",
)  # fmt: skip
@decorate_view(public_for(30))
def read_published(request: HttpRequest, slug: str) -> Any:
    """A letter and its answer, masked."""
    row = by_slug(slug)
    if row is None:
        raise Refusal("not_found", _("没有这封公开来信。"))
    return _out(row)
