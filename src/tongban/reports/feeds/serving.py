"""The feeds over HTTP: each form with an ETag and its signature, what changed since, and how a resolver takes it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.ledger import signing

from .. import lists
from . import manuals, publishing, rows
from .forms import FORMS

SMALL = 256_000
"""Bytes of a feed that is sent at once; a larger one goes out in pieces."""
DELTA = 10_000
"""Decisions in one answer to `since=`."""
DELTAS = ("jsonl", "csv", "stix", "misp")
"""Forms that can say of a row that it no longer holds."""


def _stopped(stopped: publishing.Stopped) -> HttpResponse:
    return HttpResponse(f"publication stopped: {stopped}\n", status=503, content_type="text/plain; charset=utf-8")


@allows("public")
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """One form of the feed, with an ETag; 503 where the last look before publishing stopped it. With `since=N` the
    decisions changed after version N of the register, each with what became of it."""
    if form not in FORMS:
        raise Http404
    if "since" in request.GET:
        return _since(request, form)
    try:
        made = publishing.publication(form)
    except publishing.Stopped as stopped:
        return _stopped(stopped)
    kept = {"ETag": made.etag, "Cache-Control": "public, max-age=5"}
    if request.headers.get("If-None-Match") == made.etag:
        return HttpResponse(status=304, headers=kept)
    kept["Last-Modified"] = http_date(datetime.fromisoformat(made.made).timestamp())
    kind = f"{FORMS[form][2]}; charset=utf-8"
    try:
        if made.size <= SMALL:
            return HttpResponse(made.file.read_bytes(), content_type=kind, headers=kept)
        answer = FileResponse(made.file.open("rb"), content_type=kind, headers=kept)
        answer.block_size = 256 * 1024
        return cast(HttpResponse, answer)
    except FileNotFoundError:  # a newer one took its place just now
        return HttpResponse(status=503, headers={"Retry-After": "1"})


def _since(request: HttpRequest, form: str) -> HttpResponse:
    said = request.GET["since"]
    if form not in DELTAS or not said.isdecimal() or len(said) > 15:
        return HttpResponse(
            f"since= takes a version of the register, a whole number, and is for {', '.join(DELTAS)}\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    found = rows.changed_since(int(said), DELTA)
    about = publishing.about(timezone.localdate(), lists.current())
    text = "".join(publishing.published(form, found, about))
    answer = HttpResponse(text, content_type=f"{FORMS[form][2]}; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["Tongban-Version"] = str(found[-1].version if found else said)
    return answer


@allows("public")
def signature(request: HttpRequest, form: str) -> HttpResponse:
    """The signed note of a form as it is served now; 404 where this house signs nothing."""
    if form not in FORMS:
        raise Http404
    try:
        made = publishing.publication(form)
    except publishing.Stopped as stopped:
        return _stopped(stopped)
    try:
        text = made.note.read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=5"
    return answer


@allows("public")
@public_for(300)
def feeds(request: HttpRequest) -> HttpResponse:
    """What the feeds are, how each is checked, and how a resolver takes it."""
    context = {
        "forms": sorted(FORMS),
        "resolvers": manuals.RESOLVERS.items(),
        "keys": [one.vkey for one in signing.verifiers()],
        "deltas": DELTAS,
    }
    return render(request, "reports/feeds.html", context)


@allows("public")
@public_for(300)
def manual(request: HttpRequest, resolver: str) -> HttpResponse:
    """The settings of one resolver, ready to copy."""
    if resolver not in manuals.RESOLVERS:
        raise Http404
    return HttpResponse(manuals.text(resolver), content_type="text/plain; charset=utf-8")
