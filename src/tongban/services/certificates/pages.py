"""The holder's pages of a certificate: what it says, choosing what to show, the code, the file, the sheet.

For whoever has shown the case's secret; no account is needed. Nothing of what is chosen stands in an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.counter.parts import words_for
from tongban.counter.proven import proven_case
from tongban.desk.opening import Found
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited

from . import sheet, showing
from .rows import Certificate
from .wallet import offering
from .wallet.pages import copies_of


def certificates_of(case: Case) -> list[Certificate]:
    """The certificates of a case, the newest first, without opening what they say."""
    return list(Certificate.objects.defer("sealed").filter(case=case).select_related("status_list"))


def _rows(case: Case) -> list[dict[str, Any]]:
    today = timezone.localdate()
    return [
        {
            "number": row.number,
            "kind": showing.kind_of(row).words,
            "state": showing.state_words(row, today),
            "good": row.state in showing.SHOWABLE and (row.until is None or today <= row.until),
            "until": row.until,
        }
        for row in certificates_of(case)
    ]


def for_sender(case: Case, acts: Sequence[Edge]) -> dict[str, Any] | None:
    """The piece of the following page."""
    rows = _rows(case)
    return {"certificates": rows} if rows else None


def on_desk(found: Found) -> list[dict[str, Any]] | None:
    """The panel of the desk: which there are and how they stand, not what they say."""
    return _rows(found.case) or None


@allows("resident", FORM)
@limited("submit")
def certificate(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """GET shows the certificate with everything on it; POST shows what was chosen, as `screen`, `file` or `pdf`."""
    case = proven_case(request, code)
    found = Certificate.objects.select_related("case", "status_list").filter(case=case, number=number).first()
    if found is None:
        raise Http404
    lines = showing.lines(found)
    chosen = {one.name for one in lines if one.shown}
    if request.method != "POST":
        return page(request, found, chosen)
    chosen = {one.name for one in lines if one.name in request.POST.getlist("show")}
    try:
        if request.POST.get("as") == "file":
            return _file(found, showing.as_file(found, chosen).encode(), "application/dc+sd-jwt", "sdjwt")
        if request.POST.get("as") == "pdf":
            return _file(found, _sheet(found, chosen), "application/pdf", "pdf")
        text, until = showing.on_screen(found, chosen, timezone.now())
    except Refusal as refused:
        return page(request, found, chosen, str(refused.message), refused.status)
    context = {
        "case": case,
        "certificate": found,
        "kind": showing.kind_of(found),
        "lines": [one for one in lines if one.open or one.name in chosen],
        "picture": showing.drawn(text),
        "text": text,
        "until": until,
    }
    return render(request, "services/certificates/screen.html", context)


def _sheet(found: Certificate, chosen: set[str]) -> bytes:
    """The PDF of what was chosen; what does not belong on paper is left out."""
    kept = {one.name for one in showing.lines(found) if one.name in chosen and one.paper}
    text = showing.as_code(found, kept, timezone.now())
    file = showing.as_file(found, kept)
    return sheet.sheet(showing.kind_of(found).words, showing.facts(found, kept), text, found.number, file)


def _file(found: Certificate, content: bytes, media_type: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.number}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _newer(found: Certificate) -> Certificate | None:
    """What stands in the place of one that was replaced."""
    if found.state != "replaced":
        return None
    rows = Certificate.objects.defer("sealed").filter(case=found.case_id).exclude(state="replaced")
    return rows.filter(issued_at__gte=found.issued_at).first()


def page(
    request: HttpRequest, found: Certificate, chosen: set[str] | None = None, message: str = "", status: int = 200
) -> HttpResponse:
    """The holder's page of a certificate; `chosen` is what is ticked, by default what its kind says."""
    today, lines = timezone.localdate(), showing.lines(found)
    context = {
        "case": found.case,
        "words": words_for(found.case.kind),
        "certificate": found,
        "kind": showing.kind_of(found),
        "lines": lines,
        "chosen": {one.name for one in lines if one.shown} if chosen is None else chosen,
        "state": showing.state_words(found, today),
        "showable": showing.can_be_shown(found, today),
        "erased": found.sealed is None,
        "offerable": offering.offerable(found, timezone.now()),
        "copies": copies_of(found),
        "newer": _newer(found),
        "message": message,
    }
    return render(request, "services/certificates/certificate.html", context, status=status)
