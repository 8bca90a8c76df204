"""What was decided, newest first; the last step on a field can be taken back here. Also the one page of the catalogue
that a unit's head opens: the steps of the last days, without samples.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.numbers import number
from tongban.registry import snapshot

from .. import access, listing, undoing
from ..models import Decision

SIZE = 30


@allows("official", FORM)
def decisions(request: HttpRequest) -> HttpResponse:
    """The steps; POST takes `step`, the last one on `field`, back."""
    actor, registry, now = actor_of(request), snapshot.current(), timezone.now()
    access.need_officer_or_head(actor, registry)
    error, status, reason = "", 200, request.POST.get("reason", "")
    if request.method == "POST":
        step = number(request.POST.get("step", "")) or 0
        try:
            undoing.undo(request.POST.get("field", ""), actor, step=step, reason=reason)
            messages.success(request, _("已撤销，字段恢复到这一步之前的样子。"))
            back = request.POST.get("next", "")
            safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
            return HttpResponseRedirect(back if safe else reverse("protection:decisions"))
        except Refusal as refusal:
            error, status = str(refusal.message), refusal.status
    every = access.decisions_for(actor, registry, undoing.since(now)).select_related(
        "field__source", "official", "undoes__official"
    )
    page = listing.page(
        every, request.GET.get("after", ""), request.GET.get("before", ""), size=SIZE, newest_first=True
    )
    officer = access.seen_units(actor, registry)
    context = {
        "rows": [(made, _may(made, actor, now), made.field.source.unit_id in officer) for made in page.rows],
        "officer": bool(officer),
        "own": actor.official_id,
        "days": undoing.days(),
        "error": error,
        "asked": number(request.POST.get("step", "")) or 0,
        "reason": reason,
        "previous": f"?before={page.previous}" if page.previous else "",
        "next": f"?after={page.next}" if page.next else "",
    }
    return render(request, "protection/decisions.html", context, status=status)


def _may(made: Decision, actor: Actor, now: datetime) -> bool:
    """Whether the page offers to take this step back."""
    last = undoing.last_step(made.field)
    if last is None or last.pk != made.pk:
        return False
    return undoing.why_not(made, made.field.source.unit_id, actor, now) is None
