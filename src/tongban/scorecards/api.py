"""Figures in /api/v1."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from tongban.cases.refusal import Refusal
from tongban.gate.problems import problems

from .figures import Figures, by_month, by_unit

router = Router()
OPERATIONS = {"list_figures": "public"}


class FiguresOut(Schema):
    unit: str | None = None
    month: str | None = None
    received: int
    answered: int
    in_time: int
    late: int
    in_time_percent: float | None
    median_days: float | None
    rated: int
    satisfied_percent: float | None
    overdue: int


class FiguresFilter(Schema):
    by: str = Field("unit", pattern="^(unit|month)$")
    unit: str = Field("", max_length=32)
    since: str = Field("", pattern=r"^(\d{4}-\d{2})?$")
    until: str = Field("", pattern=r"^(\d{4}-\d{2})?$")


def month_of(text: str, default: date) -> date:
    """The first day of `YYYY-MM`. Raises Refusal."""
    if not text:
        return default
    match = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else default
    except ValueError:
        raise Refusal("bad_input", _("月份应当写成 2026-03 这样。"), "since") from None


@router.get("/figures", response={200: list[FiguresOut], **problems(422)}, operation_id="list_figures", tags=["figures"], summary="Figures by unit or month")
def list_figures(request: HttpRequest, wanted: Query[FiguresFilter]) -> Any:
    """Received, answered, in time, median days and ratings, counted from the public parts of acts."""
    today = timezone.localdate().replace(day=1)
    until = month_of(wanted.until, today)
    since = month_of(wanted.since, date(max(until.year - 1, 1), until.month, 1))
    units = [wanted.unit] if wanted.unit else None
    rows: dict[Any, Figures] = by_unit(units, since, until) if wanted.by == "unit" else by_month(units, since, until)
    return [
        {
            wanted.by: key if isinstance(key, str) else key.strftime("%Y-%m"), "received": found.received, "answered": found.answered, "in_time": found.in_time,
            "late": found.late, "in_time_percent": found.in_time_percent, "median_days": found.median_days, "rated": found.rated,
            "satisfied_percent": found.satisfied_percent, "overdue": found.overdue,
        }
        for key, found in sorted(rows.items())
    ]  # fmt: skip
