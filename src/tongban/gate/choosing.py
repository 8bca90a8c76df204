"""Choosing a place, a unit or a matter by typing: the field for forms of any room, and what a browser asks while
somebody types.

The field is the kernel's own (`cases/inputs/chosen.py`), so that its inputs have it too. What is answered here is the
public registry and nothing else; what is typed stands in an address, so that a field whose words could be anybody's own
is not for this. A position comes by POST, is compared with the places and forgotten.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.cases.inputs.chosen import Choosing, Chosen
from tongban.registry import lookup, snapshot
from tongban.registry.lookup import NAMED, Scope
from tongban.registry.snapshot import Snapshot
from tongban.workdays import shanghai_day

from .allow import POST, allows
from .rates import limited

__all__ = ["Choosing", "Chosen", "choose", "near"]
REMEMBERED = 5000
"""Answers that are kept with a snapshot."""
KEEP_SECONDS = 60


@allows("public")
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """What `q` may mean, or, with `in`, a step of the tree. `for` is a kind of case, `conduct` 0 or 1, `place` a
    code."""
    scope = _scope(request, kind)
    registry, given = snapshot.current(), request.GET
    words, at = given.get("q", "")[: lookup.LONGEST], given.get("in", "")[: lookup.LONGEST]
    asked = (scope, get_language(), shanghai_day(timezone.now()), words, at if "in" in given else None)
    kept: dict[Any, dict[str, Any]] = registry.kept.setdefault("choosing", {})
    answer = kept.get(asked)
    if answer is None:
        if len(kept) >= REMEMBERED:
            kept.clear()
        answer = kept[asked] = _step(scope, at, registry) if "in" in given else _found(scope, words, registry)
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    response["Vary"] = "Cookie, Accept-Language"
    return response


def _scope(request: HttpRequest, kind: str) -> Scope:
    if kind not in NAMED:
        raise Http404
    conduct = {"0": False, "1": True}.get(request.GET.get("conduct", ""))
    return Scope(kind, request.GET.get("for", "")[:40], conduct, request.GET.get("place", "")[:40])


def _found(scope: Scope, words: str, registry: Snapshot) -> dict[str, Any]:
    found = lookup.find(scope, words, registry, shanghai_day(timezone.now()))
    return {"found": [_row(scope, code, registry) for code in found.codes], "total": found.total}


def _row(scope: Scope, code: str, registry: Snapshot) -> dict[str, str]:
    line = lookup.label(scope.kind, code, registry)
    return {"code": code, "line": line, "said": lookup.said(scope.kind, code, registry)}


def _step(scope: Scope, at: str, registry: Snapshot) -> dict[str, Any]:
    level = lookup.level(scope, at, registry, shanghai_day(timezone.now()))
    above = [{"code": code, "name": name} for code, name in level.line]
    return {"above": above, "rows": [asdict(row) for row in level.rows]}


@allows("public", POST)
@limited("api")
def near(request: HttpRequest) -> HttpResponse:
    """The known places nearest to a position (`latitude`, `longitude` in degrees); said politely where there is none.
    The position is kept nowhere."""
    try:
        latitude, longitude = float(request.POST.get("latitude", "")), float(request.POST.get("longitude", ""))
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError
    except ValueError:
        return JsonResponse({"found": [], "message": _("没有收到位置。请直接输入地名。")}, status=422)
    registry = snapshot.current()
    codes = lookup.nearest(latitude, longitude, registry)
    message = "" if codes else _("附近没有本站知道的地方。请直接输入地名，或者从列表里选。")
    rows = [_row(Scope("place"), code, registry) for code in codes]
    return JsonResponse({"found": rows, "total": len(rows), "message": message})
