"""The administrator's pages of the registry: its tables as lists, export, the calendar.

An administrator sees no case. Not for one row (`registry_rows.py`), files that come in (`registry_import.py`) nor
accounts (`officials_admin.py`).
"""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.cases import notices
from tongban.cases.models import Notice
from tongban.gate import numbers
from tongban.gate.allow import FORM, allows
from tongban.record.writing import By, ReasonMissing
from tongban.registry import exchange, models, snapshot

from .registry_words import NAMES, heading, value_words

log = logging.getLogger("tongban.admin")
PAGE = 50
SEARCHED = {
    "places": ("code", "name"),
    "units": ("code", "name"),
    "matters": ("code", "name"),
    "duties": ("unit__code", "unit__name", "matter__code", "matter__name", "place__name"),
    "limits": ("step", "matter__name", "place__name", "basis"),
    "successions": ("unit__code", "unit__name", "successor__code", "successor__name", "basis"),
}
DAYS = ("since", "until")
NUMBERED = ("duties", "limits", "successions")
"""Tables whose rows have a number; the others are known by their code."""
LONGEST_UPLOAD = 20 * 2**20


def author(request: HttpRequest) -> By:
    """Who is at the page and the reason that the form carries."""
    return By(request.user.pk, str(request.user), request.POST.get("reason", ""), "page")


def table_named(name: str) -> exchange.Table:
    if name not in exchange.TABLES:
        raise Http404
    return exchange.TABLES[name]


@allows("administrator", FORM)
def home(request: HttpRequest) -> HttpResponse:
    """The tables and how full they are; what the calendar knows; notices that were given up,
    which a POST has sent again."""
    if request.method == "POST":
        number = notices.retry_failed()
        messages.success(
            request, ngettext("%(n)d 条通知会再送一次。", "%(n)d 条通知会再送一次。", number) % {"n": number}
        )
        return redirect("registry:admin")
    counts = [(name, NAMES[name], exchange.TABLES[name].model._default_manager.count()) for name in exchange.TABLES]
    years = snapshot.current().calendar.years_loaded()
    next_year = timezone.localdate().year + 1
    failed = Notice.objects.filter(state="failed").count()
    return render(
        request,
        "registry/admin.html",
        {
            "failed": failed,
            "counts": counts,
            "years": years[-3:],
            "next_year": next_year,
            "missing": next_year not in years,
        },
    )


@allows("administrator")
def table(request: HttpRequest, name: str) -> HttpResponse:
    """A table, searched and paged by key."""
    wanted = table_named(name)
    query = request.GET.get("q", "").strip()[:80]
    rows = wanted.model._default_manager.order_by("pk")
    if query:
        condition = Q()
        for column in SEARCHED[name]:
            condition |= Q(**{f"{column}__icontains": query})
        rows = rows.filter(condition)
    after = request.GET.get("after", "")[:40]
    if after and (name not in NUMBERED or numbers.number(after) is not None):
        rows = rows.filter(pk__gt=after)
    page = list(rows[: PAGE + 1])
    columns = [(column, heading(name, column)) for column in wanted.columns]
    shown = [
        {
            "pk": row.pk,
            "cells": [
                (
                    label,
                    value_words(name, column, exchange.shown(getattr(row, wanted.attribute(column)))),
                    column in DAYS,
                )
                for column, label in columns
            ],
        }
        for row in page[:PAGE]
    ]
    more = f"?{urlencode({'q': query, 'after': page[PAGE - 1].pk})}" if len(page) > PAGE else ""
    return render(
        request,
        "registry/table.html",
        {
            "name": name,
            "title": NAMES[name],
            "columns": columns,
            "rows": shown,
            "q": query,
            "more": more,
            "ends": name not in ("places", "limits"),
        },
    )


def uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None:
        raise exchange.UnreadableTable(_("请选择表和文件。"))
    if (file.size or 0) > LONGEST_UPLOAD:
        raise exchange.UnreadableTable(_("文件太大。"))
    return bytes(file.read())


@allows("administrator")
def take_out(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A table as a file."""
    table_named(name)
    if form not in ("csv", "xlsx"):
        raise Http404
    content = exchange.as_csv(name) if form == "csv" else exchange.as_xlsx(name)
    kind = (
        "text/csv; charset=utf-8"
        if form == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


@allows("administrator", FORM)
def calendar(request: HttpRequest) -> HttpResponse:
    """A year of working days as a table; loading a year from its notice; correcting one day."""
    error = ""
    if request.method == "POST":
        try:
            if "day" in request.POST:
                year = _correct_day(request)
                messages.success(request, _("已保存。"))
            else:
                year, number = exchange.load_calendar(
                    uploaded(request), request.POST.get("source", ""), author(request)
                )
                messages.success(
                    request,
                    _("%(year)d 年已载入，%(number)d 个例外日。等待它的时限会自动补算。")
                    % {"year": year, "number": number},
                )
            return redirect(f"{reverse('registry:admin_calendar')}?year={year}")
        except (exchange.UnreadableTable, ReasonMissing) as unreadable:
            error = str(unreadable)
    known = snapshot.current().calendar
    wanted, today = request.GET.get("year", ""), timezone.localdate()
    year = int(wanted) if re.fullmatch(r"[12]\d{3}", wanted, re.ASCII) else today.year
    months: list[dict[str, Any]] = []
    if year in known.years_loaded():
        day = date(year, 1, 1)
        while day.year == year:
            if day.day == 1:
                months.append({"month": day.month, "days": []})
            months[-1]["days"].append({"day": day.day, "working": known.is_working_day(day)})
            day += timedelta(days=1)
        for month in months:
            month["worked"] = sum(item["working"] for item in month["days"])
    context = {
        "year": year,
        "months": months,
        "total": sum(month["worked"] for month in months),
        "years": known.years_loaded(),
        "error": error,
        "loaded": models.CalendarYear.objects.all(),
        "changed": models.CalendarDay.objects.filter(date__year=year),
        "next_year": today.year + 1,
        "missing": today.year + 1 not in known.years_loaded(),
    }
    return render(request, "registry/calendar.html", context, status=422 if error else 200)


def _correct_day(request: HttpRequest) -> int:
    """Carry the form for one day out; its year. Raises UnreadableTable."""
    try:
        when = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise exchange.UnreadableTable(_("请填写日期，例如 2026-03-01。")) from None
    if request.POST.get("working") not in ("0", "1"):
        raise exchange.UnreadableTable(_("请选择上班还是休息。"))
    exchange.set_day(when, request.POST["working"] == "1", request.POST.get("note", ""), author(request))
    log.info("calendar day set", extra={"official": request.user.pk, "day": when.isoformat()})
    return when.year
