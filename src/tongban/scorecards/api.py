"""Figures in /api/v1: counted from the public parts of acts and nothing else. Not for figures about a person: there are none."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import BaseModel, Field

from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems

from .figures import Figures, by_month, by_unit

router = Router(tags=["figures"])
OPERATIONS = {"list_figures": "public"}
PAGE = 500
MONTH = r"^([0-9]{4}-[0-9]{2})?$"


class FiguresOut(BaseModel):
    """The figures of one unit or one month. A figure that cannot be computed is null, never zero."""

    unit: str | None = Field(description="Set where `by` is `unit`.")
    month: str | None = Field(description="Set where `by` is `month`: YYYY-MM.")
    received: int
    answered: int
    in_time: int
    late: int
    in_time_percent: float | None = Field(description="Of the answers with a deadline.")
    median_days: float | None = Field(description="Calendar days from submission to answer.")
    rated: int
    satisfied_percent: float | None = Field(description="Of the ratings, the share of grades 3, 4 and 5.")
    overdue: int


class FiguresPage(BaseModel):
    """A page of figures, by unit code or by month."""

    items: list[FiguresOut]
    next: str | None = Field(description="`cursor` of the next page.")


class FiguresFilter(BaseModel):
    """What to count. Months are months of Asia/Shanghai, both included; by default the last twelve."""

    by: Literal["unit", "month"] = "unit"
    unit: str = Field("", max_length=32, pattern=r"^[0-9A-Za-z_-]*$", description="One unit alone.")
    since: str = Field("", pattern=MONTH, description="First month, YYYY-MM.")
    until: str = Field("", pattern=MONTH, description="Last month, YYYY-MM.")
    cursor: str = Field("", max_length=32, pattern=r"^[0-9A-Za-z_-]*$", description="`next` of the page before.")


def month_of(text: str, default: date, field: str = "since") -> date:
    """The first day of `YYYY-MM`; `default` for an empty text. Raises Refusal at `field`."""
    if not text:
        return default
    match = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else default
    except ValueError:
        raise Refusal("bad_input", _("月份应当写成 2026-03 这样。"), field) from None


def _out(by: str, key: str, found: Figures) -> dict[str, Any]:
    names = ("received", "answered", "in_time", "late", "in_time_percent", "median_days", "rated", "satisfied_percent", "overdue")
    return {"unit": key if by == "unit" else None, "month": key if by == "month" else None, **{name: getattr(found, name) for name in names}}


@router.get(
    "/figures", response={200: FiguresPage, **problems(400, 422, 503)}, operation_id="list_figures", summary="Figures by unit or by month",
)  # fmt: skip
@decorate_view(public_for(60))
def list_figures(request: HttpRequest, wanted: Query[FiguresFilter]) -> Any:
    """Letters received, answered, answered in time, median days, ratings, overdue. Anybody can recompute them from the ledger."""
    until = month_of(wanted.until, timezone.localdate().replace(day=1), "until")
    since = month_of(wanted.since, date(max(until.year - 1, 1), until.month, 1), "since")
    units = [wanted.unit] if wanted.unit else None
    rows: dict[str, Figures]
    if wanted.by == "unit":
        rows = by_unit(units, since, until)
    else:
        rows = {month.strftime("%Y-%m"): found for month, found in by_month(units, since, until).items()}
    keys = [key for key in sorted(rows) if key > wanted.cursor]
    return {"items": [_out(wanted.by, key, rows[key]) for key in keys[:PAGE]], "next": keys[PAGE - 1] if len(keys) > PAGE else None}
