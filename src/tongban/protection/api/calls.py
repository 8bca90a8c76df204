"""/api/v1/protection: the same permission rule, checks and lists as the pages. A program takes reports in and
reads; it decides nothing."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import orjson
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.gate.calling import TOKEN, IdempotencyKey
from tongban.gate.problems import problems
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from .. import access, listing
from ..exports.files import as_values
from ..models import Difference, Scan
from ..reports import read
from ..taking import take_in
from .schemas import (
    CODE,
    Cursor,
    DifferenceFilter,
    DifferencePage,
    FieldFilter,
    FieldPage,
    ReportIn,
    SourcePage,
    TakeFilter,
    TakenOut,
)

router = Router(tags=["protection"], auth=TOKEN)
OPERATIONS = dict.fromkeys(("take_report", "list_fields", "list_sources", "list_differences"), "token")
JSON = "application/json; charset=utf-8"


def _entered(request: HttpRequest) -> tuple[Actor, Snapshot]:
    """Who calls. Raises Refusal (not_allowed) where the token's post is no data officer's."""
    actor, registry = request.auth, snapshot.current()  # type: ignore[attr-defined]
    access.need_officer(actor, registry)
    return actor, registry


@router.post(
    "/protection/reports",
    response={201: TakenOut, 200: TakenOut, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
    operation_id="take_report",
    summary="Take a report of the scanner in",
)
def take_report(
    request: HttpRequest, report: ReportIn, wanted: Query[TakeFilter], idempotency_key: str = IdempotencyKey
) -> Any:
    """The data belongs to the unit of the token's post. All of the report comes in, or nothing. 200 with
    `again` where this very report had been taken in before; 409 where the key was used for another, or where a
    later scan is already there."""
    actor, _registry = _entered(request)
    unit = actor.posts[0][0]
    nonce = hashlib.sha256(f"api\x00{actor.official_id}\x00{idempotency_key}".encode()).hexdigest()
    taken = take_in(read(orjson.dumps(report.model_dump())), unit, actor, wanted.source, nonce=nonce)
    out = {
        "scan": taken.scan.code,
        "again": taken.again,
        "fields": taken.scan.fields,
        "differences": taken.differences,
        "waiting": taken.waiting,
        "masked": taken.masked,
    }
    return HttpResponse(orjson.dumps(out), content_type=JSON, status=200 if taken.again else 201)


@router.get(
    "/protection/fields",
    response={200: FieldPage, **problems(400, 401, 403, 422, 429, 503)},
    operation_id="list_fields",
    summary="The fields that the token's post may see",
)
def list_fields(request: HttpRequest, wanted: Query[FieldFilter]) -> Any:
    """50 a page, narrowed as on the pages; fields that are gone are left out. No samples."""
    actor, registry = _entered(request)
    found = listing.narrowed(access.fields_for(actor, registry), listing.read(wanted.model_dump()))
    page = listing.page(found.select_related("source", "decision"), wanted.cursor)
    return {"items": [as_values(row) for row in page.rows], "next": page.next or None}


@router.get(
    "/protection/sources",
    response={200: SourcePage, **problems(400, 401, 403, 422, 429, 503)},
    operation_id="list_sources",
    summary="The sources that the token's post may see",
)
def list_sources(request: HttpRequest, wanted: Query[Cursor]) -> Any:
    """50 a page, with the code of the last scan; removed sources are left out."""
    actor, registry = _entered(request)
    last = Scan.objects.filter(sources=OuterRef("pk")).order_by("-started_at", "-pk").values("code")[:1]
    page = listing.page(
        access.sources_for(actor, registry).filter(removed_at__isnull=True).annotate(scan=Subquery(last)), wanted.cursor
    )
    items = [
        {
            "code": row.code,
            "unit": row.unit_id,
            "name": row.name,
            "kind": row.kind,
            "purpose": row.purpose,
            "scan": row.scan,  # type: ignore[attr-defined]  # annotated above
        }
        for row in page.rows
    ]
    return {"items": items, "next": page.next or None}


@router.get(
    "/protection/scans/{code}/differences",
    response={200: DifferencePage, **problems(400, 401, 403, 404, 422, 429, 503)},
    operation_id="list_differences",
    summary="What one scan changed",
)
def list_differences(
    request: HttpRequest, wanted: Query[DifferenceFilter], code: Annotated[str, Path(max_length=20, pattern=CODE)]
) -> Any:
    """50 a page, in the order of the report. 404 for a scan that is not the post's to see, as for
    one that does not exist."""
    actor, registry = _entered(request)
    scan = access.scans_for(actor, registry).filter(code=code).first()
    if scan is None:
        raise Refusal("not_found", _("没有找到这次扫描。"))
    rows = Difference.objects.filter(scan=scan, field__source__removed_at__isnull=True).select_related("field")
    page = listing.page(rows.filter(what=wanted.what) if wanted.what else rows, wanted.cursor)
    items = [
        {"what": one.what, "before": one.before, "after": one.after, "field": one.field.code, "path": one.field.path,
            "part": one.field.part, "column": one.field.column}
        for one in page.rows
    ]  # fmt: skip
    return {"scan": scan.code, "started_at": scan.started_at, "items": items, "next": page.next or None}
