"""After a case was sent: the receipt, its QR code, a sheet to print; for a quarter of an hour, or until it is put
away.

The secret stands nowhere else: the house keeps a digest of it, the browser a sealed cookie for that time.
"""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from tongban.cases.procedure import procedure_of
from tongban.cases.search import contacts_of
from tongban.gate import cookies
from tongban.gate.allow import FORM, allows
from tongban.gate.templatetags.tongban_names import unit_name

from . import proven, story
from .parts import words_for


@allows("resident", FORM)
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt. POST says that it is kept: from then on it is not shown again."""
    found = _receipt(request)
    if found is None:
        return redirect("counter:follow")
    if request.method == "POST":
        response = redirect("counter:case", found["receipt"].code)
        cookies.take_away(response, proven.RECEIPT)
        return response
    return render(request, "counter/sent.html", found)


@allows("resident")
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt to print."""
    found = _receipt(request)
    if found is None:
        return redirect("counter:follow")
    return render(request, "counter/receipt.html", found)


@allows("resident")
def receipt_code(request: HttpRequest) -> HttpResponse:
    """The QR code of the receipt, as SVG: the following page with the code, and the secret behind the # (never
    sent)."""
    found = _receipt(request)
    if found is None:
        return HttpResponseRedirect(reverse("counter:follow"))
    qr = segno.make(found["link"], error="m")
    drawn = qr.svg_inline(scale=5, border=2).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(drawn, content_type="image/svg+xml")


def _receipt(request: HttpRequest) -> dict[str, Any] | None:
    found = proven.handed_over(request)
    if found is None:
        return None
    shown, case = found.receipt, found.case
    track = f"{settings.ORIGIN}{reverse('counter:follow')}"
    day = timezone.localdate(case.answer_due_at) if case.answer_due_at is not None else None
    return {
        "receipt": shown,
        "case": case,
        "words": words_for(case.kind),
        "answered_by": words_for(case.kind).answered_by % {"day": day.isoformat()} if day is not None else "",
        "limit_label": procedure_of(case).limit_label,
        "arrived": words_for(case.kind).arrived % {"unit": unit_name(case.unit_id)},
        "link": f"{track}?code={shown.code}#{shown.secret}",
        "track_url": track,
        "minutes": proven.RECEIPT_SECONDS // 60,
        "renewed": found.renewed,
        "reachable": bool(contacts_of(case.private)),
        "kept": story.kept(case),
    }
