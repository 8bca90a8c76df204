"""The administrator's pages: the registry's tables, import with a preview, the calendar, officials, posts and tokens.

An administrator sees no case. Duties are ended, never deleted, so that history stays.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.accounts.models import ApiToken, Official, Role
from tongban.accounts.officials import OfficialError, add_official, end_post, first_password
from tongban.gate.allow import allows
from tongban.registry import exchange, models, snapshot

PAGE = 50
NAMES = {
    "places": gettext_lazy("行政区划"), "units": gettext_lazy("单位"), "matters": gettext_lazy("事项"), "duties": gettext_lazy("责任清单"), "limits": gettext_lazy("时限"),
}  # fmt: skip
SEARCHED = {
    "places": ("code", "name"), "units": ("code", "name"), "matters": ("code", "name"), "duties": ("unit__code", "unit__name", "matter__code", "matter__name", "place__name"),
    "limits": ("step", "matter__name", "place__name", "basis"),
}  # fmt: skip
LONGEST_UPLOAD = 20 * 2**20


def _table(name: str) -> exchange.Table:
    if name not in exchange.TABLES:
        raise Http404
    return exchange.TABLES[name]


@allows("administrator")
def home(request: HttpRequest) -> HttpResponse:
    """The tables and how full they are; what the calendar knows."""
    counts = [(name, NAMES[name], exchange.TABLES[name].model._default_manager.count()) for name in exchange.TABLES]
    years = snapshot.current().calendar.years_loaded()
    next_year = timezone.localdate().year + 1
    return render(request, "registry/admin.html", {"counts": counts, "years": years[-3:], "next_year": next_year, "missing": next_year not in years})


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
    columns = list(wanted.columns)
    shown = [{"pk": row.pk, "cells": [(column, getattr(row, wanted.attribute(column))) for column in columns]} for row in page[:PAGE]]
    more = f"?q={query}&after={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(request, "registry/table.html", {"name": name, "title": NAMES[name], "columns": columns, "rows": shown, "q": query, "more": more})


def _form(name: str, data: Any = None, initial: dict[str, Any] | None = None) -> forms.Form:
    """A form of plain inputs; the checks are those of the import, so that both accept the same."""
    wanted = exchange.TABLES[name]
    form = forms.Form(data, initial=initial, label_suffix="")
    labels = {value: key for key, value in exchange.HEADERS.items() if not (name == "limits" and key == "单位") and not (name != "limits" and key == "计算方式")}
    for column in wanted.columns:
        form.fields[column] = forms.CharField(label=labels.get(column, column), required=False, max_length=2000)
    return form


@allows("administrator")
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


@allows("administrator")
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload a table: first a preview of what would change, then the import itself."""
    report, name, error = None, request.POST.get("table", ""), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if name not in exchange.TABLES or file is None:
            error = _("请选择表和文件。")
        elif (file.size or 0) > LONGEST_UPLOAD:
            error = _("文件太大。")
        else:
            try:
                rows = exchange.read_table(file.read())
                report = exchange.import_rows(name, rows, dry_run="confirm" not in request.POST)
                if "confirm" in request.POST:
                    messages.success(request, _("已导入。"))
            except exchange.UnreadableTable as unreadable:
                error = _("文件无法读取：%(reason)s") % {"reason": unreadable}
    context = {"report": report, "names": NAMES, "chosen": name, "error": error, "done": "confirm" in request.POST}
    return render(request, "registry/import.html", context, status=422 if error else 200)


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


@allows("administrator")
def calendar(request: HttpRequest) -> HttpResponse:
    """A year of working days as a table; loading a year from its notice."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or (file.size or 0) > LONGEST_UPLOAD:
                raise exchange.UnreadableTable(_("请选择文件。"))
            year, number = exchange.load_calendar(file.read(), request.POST.get("source", ""))
            messages.success(request, _("%(year)d 年已载入，%(number)d 个例外日。等待它的时限会自动补算。") % {"year": year, "number": number})
            return redirect("registry:admin_calendar")
        except exchange.UnreadableTable as unreadable:
            error = str(unreadable)
    known = snapshot.current().calendar
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdigit() and len(wanted) == 4 else timezone.localdate().year
    months: list[dict[str, Any]] = []
    if year in known.years_loaded():
        day = date(year, 1, 1)
        while day.year == year:
            if day.day == 1:
                months.append({"month": day.month, "days": []})
            months[-1]["days"].append({"day": day.day, "working": known.is_working_day(day)})
            day += timedelta(days=1)
    context = {"year": year, "months": months, "years": known.years_loaded(), "loaded": models.CalendarYear.objects.all(), "error": error}
    return render(request, "registry/calendar.html", context, status=422 if error else 200)


@allows("administrator")
def officials(request: HttpRequest) -> HttpResponse:
    """The officials and their posts; adding one. A first password is shown once."""
    password, error = None, ""
    given = {name: request.POST.get(name, "").strip() for name in ("username", "name", "unit", "role")}
    if request.method == "POST":
        try:
            password = add_official(given["username"], given["unit"], given["role"], given["name"])
            if password is None:
                messages.success(request, _("已增加岗位。"))
                return redirect("registry:officials")
        except OfficialError as wrong:
            error = str(wrong)
    query = request.GET.get("q", "").strip()[:80]
    rows = Official.objects.prefetch_related("posts").order_by("username")
    if query:
        rows = rows.filter(Q(username__icontains=query) | Q(display_name__icontains=query) | Q(posts__unit_id=query)).distinct()
    after = request.GET.get("after", "")[:150]
    if after:
        rows = rows.filter(username__gt=after)
    page = list(rows[: PAGE + 1])
    more = f"?q={query}&after={page[PAGE - 1].username}" if len(page) > PAGE else ""
    context = {"rows": page[:PAGE], "roles": Role.choices, "password": password, "given": given, "error": error, "q": query, "more": more, "today": timezone.localdate()}
    return render(request, "registry/officials.html", context, status=422 if error else 200)


@allows("administrator")
def official(request: HttpRequest, number: int) -> HttpResponse:
    """One official: end a post, issue or revoke a token, new password, reset of the second factor."""
    user = get_object_or_404(Official, pk=number)
    shown, error = None, ""
    if request.method == "POST":
        try:
            shown = _change(request, user)
            if shown is None:
                messages.success(request, _("已保存。"))
                return redirect("registry:official", number)
        except OfficialError as wrong:
            error = str(wrong)
    tokens = ApiToken.objects.filter(post__official=user).select_related("post").order_by("-pk")
    context = {"person": user, "posts": user.posts.order_by("-pk"), "tokens": tokens, "shown": shown, "error": error, "now": timezone.now(), "today": timezone.localdate()}
    return render(request, "registry/official.html", context, status=422 if error else 200)


def _change(request: HttpRequest, user: Official) -> tuple[str, str] | None:
    """Carry the button's wish out; (label, secret) where something is to be shown once. Raises OfficialError."""
    post = user.posts.filter(pk=request.POST.get("post") or 0).first() if request.POST.get("post", "0").isdigit() else None
    if "end" in request.POST and post is not None:
        end_post(post)
    elif "token" in request.POST and post is not None:
        days = int(request.POST["days"]) if request.POST.get("days", "").isdigit() else 90
        if not 1 <= days <= 366:
            raise OfficialError(_("令牌最长 366 天。"))
        expires = datetime.combine(timezone.localdate() + timedelta(days=days), time(23, 59), timezone.get_default_timezone())
        _token, text = ApiToken.issue(post, request.POST.get("name", "")[:80] or "API", expires)
        return _("接口令牌"), text
    elif "revoke" in request.POST and request.POST["revoke"].isdigit():
        ApiToken.objects.filter(pk=request.POST["revoke"], post__official=user, revoked_at=None).update(revoked_at=timezone.now())
    elif "password" in request.POST:
        password = first_password()
        user.set_password(password)
        user.save(update_fields=["password"])
        return _("新密码"), password
    elif "factor" in request.POST:
        from allauth.mfa.models import Authenticator

        Authenticator.objects.filter(user=user).delete()
    elif "deactivate" in request.POST:
        for held in user.posts.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate())):
            end_post(held)
        Official.objects.filter(pk=user.pk).update(is_active=False)
    else:
        raise OfficialError(_("没有这种操作。"))
    return None


