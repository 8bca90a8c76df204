"""Attachments for officials: downloads only, after a look at the letter, with headers that keep them from running.

A page shows none but pictures (`said.py`: the house has written each anew), by this very address. Not for residents:
their own route checks the secret.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from tongban.cases import attachments
from tongban.cases.models import Attachment
from tongban.gate.allow import allows

from . import opening

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@allows("official")
def desk_file(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One file of a letter."""
    found = opening.find(request, code)
    item = Attachment.objects.filter(case=found.case, key=key).exclude(private=None).first()
    if item is None:
        raise Http404
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    try:
        content = attachments.content_of(item)
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type=item.media_type)
    response["Content-Disposition"] = content_disposition_header(True, item.name or item.key)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
