"""One row of the registry: adding, changing, ending, and its history. Nothing is deleted. Not for files
(`registry_import.py`) nor for lists (`registry_admin.py`).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.gate import numbers
from tongban.gate.allow import FORM, allows
from tongban.record.writing import ReasonMissing
from tongban.registry import exchange

from .registry_admin import NUMBERED, author, table_named
from .registry_forms import RowForm
from .registry_history import history
from .registry_words import NAMES, heading, key_words, rejected, row_key, value_words, wrong_column

ENDED = {"units": "until", "duties": "until", "matters": "active", "successions": "active"}
"""Table → the column that ends a row: with a last day, or at once. Places and limits are changed instead."""


def row_of(name: str, key: str) -> Any:
    """The row with this key. Raises Http404."""
    wanted = table_named(name)
    fits = name not in NUMBERED or numbers.number(key) is not None
    row = wanted.model._default_manager.filter(pk=key).first() if fits else None
    if row is None:
        raise Http404
    return row


def facts(name: str, row: Any, columns: Any = None) -> list[tuple[str, str]]:
    """(heading, value) of a row in words."""
    table = exchange.TABLES[name]
    return [
        (heading(name, column), value_words(name, column, exchange.shown(getattr(row, table.attribute(column)))))
        for column in (columns or table.columns)
    ]


@allows("administrator", FORM)
def edit(request: HttpRequest, name: str, key: str = "") -> HttpResponse:
    """Add a row, or change the row with this key. What identifies a row cannot be changed."""
    table = table_named(name)
    row = row_of(name, key) if key else None
    form, reason = RowForm(name, row, request.POST or None), request.POST.get("reason", "")
    missing = ""
    if request.method == "POST" and form.is_valid():
        try:
            report = exchange.import_rows(name, [(1, form.values())], by=author(request))
        except ReasonMissing as unsaid:
            missing = str(unsaid)
            form.add_error(None, missing)
        else:
            if not report.rejected:
                messages.success(request, _("已保存。") if report.added or report.changed else _("没有变化。"))
                return redirect("registry:admin_table", name)
            column, (_heading, why) = (
                wrong_column(name, report.rejected[0].reason),
                rejected(name, report.rejected[0].reason),
            )
            form.add_error(column if column in form.fields else None, why)
    context = {
        "name": name, "title": NAMES[name], "form": form, "row": row, "given_reason": reason,
        "called": key_words(name, row_key(name, row)) if row is not None else "",
        "facts": facts(name, row, table.key) if row is not None else [],
        "history": history(name, row) if row is not None else None,
        "ends": name in ENDED,
    }  # fmt: skip
    return render(request, "registry/edit.html", context, status=422 if form.is_bound and not form.choosing else 200)


@allows("administrator", FORM)
def end(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """End a row, with its last day or at once; it is never deleted, so that the past stays known."""
    row = row_of(name, key)
    if name not in ENDED:
        raise Http404
    table, column = exchange.TABLES[name], ENDED[name]
    error, wanted = "", request.POST.get("until", "")
    if request.method == "POST":
        values = {one: exchange.shown(getattr(row, table.attribute(one))) for one in table.columns}
        values[column] = "0" if column == "active" else wanted or "-"
        try:
            report = exchange.import_rows(name, [(1, values)], by=author(request))
        except ReasonMissing as missing:
            error = str(missing)
        else:
            if not report.rejected:
                messages.success(request, _("已终止。"))
                return redirect("registry:admin_table", name)
            error = "：".join(part for part in rejected(name, report.rejected[0].reason) if part)
    context = {
        "name": name, "title": NAMES[name], "facts": facts(name, row), "error": error, "dated": column == "until",
        "called": key_words(name, row_key(name, row)), "given_reason": request.POST.get("reason", ""),
        "wanted": wanted or timezone.localdate().isoformat(),
    }  # fmt: skip
    return render(request, "registry/end.html", context, status=422 if error else 200)
