"""What programs of trusted reporters do: send many reports at once, read what became of their own, and how often they
were right. Not for residents' programs (`api.py`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.security import HttpBearer

from tongban.gate.calling import IdempotencyKey, limit
from tongban.gate.problems import problems

from . import trusted
from .models import Reporter


class ReporterToken(HttpBearer):
    """The token of a trusted reporter."""

    openapi_description = (
        "The token of a trusted reporter. It can send reports and read what became of its own; nothing else."
    )

    def authenticate(self, request: HttpRequest, token: str) -> Reporter | None:
        limit(request, "api")
        return trusted.find(token)


class ReportRowIn(Schema, extra="forbid"):
    """One report of a batch."""

    id: str = Field(max_length=trusted.LONGEST_ID, description="Your own name for it; sent again, it is known.")
    found: str = Field(max_length=20_000, description="The address, message or number, as it was found.")
    matter: str = Field(max_length=32, description="Code of the kind of harm: see /api/v1/registry/matters, below 60.")
    body: str = Field("", max_length=20_000, description="What happened, without names of people.")


class BatchIn(Schema, extra="forbid"):
    """Reports, at most 500."""

    reports: list[ReportRowIn] = Field(min_length=1, max_length=trusted.MOST, description="The reports, in order.")


class RowOut(Schema):
    """What came of one report of the batch."""

    id: str = Field(description="Your name for it.")
    status: str = Field(description="taken, known (sent before) or refused.")
    code: str = Field(description="Its tracking code here; empty where it was refused.")
    field: str = Field(description="The field that is wrong, where it was refused.")
    message: str = Field(description="Why it was refused.")


class BatchOut(Schema):
    """What came of each report, in the order in which they were sent."""

    taken: int = Field(description="How many are new.")
    known: int = Field(description="How many were known.")
    refused: int = Field(description="How many were refused.")
    results: list[RowOut] = Field(description="Row by row.")


class ReporterOut(Schema):
    """A reporter, and how often it was right. The numbers decide nothing: every report is verified by people."""

    name: str = Field(description="Its name here.")
    label: str = Field(description="Who it is.")
    sent: int = Field(description="Reports that are kept.")
    waiting: int = Field(description="Not yet decided.")
    decided: int = Field(description="Led to a decision.")
    dismissed: int = Field(description="No harm was found.")
    referred: int = Field(description="Given to who can act.")
    overturned: int = Field(description="Decided, and overturned on objection.")
    rate: float | None = Field(description="Decided and not overturned, of all decided or dismissed; null before.")


class StateOut(Schema):
    """Where one of the reporter's own reports stands."""

    id: str = Field(description="Your name for it.")
    code: str = Field(description="Its tracking code.")
    state: str = Field(description="received, verifying, proposed, merged, decided, dismissed, referred.")


class StatesOut(Schema):
    """Where reports stand; ids that were never sent are left out."""

    items: list[StateOut] = Field(description="In the order asked for.")


class IdsIn(Schema):
    """Which reports."""

    ids: str = Field(max_length=4200, description="Your names for them, with commas between, at most 100.")


router = Router(tags=["reports"], auth=ReporterToken())
OPERATIONS = dict.fromkeys(("send_reports", "read_reporter", "read_reported"), "reporter")


def _reporter(request: HttpRequest) -> Reporter:
    return request.auth  # type: ignore[attr-defined,no-any-return]


@router.post(
    "/reporter/reports",
    response={200: BatchOut, **problems(400, 401, 413, 415, 422, 429, 503)},
    operation_id="send_reports",
    summary="Send many reports at once",
)
def send_reports(request: HttpRequest, batch: BatchIn, idempotency_key: str = IdempotencyKey) -> Any:
    """Each row is taken, known or refused by itself. A row is known by its `id`, so that a batch can be sent again,
    with whatever key. What is sent is reports: people verify each and decide."""
    rows = [trusted.Row(one.id.strip(), one.found, one.matter, one.body) for one in batch.reports]
    results = trusted.take(_reporter(request), rows)
    counted = {status: sum(one.status == status for one in results) for status in ("taken", "known", "refused")}
    told = [{name: getattr(one, name) for name in RowOut.model_fields} for one in results]
    return {**counted, "results": told}


@router.get(
    "/reporter",
    response={200: ReporterOut, **problems(400, 401, 429, 503)},
    operation_id="read_reporter",
    summary="Oneself, and how often one was right",
)
def read_reporter(request: HttpRequest) -> Any:
    """Counted over the reports that are still kept."""
    reporter = _reporter(request)
    found = trusted.record(reporter)
    names = ("sent", "waiting", "decided", "dismissed", "referred", "overturned", "rate")
    return {"name": reporter.name, "label": reporter.label, **{name: getattr(found, name) for name in names}}


@router.get(
    "/reporter/reports",
    response={200: StatesOut, **problems(400, 401, 422, 429, 503)},
    operation_id="read_reported",
    summary="Where one's own reports stand",
)
def read_reported(request: HttpRequest, wanted: Query[IdsIn]) -> Any:
    """By one's own names for them; another reporter's are never found."""
    ids = [one for one in dict.fromkeys(part.strip() for part in wanted.ids.split(",")) if one][:100]
    found = trusted.states(_reporter(request), ids)
    return {"items": [{"id": one, "code": found[one][0], "state": found[one][1]} for one in ids if one in found]}
