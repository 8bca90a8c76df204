"""The public page of hearings, and the page on which an official announces one: written, read as everybody will read
it, and only then published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from tongban.cases.inputs import Asking, checked
from tongban.cases.procedure import Context, Edge
from tongban.cases.refusal import Refusal
from tongban.cases.relations import related_to
from tongban.desk.actpages import Handed
from tongban.desk.forms import act_form
from tongban.desk.opening import Found
from tongban.gate import numbers
from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.registry import snapshot

from . import announcing
from .rows import HearingNotice

PAGE = 30
UNSENT = frozenset({"csrfmiddlewaretoken", "sure", "back"})


def shown(now: datetime, unit: str = "", matter: str = "") -> QuerySet[HearingNotice]:
    """The notices that stand, of one unit or one item where it is named."""
    found = HearingNotice.objects.filter(Q(shown_until__isnull=True) | Q(shown_until__gt=now))
    found = found.filter(unit_id=unit) if unit else found
    return found.filter(matter_id=matter) if matter else found


def ahead(now: datetime, unit: str = "", matter: str = "") -> bool:
    """Whether a hearing of this unit, or about this item, is announced and still to come."""
    return shown(now, unit, matter).filter(state="ahead", starts_at__gt=now).exists()


@allows("public")
@public_for(30)
def page(request: HttpRequest) -> HttpResponse:
    """What is to come, the soonest first; below it what is over, page by page."""
    registry, now = snapshot.current(), timezone.now()
    unit, matter = request.GET.get("unit", ""), request.GET.get("item", "")
    unit, matter = unit if unit in registry.units else "", matter if matter in registry.matters else ""
    at = max(1, numbers.number(request.GET.get("page", "")) or 1)
    rows, coming = shown(now, unit, matter), Q(state="ahead", starts_at__gt=now)
    past = list(rows.exclude(coming).order_by("-starts_at", "-pk")[(at - 1) * PAGE : at * PAGE + 1])
    query = {name: value for name, value in (("unit", unit), ("item", matter)) if value}
    context: dict[str, Any] = {
        "coming": rows.filter(coming) if at == 1 else [],
        "past": past[:PAGE],
        "unit": unit,
        "matter": matter,
        "at": at,
        "next": f"?{urlencode({**query, 'page': str(at + 1)})}" if len(past) > PAGE else "",
        "before": f"?{urlencode({**query, 'page': str(at - 1)})}" if at > 1 else "",
    }
    return render(request, "services/hearings/page.html", context)


# --- announcing ------------------------------------------------------------------------------------------------------


def edge_of(found: Found, offered: Sequence[Edge]) -> Edge:
    """The line by which this official can announce now. Raises Refusal with the reason where there is none."""
    edge = next((one for one in offered if one.act == "announce"), None)
    if edge is not None:
        return edge
    edge = found.procedure.decide("announce", found.case.state, frozenset(found.standing))
    raise announcing.can_announce(_context(found, {})) or Refusal("not_allowed", edge.label)


def _context(found: Found, payload: dict[str, Any]) -> Context:
    return Context(
        found.case, found.actor, payload, timezone.now(), found.registry, found.procedure, frozenset(found.standing),
        related=related_to(found.case),
    )  # fmt: skip


def _checked(found: Found, edge: Edge, said: dict[str, Any]) -> dict[str, Any]:
    """What was filled in, as it would be stored. Raises Refusal, as the kernel would."""
    payload = checked(edge, said, Asking(found.registry, found.case, found.actor, timezone.now()))
    refusal = announcing.can_announce(_context(found, payload))
    if refusal is not None:
        raise refusal
    return payload


def announce(request: HttpRequest, code: str, desk: Handed) -> HttpResponse:
    """The form, then the notice as everybody will read it, then published."""
    before = desk.repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = desk.find(request, code)
    desk.refuse_erased(found)
    edge = edge_of(found, desk.offered(found))
    asked = desk.ask_first(found)
    if asked is not None:
        return asked
    form = act_form(edge, found, request.POST if request.method == "POST" else None)

    def answer(now: Found, status: int = 200, **more: Any) -> HttpResponse:
        return render(request, desk.template, {"found": now, "case": now.case, "form": form, **more}, status=status)

    if request.method != "POST":
        return answer(found)
    if not form.is_valid():
        return answer(found, 422)
    try:
        said = _checked(found, edge, form.payload())
    except Refusal as refusal:
        form.refuse(refusal.message, refusal.field)
        return answer(found, refusal.status)
    if "back" in request.POST:
        return answer(found)
    if "sure" not in request.POST:
        notice = announcing.notice_of(found.case, said, timezone.now())
        given = [(name, value) for name, values in request.POST.lists() if name not in UNSENT for value in values]
        return answer(found, one=notice, given=given)
    try:
        performed = desk.take_step(found, form)
    except Refusal as refusal:
        now, _changes = desk.refused(found, form, refusal)
        return answer(now, refusal.status)
    return desk.done(request, found, performed)
