"""The figures of one kind of case on `/figures/`: as numbers, as charts, and as tables of units and of months.

Which figures a kind has and how they are written is for `scorecards/showing.py`; here they are laid out. Not for asking
what is wanted: `figure_pages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban import charts
from tongban.charts import BarChart, LineChart
from tongban.gate.numbers import number
from tongban.gate.templatetags.tongban_names import unit_name
from tongban.scorecards.figures import Figures, Kinds, together
from tongban.scorecards.showing import Column, columns_of, in_order, kind_label, plain

UNITS_A_PAGE = 20
MOST_BARS = 12
FEWEST = 10
"""A share of fewer cases is said in words, and not drawn: one letter more or less would turn it over. House rule."""
Key = TypeVar("Key")


@dataclass(frozen=True)
class Drawn:
    """A chart, if there is enough to draw, and what it comes to in words."""

    chart: LineChart | BarChart | None
    words: list[str]


@dataclass(frozen=True)
class UnitRow:
    """A unit's row: its figures, the address of its own page (empty on that page), and that of its overdue cases for
    whoever may see them."""

    code: str
    cells: list[tuple[Column, str]]
    address: str
    late: str


@dataclass(frozen=True)
class Section:
    """The figures of one kind of case: as numbers, as charts, and as tables of units and of months."""

    kind: str
    label: str
    tiles: list[tuple[str, str]]
    line: Drawn | None
    bars: Drawn | None
    columns: list[Column]
    units: list[UnitRow]
    units_total: int
    first: frozenset[str]
    """The columns that a phone shows in the table of units; a unit's own page has all."""
    month_columns: list[Column]
    months: list[tuple[date, list[tuple[str, str]]]]
    prev_url: str
    next_url: str


def sections(
    request: HttpRequest, months: Mapping[date, Kinds], units: Mapping[str, Kinds], late: Mapping[str, str]
) -> list[Section]:
    """A section for each kind of case that has figures, in the order of their doors. `page` of the query is the page of
    the units; `late`: unit → where the desk shows its overdue cases to who asks."""
    kinds = in_order(kind for found in (*months.values(), *units.values()) for kind in found)
    return [_section(request, kind, _of_kind(months, kind), _of_kind(units, kind), late) for kind in kinds]


def _of_kind(found: Mapping[Key, Kinds], kind: str) -> dict[Key, Figures]:
    return {key: kinds[kind] for key, kinds in found.items() if kind in kinds}


def _line(kind: str, months: dict[date, Figures]) -> Drawn | None:
    """The bare counts, month by month; None of a single month."""
    order = sorted(months)
    drawn = [column for column in columns_of(kind, "months") if column.bare][: charts.SERIES]
    if len(order) < 2 or not drawn:
        return None
    figures = [(column.label, [column.figure(months[month]) or 0 for month in order]) for column in drawn]
    chart = charts.line_chart(
        [month.strftime("%Y-%m") for month in order],
        figures,
        key=f"months-{kind}",
        title=_("%(kind)s：每月件数") % {"kind": kind_label(kind)},
        step_label=_("月份"),
    )
    return Drawn(chart, [_at_most(label, values, order) for label, values in figures])


def _at_most(label: str, values: Sequence[float], order: Sequence[date]) -> str:
    """What a line comes to, and where it is highest."""
    highest = max(range(len(values)), key=values.__getitem__)
    return _("%(what)s：共 %(total)s，最多的是 %(month)s，%(most)s") % {
        "what": label, "total": plain(sum(values)), "month": order[highest].strftime("%Y-%m"),
        "most": plain(values[highest]),
    }  # fmt: skip


def _bars(kind: str, units: dict[str, Figures], order: list[str]) -> Drawn | None:
    """The first share of the kind that some unit has, of the units with enough to make one of, and in words what the
    others come to; where no unit has any, the last bare count."""
    for column in columns_of(kind, "months", "units"):
        if column.measure.how != "share":
            continue
        made = {code: column.share_of(units[code]) for code in order}
        drawn = [code for code in order if made[code][1] >= FEWEST][:MOST_BARS]
        few = [made[code] for code in order if 0 < made[code][1] < FEWEST]
        if drawn or few:
            rows = [(unit_name(code), column.figure(units[code]) or 0) for code in drawn]
            return Drawn(_chart(kind, column, rows, "%", 1) if rows else None, _of_few(column.label, few))
    for column in reversed([column for column in columns_of(kind, "months") if column.bare]):
        rows = [(unit_name(code), column.figure(units[code]) or 0) for code in order][:MOST_BARS]
        if any(value for _name, value in rows):
            return Drawn(_chart(kind, column, rows, "", None), [])
    return None


def _chart(kind: str, column: Column, rows: list[tuple[str, float]], unit: str, places: int | None) -> BarChart:
    return charts.bar_chart(
        rows,
        key=f"bars-{kind}",
        title=_("%(kind)s：%(what)s") % {"kind": kind_label(kind), "what": column.label},
        name_label=_("单位"),
        value_label=column.label,
        unit=unit,
        places=places,
    )


def _of_few(label: str, few: Sequence[tuple[int, int]]) -> list[str]:
    """A share of a handful says nothing about its unit: together, and in words."""
    if not few:
        return []
    many, total = sum(one for one, _all in few), sum(every for _one, every in few)
    told = {"units": len(few), "fewest": FEWEST, "total": total, "many": many, "what": label,
            "share": plain(100 * many / total)}  # fmt: skip
    if total < FEWEST:
        words = ngettext(
            "%(units)s 个单位不足 %(fewest)s 件，不算比例，不画成图。%(what)s：%(total)s 件中 %(many)s 件。",
            "%(units)s 个单位各不足 %(fewest)s 件，不算比例，不画成图。%(what)s：合起来 %(total)s 件中 %(many)s 件。",
            len(few),
        )
    else:
        words = ngettext(
            "%(units)s 个单位不足 %(fewest)s 件，不单独画成图。%(what)s：%(share)s%%（%(total)s 件中 %(many)s 件）。",
            "%(units)s 个单位各不足 %(fewest)s 件，不单独画成图。"
            "%(what)s：合起来 %(share)s%%（%(total)s 件中 %(many)s 件）。",
            len(few),
        )
    return [words % told]


def _section(
    request: HttpRequest,
    kind: str,
    months: dict[date, Figures],
    units: dict[str, Figures],
    late: Mapping[str, str],
) -> Section:
    label = kind_label(kind)
    order = sorted(units, key=lambda code: (-units[code].received - units[code].answered, code))
    page = min(number(request.GET.get("page")) or 1, max(1, -(-len(order) // UNITS_A_PAGE)))
    columns, month_columns = columns_of(kind, "months", "units"), columns_of(kind, "months")
    total = together(months.values())
    tiles = [column for column in columns if column.figure(total) is not None]
    return Section(
        kind=kind,
        label=label,
        tiles=[
            (column.label, column.text(total))
            for column in tiles
            if column.measure.shown == "months" or column.measure.how != "count"
        ],
        line=_line(kind, months),
        bars=_bars(kind, units, order),
        columns=columns,
        units=[
            UnitRow(
                code,
                [(column, column.text(units[code])) for column in columns],
                _unit_url(request, code) if len(order) > 1 else "",
                late.get(code, ""),
            )
            for code in order[(page - 1) * UNITS_A_PAGE : page * UNITS_A_PAGE]
        ],
        units_total=len(order),
        first=frozenset([column.name for column in columns if column.bare][:2]),
        month_columns=month_columns,
        months=[(month, _cells(month_columns, months[month])) for month in sorted(months)],
        prev_url=_page_url(request, kind, page - 1) if page > 1 else "",
        next_url=_page_url(request, kind, page + 1) if page * UNITS_A_PAGE < len(order) else "",
    )


def _page_url(request: HttpRequest, kind: str, page: int) -> str:
    query = request.GET.copy()
    query["kind"], query["page"] = kind, str(page)
    return f"?{query.urlencode()}#units-{kind}"


def _unit_url(request: HttpRequest, code: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["unit"] = code
    return f"?{query.urlencode()}"


def _cells(columns: list[Column], row: Figures) -> list[tuple[str, str]]:
    return [(column.label, column.text(row)) for column in columns]
