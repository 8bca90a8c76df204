"""One act on several cases of the tray: chosen there, one form for all, done one by one by the kernel.

Only acts whose line in the table says `bulk`. Each case has its own version and nonce in the form, so that what
somebody else changed meanwhile is refused for that case alone, and a double click does everything once. What was
refused is told for each case with its reason; the rest is done. Not for deciding: `cases.writer.perform` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.cases import access
from tongban.cases.actform import ActForm
from tongban.cases.actor import Actor
from tongban.cases.models import Act, Case
from tongban.cases.receipts import plain
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.gate.allow import POST, actor_of, allows
from tongban.gate.numbers import number
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from . import offers
from .opening import Found
from .paging import SIZE

MOST = SIZE
"""Cases in one go: a page of the tray."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was chosen, as it was shown: its code and version, and the case where it exists for who chose it."""

    code: str
    version: int | None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case."""

    code: str
    done: bool
    words: str
    case: Case | None = None
    """Set where it still exists for who acted."""


def chosen(request: HttpRequest, actor: Actor, registry: Snapshot) -> list[Chosen]:
    """The rows that were ticked (`case`: code.version), each once. One that does not exist for who asks has no
    `found`."""
    shown: dict[str, int | None] = {}
    for text in request.POST.getlist("case")[:MOST]:
        typed, _dot, version = text.partition(".")
        shown.setdefault(plain(typed), number(version))
    cases = {case.code: case for case in access.cases_for(actor, registry).filter(code__in=list(shown))}
    rows = []
    for code, seen in shown.items():
        case = cases.get(code)
        standing = access.standing(actor, case, registry) if case is not None else {}
        rows.append(Chosen(code, seen, Found(case, actor, registry, standing) if case and standing else None))
    return rows


def nonce_of(nonce: str, code: str) -> str:
    """The nonce of one case in a form for many."""
    return hashlib.sha256("\x00".join(("bulk", nonce, code)).encode()).hexdigest()


def one(row: Chosen, act: str, payload: dict[str, Any], actor: Actor, nonce: str, registry: Snapshot) -> Result:
    """Perform the act on one of the cases; what came of it."""
    nonce = nonce_of(nonce, row.code)
    before = Act.objects.filter(nonce=nonce, official_id=actor.official_id or 0, act=act).exists()
    if row.found is None:  # gone, perhaps by the first click
        return Result(row.code, before, _("已办理") if before else _("没有找到这个件。"))
    found = row.found
    try:
        if all(edge.act != act for edge in offers.in_bulk(found.procedure)):
            raise Refusal("not_found", _("没有这种办理行为。"))
        if found.case.erased_at:
            raise Refusal("wrong_state", _("这个件的内容已经删除，不能再办理。"))
        done = perform(found.case.pk, Step(act, actor, payload, version=row.version, nonce=nonce))
    except Refusal as refusal:
        return Result(row.code, False, str(refusal.message), found.case)
    still = access.may_see(actor, done.case, registry)
    return Result(row.code, True, _("已办理"), done.case if still else None)


@allows("official", POST)
def bulk(request: HttpRequest) -> HttpResponse:
    """First what the act asks for, with the cases chosen; then (`go`) what came of each. 422 where the form is
    wrong."""
    actor, registry = actor_of(request), snapshot.current()
    act = request.POST.get("act", "")
    rows = chosen(request, actor, registry)
    if not rows:
        raise Refusal("bad_input", _("请先勾选要办理的件。"), "case")
    here = [row.found for row in rows if row.found is not None]
    edges = [edge for found in here for edge in offers.in_bulk(found.procedure) if edge.act == act]
    going = "go" in request.POST
    if not edges and not going:
        raise Refusal("not_found", _("没有这种办理行为。"))
    if not edges:  # all of them went away with the first click
        return _results(
            request, act, [one(row, act, {}, actor, request.POST.get("nonce", ""), registry) for row in rows]
        )
    # What a form starts with is about one case (`prefill`): none of it holds for many.
    edge = replace(edges[0], prefill=None)
    form = ActForm(edge, here[0].case, actor, registry, request.POST if going else None)
    if not going or not form.is_valid():
        return _form_page(request, form, rows, 422 if going else 200)
    if form.shown_nonce is None:
        raise Refusal("bad_input", _("请从待办件重新选择。"))
    payload = form.payload()
    results = [one(row, act, payload, actor, form.shown_nonce, registry) for row in rows]
    return _results(request, str(edges[0].label), results)


def back_to(request: HttpRequest) -> str:
    """The address of the view that the cases were chosen in, as a query of the tray alone; empty where none was
    given."""
    given = QueryDict(request.POST.get("back", "").lstrip("?")[:2000])
    return f"?{given.urlencode()}" if given else ""


def _form_page(request: HttpRequest, form: ActForm, rows: Sequence[Chosen], status: int) -> HttpResponse:
    context = {"form": form, "rows": rows, "edge": form.edge, "back": back_to(request)}
    return render(request, "desk/bulk.html", context, status=status)


def _results(request: HttpRequest, act: str, results: Sequence[Result]) -> HttpResponse:
    done = sum(result.done for result in results)
    context = {
        "act": act,
        "results": results,
        "done": done,
        "refused": len(results) - done,
        "back": back_to(request),
    }
    return render(request, "desk/bulk_done.html", context)
