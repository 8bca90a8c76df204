"""Figures in /api/v1: counted from what acts count for and nothing else. Not for figures about
a person: there are none."""

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

from tongban.cases.procedure import procedures
from tongban.cases.refusal import Refusal
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems

from .figures import Figures, public_kinds_by_month, public_kinds_by_unit, together
from .showing import described, figures_of_kind, in_order

router = Router(tags=["figures"])
OPERATIONS = {"list_figures": "public", "list_figure_kinds": "public"}
PAGE = 500
MONTH = r"^([0-9]{4}-[0-9]{2})?$"


class FiguresOut(BaseModel):
    """The figures of one unit or one month, of all kinds of case together, and of each by itself. A figure that cannot
    be computed is null, never zero."""

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
    kinds: dict[str, dict[str, int | float | None]] = Field(
        description="Kind of case → name of a figure → figure. What each is made of: /figures/kinds."
    )


class ValueOut(BaseModel):
    """A value of an item, in the order of the statement."""

    name: str
    days: bool = Field(description="A number of days, which a statement rounds up (docs/ledger-entry.md).")


class WordOut(BaseModel):
    """What an act can count for: the word on the ledger, and the values that an item of a
    statement has before its mark."""

    word: str
    values: list[ValueOut]


class MeasureOut(BaseModel):
    """A figure, and how it is made of the items of the statements."""

    name: str
    label: str = Field(description="In the language of the request.")
    word: str = Field(description="Made of the items of this word.")
    how: Literal["count", "share", "median"] = Field(
        description="`count`: how many items; with a `value`, how many that have one of `among`. `share`: of the items "
        "that have the value, the per cent that have one of `among`. `median`: of the value."
    )
    value: str | None
    among: list[int] | None


class KindOut(BaseModel):
    """A kind of case: what its acts count for, and the figures made of that."""

    kind: str
    label: str = Field(description="In the language of the request.")
    words: list[WordOut]
    measures: list[MeasureOut]


class KindsOut(BaseModel):
    """Every kind of case that has figures."""

    items: list[KindOut]


class FiguresPage(BaseModel):
    """A page of figures, by unit code or by month."""

    items: list[FiguresOut]
    next: str | None = Field(description="`cursor` of the next page.")


class FiguresFilter(BaseModel):
    """What to count. Months are months of Asia/Shanghai, both included; by default the last twelve."""

    by: Literal["unit", "month"] = "unit"
    kind: str = Field(
        "",
        max_length=16,
        pattern=r"^[a-z0-9_]*$",
        description="One kind of case alone, `letter` for example; all, if none is given.",
    )
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


def _out(by: str, key: str, kinds: dict[str, Figures]) -> dict[str, Any]:
    found = together(kinds.values())
    names = (
        "received",
        "answered",
        "in_time",
        "late",
        "in_time_percent",
        "median_days",
        "rated",
        "satisfied_percent",
        "overdue",
    )
    return {
        "unit": key if by == "unit" else None,
        "month": key if by == "month" else None,
        **{name: getattr(found, name) for name in names},
        "kinds": {kind: figures_of_kind(kind, kinds[kind]) for kind in in_order(kinds)},
    }


@router.get(
    "/figures",
    response={200: FiguresPage, **problems(400, 422, 503)},
    operation_id="list_figures",
    summary="Figures by unit or by month",
)
@decorate_view(public_for(60))
def list_figures(request: HttpRequest, wanted: Query[FiguresFilter]) -> Any:
    """Cases received, answered, answered in time, median days, ratings, overdue, and what else a kind of case counts,
    of months that are over: anybody can recompute them from the statements on the ledger. Of the running month only
    counts of all units together are given."""
    until = month_of(wanted.until, timezone.localdate().replace(day=1), "until")
    since = month_of(wanted.since, date(max(until.year - 1, 1), until.month, 1), "since")
    if wanted.kind and wanted.kind not in procedures():
        raise Refusal("bad_input", _("没有这种件。"), "kind")
    units, kind = [wanted.unit] if wanted.unit else None, wanted.kind or None
    rows: dict[str, dict[str, Figures]]
    if wanted.by == "unit":
        rows = public_kinds_by_unit(units, since, until, kind)
    else:
        months = public_kinds_by_month(units, since, until, kind)
        rows = {month.strftime("%Y-%m"): found for month, found in months.items()}
    keys = [key for key in sorted(rows) if key > wanted.cursor]
    return {
        "items": [_out(wanted.by, key, rows[key]) for key in keys[:PAGE]],
        "next": keys[PAGE - 1] if len(keys) > PAGE else None,
    }


@router.get(
    "/figures/kinds",
    response={200: KindsOut, **problems(400, 422, 503)},
    operation_id="list_figure_kinds",
    summary="What is counted, by kind of case",
)
@decorate_view(public_for(60))
def list_figure_kinds(request: HttpRequest) -> Any:
    """For every kind of case what its acts count for and which figures are made of that, and how: the rules by which
    anybody can recompute them from the statements on the ledger."""
    return {"items": [described(kind) for kind in procedures()]}
