"""What a reader of a published case can do without an account: say that the answer was useful, or that they met the
same. Forms on a page that is the same for everybody; counting them is for `counting.py`.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.gate.allow import FORM, POST, allows
from tongban.gate.origin import from_here
from tongban.gate.rates import limited
from tongban.gate.script import as_read

from . import counting
from .models import PublishedCase
from .parts import publication


def _row(kind: str, slug: str) -> PublishedCase:
    found = PublishedCase.objects.filter(kind=kind, slug=slug).first()
    if found is None:
        raise Http404
    return found


def _elsewhere(request: HttpRequest) -> HttpResponse:
    return render(request, "403.html", {"reason": _("请在本站的页面上点。")}, status=403)


def _to(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


@csrf_exempt  # adds one to a number and acts for nobody; the form stands on a page kept for everybody
@allows("public", POST)
@limited("count")
def useful(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The answer was useful: back to it, with thanks."""
    row = _row(kind, slug)
    if not row.answer:
        raise Http404
    if not from_here(request):
        return _elsewhere(request)
    return counting.count(request, _to(f"{row.address}?done=useful#count"), row, "useful")


@csrf_exempt  # as above
@allows("public", FORM)
@limited("count")
def met(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The reader met the same: POST counts; the page says so, and offers a case of one's own with its matter and
    place."""
    row = _row(kind, slug)
    if request.method == "POST":
        if not from_here(request):
            return _elsewhere(request)
        return counting.count(request, _to(f"{row.address}met/"), row, "met")
    context = {
        "row": row,
        "publication": publication(kind),
        "subject": as_read(row.subject),
        "counted": counting.counted(request, row, "met"),
    }
    return render(request, "published/met.html", context)


useful.allows, useful.methods = "public", POST  # type: ignore[attr-defined]
met.allows, met.methods = "public", FORM  # type: ignore[attr-defined]
