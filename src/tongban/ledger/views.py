"""The log as static resources under /ledger/ (c2sp.org/tlog-tiles): checkpoint, tiles, entry bundles, keys."""

from __future__ import annotations

import gzip

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.merkle.errors import LogError, Malformed, Missing
from tongban.merkle.tiles import parse_path

from . import log, signing

IMMUTABLE = "public, max-age=31536000, immutable"


def _text(text: str, cache: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint."""
    head = log.latest()
    if head is None:
        raise Http404
    return _text(str(head[0]), "public, max-age=1")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle, as wide as the signed log has it."""
    head = log.latest()
    try:
        place = parse_path(f"tile/{path}")
        if head is None:
            raise Missing(path)
        raw = log.served(place.level, place.number, place.width, head[1].size)
    except (Malformed, Missing):
        raise Http404 from None
    response = HttpResponse(raw, content_type="application/octet-stream")
    if place.level < 0 and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = gzip.compress(raw, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
    if place.level < 0:
        response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = IMMUTABLE
    response["Access-Control-Allow-Origin"] = "*"
    return response


def vkeys() -> str:
    """The public keys of the log, one on a line, those that sign now first."""
    return "".join(f"{item.vkey}\n" for item in signing.verifiers())


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys by which the log's signatures are known, retired ones too."""
    try:
        return _text(vkeys(), "public, max-age=60")
    except LogError:
        raise Http404 from None


for _view in (checkpoint, tile, keys):
    setattr(_view, "allows", "public")  # noqa: B010 (the gate is above this floor; a test reads the declaration)
