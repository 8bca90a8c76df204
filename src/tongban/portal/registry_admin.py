"""The administrator's pages of the registry: its tables, import with a preview, export, the calendar.

An administrator sees no case. Duties are ended, never deleted, so that history stays. Not for accounts: `officials_admin.py`.
"""

from __future__ import annotations

import base64
import logging
import re
import zlib
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongban.cases import notices
from tongban.cases.models import Notice
from tongban.gate.allow import FORM, allows
from tongban.gate.templatetags.tongban_names import matter_name, place_name, unit_name
from tongban.registry import exchange, models, snapshot

log = logging.getLogger("tongban.admin")
PAGE = 50
NAMES = {
    "places": gettext_lazy("行政区划"), "units": gettext_lazy("单位"), "matters": gettext_lazy("事项"), "duties": gettext_lazy("责任清单"), "limits": gettext_lazy("时限"),
}  # fmt: skip
SEARCHED = {
    "places": ("code", "name"), "units": ("code", "name"), "matters": ("code", "name"), "duties": ("unit__code", "unit__name", "matter__code", "matter__name", "place__name"),
    "limits": ("step", "matter__name", "place__name", "basis"),
}  # fmt: skip
NAMERS = {"places": place_name, "units": unit_name, "matters": matter_name}
LONGEST_UPLOAD = 20 * 2**20
LONGEST_KEPT = 2_000_000
KEPT = "tongban.registry.import"


def _table(name: str) -> exchange.Table:
    if name not in exchange.TABLES:
        raise Http404
    return exchange.TABLES[name]


@allows("administrator", FORM)
def home(request: HttpRequest) -> HttpResponse:
    """The tables and how full they are; what the calendar knows; notices that were given up, which a POST has sent again."""
    if request.method == "POST":
        number = notices.retry_failed()
        messages.success(request, ngettext("%(n)d 条通知会再送一次。", "%(n)d 条通知会再送一次。", number) % {"n": number})
        return redirect("registry:admin")
    counts = [(name, NAMES[name], exchange.TABLES[name].model._default_manager.count()) for name in exchange.TABLES]
    years = snapshot.current().calendar.years_loaded()
    next_year = timezone.localdate().year + 1
    failed = Notice.objects.filter(state="failed").count()
    return render(request, "registry/admin.html", {"failed": failed, "counts": counts, "years": years[-3:], "next_year": next_year, "missing": next_year not in years})


@allows("administrator")
def table(request: HttpRequest, name: str) -> HttpResponse:
    """A table, searched and paged by key."""
    wanted = _table(name)
    query = request.GET.get("q", "").strip()[:80]
    rows = wanted.model._default_manager.order_by("pk")
    if query:
        condition = Q()
        for column in SEARCHED[name]:
            condition |= Q(**{f"{column}__icontains": query})
        rows = rows.filter(condition)
    after = request.GET.get("after", "")[:40]
    if after and (name not in ("duties", "limits") or after.isdigit()):
        rows = rows.filter(pk__gt=after)
    page = list(rows[: PAGE + 1])
    columns = _columns(wanted)
    shown = [
        {"pk": row.pk, "cells": [(label, _cell(wanted, column, getattr(row, wanted.attribute(column)))) for column, label in columns]} for row in page[:PAGE]
    ]
    more = f"?{urlencode({'q': query, 'after': page[PAGE - 1].pk})}" if len(page) > PAGE else ""
    return render(request, "registry/table.html", {"name": name, "title": NAMES[name], "columns": columns, "rows": shown, "q": query, "more": more})


def _columns(table: exchange.Table) -> list[tuple[str, str]]:
    """(column, its heading in words) of a table."""
    return [(column, str(getattr(table.model._meta.get_field(column), "verbose_name", column))) for column in table.columns]


def _cell(table: exchange.Table, column: str, value: Any) -> str:
    """A value as a person reads it: what it names with its code, yes or no."""
    if value is None or value == "":
        return "—"
    if column in table.links:
        return f"{NAMERS[table.links[column]](value)} {value}"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return exchange.shown(value)


def _form(name: str, data: Any = None, initial: dict[str, Any] | None = None) -> forms.Form:
    """A form of plain inputs; the checks are those of the import, so that both accept the same."""
    wanted = exchange.TABLES[name]
    form = forms.Form(data, initial=initial, label_suffix="")
    for column, label in _columns(wanted):
        form.fields[column] = forms.CharField(label=label, required=False, max_length=2000)
    return form


@allows("administrator", FORM)
def edit(request: HttpRequest, name: str, key: str = "") -> HttpResponse:
    """Add a row, or change the row with this key. What identifies a row cannot be changed."""
    wanted = _table(name)
    row = None
    if key:
        row = wanted.model._default_manager.filter(pk=key).first() if name not in ("duties", "limits") or key.isdigit() else None
        if row is None:
            raise Http404
    initial = {}
    if row is not None:
        for column in wanted.columns:
            value = getattr(row, wanted.attribute(column))
            initial[column] = "" if value is None else "1" if value is True else "0" if value is False else str(value)
    form = _form(name, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if row is not None:
            values.update({column: initial[column] for column in wanted.key})
        report = exchange.import_rows(name, [(1, values)])
        if report.rejected:
            form.add_error(None, report.rejected[0].reason)
        else:
            messages.success(request, _("已保存。"))
            return redirect("registry:admin_table", name)
    return render(request, "registry/edit.html", {"name": name, "title": NAMES[name], "form": form, "row": row, "key": wanted.key}, status=422 if form.is_bound else 200)


@allows("administrator", FORM)
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a duty on a day: it is never deleted, so that the past stays known."""
    duty = get_object_or_404(models.Duty.objects.select_related("unit", "matter", "place"), pk=number)
    error, wanted = "", request.POST.get("until", "")
    if request.method == "POST":
        values = {column: exchange.shown(getattr(duty, exchange.TABLES["duties"].attribute(column))) for column in exchange.TABLES["duties"].columns}
        report = exchange.import_rows("duties", [(1, {**values, "until": wanted or "-"})])
        if not report.rejected:
            messages.success(request, _("已保存。"))
            return redirect("registry:admin_table", "duties")
        error = report.rejected[0].reason
    context = {"duty": duty, "error": error, "wanted": wanted or timezone.localdate().isoformat()}
    return render(request, "registry/end.html", context, status=422 if error else 200)


@allows("administrator", FORM)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload a table and see what would change; the second page carries the file, signed, and takes exactly that."""
    context: dict[str, Any] = {"names": NAMES, "chosen": request.POST.get("table", "")}
    if request.method == "POST":
        try:
            if "confirm" in request.POST:
                name, raw = opened(request.POST.get("kept", ""), str(request.user.pk))
            else:
                name, raw = context["chosen"], _uploaded(request)
            if name not in exchange.TABLES:
                raise exchange.UnreadableTable(_("请选择表和文件。"))
            rows = exchange.read_table(raw)
            context |= {"chosen": name, "title": NAMES[name], "report": exchange.import_rows(name, rows, dry_run="confirm" not in request.POST)}
            if "confirm" in request.POST:
                context["done"] = True
                log.info("registry imported", extra={"official": request.user.pk, "table": name, "rows": len(rows)})
            else:
                context["kept"] = kept(name, raw, str(request.user.pk))
        except exchange.UnreadableTable as unreadable:
            context["error"] = _("文件无法读取：%(reason)s") % {"reason": unreadable}
    return render(request, "registry/import.html", context, status=422 if "error" in context else 200)


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None:
        raise exchange.UnreadableTable(_("请选择表和文件。"))
    if (file.size or 0) > LONGEST_UPLOAD:
        raise exchange.UnreadableTable(_("文件太大。"))
    return bytes(file.read())


def kept(name: str, raw: bytes, official: str) -> str:
    """An uploaded table as signed text that the page with the preview carries. Raises UnreadableTable where it is too
    much for a page; then the command `tongban import registry` takes it."""
    text = signing.dumps([name, official, base64.b64encode(zlib.compress(raw, 9)).decode()], salt=KEPT)
    if len(text) > LONGEST_KEPT:
        raise exchange.UnreadableTable(_("文件太大，请用命令 tongban import registry 导入。"))
    return text


def opened(text: str, official: str) -> tuple[str, bytes]:
    """(table, file) of `kept`, for the same official within an hour. Raises UnreadableTable."""
    try:
        name, owner, packed = signing.loads(text, salt=KEPT, max_age=3600)
    except signing.BadSignature:
        raise exchange.UnreadableTable(_("预览已过期，请重新上传文件。")) from None
    if owner != official:
        raise exchange.UnreadableTable(_("预览已过期，请重新上传文件。"))
    return name, zlib.decompress(base64.b64decode(packed))


@allows("administrator")
def take_out(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A table as a file."""
    _table(name)
    if form not in ("csv", "xlsx"):
        raise Http404
    content = exchange.as_csv(name) if form == "csv" else exchange.as_xlsx(name)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
                year, number = exchange.load_calendar(_uploaded(request), request.POST.get("source", ""))
                messages.success(request, _("%(year)d 年已载入，%(number)d 个例外日。等待它的时限会自动补算。") % {"year": year, "number": number})
            return redirect(f"{reverse('registry:admin_calendar')}?year={year}")
        except exchange.UnreadableTable as unreadable:
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
        "year": year, "months": months, "total": sum(month["worked"] for month in months), "years": known.years_loaded(), "error": error,
        "loaded": models.CalendarYear.objects.all(), "changed": models.CalendarDay.objects.filter(date__year=year), "next_year": today.year + 1,
        "missing": today.year + 1 not in known.years_loaded(),
    }  # fmt: skip
    return render(request, "registry/calendar.html", context, status=422 if error else 200)


def _correct_day(request: HttpRequest) -> int:
    """Carry the form for one day out; its year. Raises UnreadableTable."""
    try:
        when = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise exchange.UnreadableTable(_("请填写日期，例如 2026-03-01。")) from None
    if request.POST.get("working") not in ("0", "1"):
        raise exchange.UnreadableTable(_("请选择上班还是休息。"))
    exchange.set_day(when, request.POST["working"] == "1", request.POST.get("note", ""))
    log.info("calendar day set", extra={"official": request.user.pk, "day": when.isoformat()})
    return when.year
