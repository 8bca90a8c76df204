"""Bringing a table of the registry in from a file: first a page that shows what it would add, change and end, and every
row that cannot be taken; confirming takes exactly that. What was shown is known by its digest: where the registry has
changed since, the page is shown anew and nothing is written.
"""

from __future__ import annotations

import base64
import logging
import zlib
from typing import Any

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.gate.allow import FORM, allows
from tongban.record.writing import ReasonMissing
from tongban.registry import exchange
from tongban.tables import rejected_csv

from .registry_admin import author, uploaded
from .registry_words import NAMES, rejected, told

log = logging.getLogger("tongban.admin")
LONGEST_KEPT = 2_000_000
KEPT = "tongban.registry.import"
SHOWN = 200
"""Rows of each sort that the page shows."""


class Moved(Exception):
    """The registry has changed since the page was shown; nothing was written."""


@allows("administrator", FORM)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload a table and see what would change; the second page carries the file, signed, and takes exactly that. With
    `rejected` the rows that cannot be taken come as a file, to be mended."""
    context: dict[str, Any] = {"names": NAMES, "chosen": request.POST.get("table", "")}
    status, sent = 200, "kept" in request.POST or "confirm" in request.POST
    if request.method == "POST":
        try:
            name, raw, digest = opened(request.POST.get("kept", ""), str(request.user.pk)) if sent else (
                context["chosen"], uploaded(request), "",
            )  # fmt: skip
            if name not in exchange.TABLES:
                raise exchange.UnreadableTable(_("请选择表和文件。"))
            rows = exchange.read_table(raw)
            if sent and "rejected" in request.POST:
                return _rejected_file(name, exchange.import_rows(name, rows, dry_run=True))
            if not sent:
                context |= _shown(name, exchange.import_rows(name, rows, dry_run=True), raw, request)
            else:
                try:
                    report = _take(name, rows, digest, request)
                    context |= {**_shown(name, report, raw, request), "done": True}
                    log.info("registry imported", extra={"official": request.user.pk, "table": name, "rows": len(rows)})
                except (Moved, ReasonMissing) as stopped:
                    status = 409 if isinstance(stopped, Moved) else 422
                    context |= _shown(name, exchange.import_rows(name, rows, dry_run=True), raw, request)
                    context["error"] = str(stopped)
        except exchange.UnreadableTable as unreadable:
            status, context["error"] = 422, _("文件无法读取：%(reason)s") % {"reason": unreadable}
    return render(request, "registry/import.html", context, status=status)


def _take(name: str, rows: Any, digest: str, request: HttpRequest) -> exchange.ImportReport:
    """Take the rows in, if that does what was shown. Raises Moved, ReasonMissing; then nothing was written."""
    with transaction.atomic():
        report = exchange.import_rows(name, rows, by=author(request))
        if report.digest != digest:
            raise Moved(_("您看过预览以后，清单又有了变化，还没有写入。请看过现在的预览再确认。"))
    return report


def _shown(name: str, report: exchange.ImportReport, raw: bytes, request: HttpRequest) -> dict[str, Any]:
    """A report in words."""
    changes = [told(name, one.key, one.fields, one.added, one.line) for one in report.changes]
    bad = [(one.line, *rejected(name, one.reason)) for one in report.rejected[:SHOWN]]
    return {
        "chosen": name, "title": NAMES[name], "report": report, "changes": changes, "bad": bad,
        "changes_left": report.added + report.changed - len(changes), "bad_left": len(report.rejected) - len(bad),
        "kept": kept(name, raw, str(request.user.pk), report.digest), "given_reason": request.POST.get("reason", ""),
    }  # fmt: skip


def _rejected_file(name: str, report: exchange.ImportReport) -> HttpResponse:
    rows = [
        (one.line, "：".join(part for part in rejected(name, one.reason) if part), one.row) for one in report.rejected
    ]
    response = HttpResponse(rejected_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-rejected.csv"'
    response["Cache-Control"] = "no-store"
    return response


def kept(name: str, raw: bytes, official: str, digest: str) -> str:
    """An uploaded table as signed text that the page with the preview carries, with the digest of what the page shows.
    Raises UnreadableTable where it is too much for a page; then the command `tongban import registry` takes it."""
    packed = base64.b64encode(zlib.compress(raw, 9)).decode()
    text = signing.dumps([name, official, packed, digest], salt=KEPT)
    if len(text) > LONGEST_KEPT:
        raise exchange.UnreadableTable(_("文件太大，请用命令 tongban import registry 导入。"))
    return text


def opened(text: str, official: str) -> tuple[str, bytes, str]:
    """(table, file, digest) of `kept`, for the same official within an hour. Raises UnreadableTable."""
    try:
        name, owner, packed, digest = signing.loads(text, salt=KEPT, max_age=3600)
    except (signing.BadSignature, ValueError):
        raise exchange.UnreadableTable(_("预览已过期，请重新上传文件。")) from None
    if owner != official:
        raise exchange.UnreadableTable(_("预览已过期，请重新上传文件。"))
    return name, zlib.decompress(base64.b64decode(packed)), digest
