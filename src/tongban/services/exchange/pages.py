"""The administrator's pages of the catalogue: its tables and how full they are, export, and bringing a table in.

Bringing in shows first what would change and every row that cannot be taken; confirming takes exactly that. What was
shown is known by its digest: where the catalogue has changed since, the page is shown anew and nothing is written.
"""

from __future__ import annotations

import base64
import logging
import zlib
from typing import Any

from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.gate.allow import FORM, allows
from tongban.record.writing import By, ReasonMissing
from tongban.registry.reading import WORDS, UnreadableTable
from tongban.registry.tables import Rejected
from tongban.tables import Rows, read_table, rejected_csv
from tongban.tables import UnreadableTable as Unreadable

from . import giving
from .tables import HEADERS, TABLES
from .taking import Report, import_rows

log = logging.getLogger("tongban.admin")
LARGEST = 20 * 2**20
LONGEST_KEPT = 2_000_000
MOST_ROWS = 200_000
MOST_EXPORTED = 200_000
KEPT = "tongban.services.import"
SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Moved(Exception):
    """The catalogue has changed since the page was shown; nothing was written."""


def names() -> dict[str, str]:
    """The tables in words."""
    return {
        "laws": _("法律法规"), "articles": _("条文"), "facts": _("问题"), "parameters": _("参数"),
        "materials": _("材料"), "items": _("政务服务事项"), "offerings": _("实施清单"), "conditions": _("条件"),
        "needs": _("所需材料"), "bundles": _("一件事"), "bundle_steps": _("一件事的步骤"),
    }  # fmt: skip


def heading(name: str, column: str) -> str:
    """The words of a column."""
    model = TABLES[name].model
    return str(getattr(model._meta.get_field(column), "verbose_name", column))


@allows("administrator")
def home(request: HttpRequest) -> HttpResponse:
    """The tables, how full they are, and their files."""
    rows = [(name, label, TABLES[name].model._default_manager.count()) for name, label in names().items()]
    context = {"tables": [(*row, row[2] <= MOST_EXPORTED) for row in rows]}
    return render(request, "services/keep/home.html", context)


@allows("administrator")
def take_out(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A table as a file; one too large for a page is for the command."""
    if name not in TABLES or form not in ("csv", "xlsx"):
        raise Http404
    if TABLES[name].model._default_manager.count() > MOST_EXPORTED:
        return render(request, "400.html", {"reason": _("表太大，请用命令 tongban export services 导出。")}, status=413)
    kind = "text/csv; charset=utf-8" if form == "csv" else XLSX
    raw = giving.as_csv(name) if form == "csv" else giving.as_xlsx(name)
    response = HttpResponse(raw, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Cache-Control"] = "no-store"
    return response


@allows("administrator", FORM)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload a table and see what would change; the second page carries the file, signed, and takes exactly that. With
    `rejected` the rows that cannot be taken come as a file, to be mended."""
    context: dict[str, Any] = {"tables": list(names().items()), "chosen": request.POST.get("table", "")}
    status, sent = 200, "kept" in request.POST
    if request.method == "POST":
        try:
            name, raw, digest = (
                opened(request.POST["kept"], str(request.user.pk))
                if sent
                else (context["chosen"], _uploaded(request), "")
            )
            if name not in TABLES:
                raise UnreadableTable(_("请选择表和文件。"))
            rows = _read(raw)
            if sent and "rejected" in request.POST:
                return _rejected_file(name, import_rows(name, rows, dry_run=True).rejected)
            if not sent:
                context |= _shown(name, import_rows(name, rows, dry_run=True), raw, request)
            else:
                try:
                    context |= {**_shown(name, _take(name, rows, digest, request), raw, request), "done": True}
                    log.info("catalogue imported", extra={"official": request.user.pk, "table": name})
                except (Moved, ReasonMissing) as stopped:
                    status = 409 if isinstance(stopped, Moved) else 422
                    context |= _shown(name, import_rows(name, rows, dry_run=True), raw, request)
                    context["error"] = str(stopped)
        except UnreadableTable as unreadable:
            status, context["error"] = 422, _("文件无法读取：%(reason)s") % {"reason": unreadable}
    return render(request, "services/keep/import.html", context, status=status)


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise UnreadableTable(_("请选择表和文件。"))
    if file.size > LARGEST:
        raise UnreadableTable(_("文件太大，请用命令 tongban import services 导入。"))
    return bytes(file.read())


def _read(raw: bytes) -> Rows:
    try:
        return read_table(raw, HEADERS, MOST_ROWS)
    except Unreadable as unreadable:
        raise UnreadableTable(_(WORDS[unreadable.problem]) % unreadable.facts) from None


def _take(name: str, rows: Rows, digest: str, request: HttpRequest) -> Report:
    """Take the rows in, if that does what was shown. Raises Moved, ReasonMissing; then nothing was written."""
    by = By(request.user.pk, str(request.user), request.POST.get("reason", ""), "page")
    with transaction.atomic():
        report = import_rows(name, rows, by=by)
        if report.digest != digest:
            raise Moved(_("您看过预览以后，目录又有了变化，还没有写入。请看过现在的预览再确认。"))
    return report


def _shown(name: str, report: Report, raw: bytes, request: HttpRequest) -> dict[str, Any]:
    changes = [
        (one.line, one.key, one.added, [(heading(name, column), *pair) for column, pair in one.fields.items()])
        for one in report.changes
    ]
    return {
        "chosen": name, "title": names()[name], "report": report, "changes": changes,
        "changes_left": report.added + report.changed - len(changes), "bad": report.rejected[:SHOWN],
        "bad_left": report.refused - len(report.rejected[:SHOWN]),
        "kept": kept(name, raw, str(request.user.pk), report.digest), "given_reason": request.POST.get("reason", ""),
    }  # fmt: skip


def _rejected_file(name: str, rejected: list[Rejected]) -> HttpResponse:
    rows = [(one.line, one.reason, one.row) for one in rejected]
    response = HttpResponse(rejected_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-rejected.csv"'
    response["Cache-Control"] = "no-store"
    return response


def kept(name: str, raw: bytes, official: str, digest: str) -> str:
    """An uploaded table as signed text that the page with the preview carries, with the digest of what it shows. Raises
    UnreadableTable where it is too much for a page; then the command takes it."""
    packed = base64.b64encode(zlib.compress(raw, 9)).decode()
    text = signing.dumps([name, official, packed, digest], salt=KEPT)
    if len(text) > LONGEST_KEPT:
        raise UnreadableTable(_("文件太大，请用命令 tongban import services 导入。"))
    return text


def opened(text: str, official: str) -> tuple[str, bytes, str]:
    """(table, file, digest) of `kept`, for the same official within an hour. Raises UnreadableTable."""
    try:
        name, owner, packed, digest = signing.loads(text, salt=KEPT, max_age=3600)
    except (signing.BadSignature, ValueError):
        raise UnreadableTable(_("预览已过期，请重新上传文件。")) from None
    if owner != official:
        raise UnreadableTable(_("预览已过期，请重新上传文件。"))
    return name, zlib.decompress(base64.b64decode(packed)), digest
