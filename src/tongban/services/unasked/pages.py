"""The desk's pages of granting without asking: the lists of one's units, one list, confirming and leaving out.

Who may: handlers and heads of the unit that is responsible. Whoever opens a page of a list has seen its people: that is
kept with each row and goes along into its case.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.numbers import number

from .. import judging, questions
from . import granting
from .models import UnaskedList, UnaskedRow

PAGE = 50
ROLES = ("handler", "head", "clerk")


def units_of(actor: Actor) -> list[str]:
    """The units whose lists an official works on."""
    return list(dict.fromkeys(unit for unit, role in actor.posts if role in ROLES))


@allows("official")
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of one's units, the newest first."""
    waiting = Count("rows", filter=Q(rows__state="waiting"))
    rows = UnaskedList.objects.filter(unit__in=units_of(actor_of(request))).annotate(
        waiting=waiting, granted=Count("rows", filter=Q(rows__state="granted"))
    )
    before = number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(request, "services/unasked/lists.html", {"rows": found[:PAGE], "older": older})


@allows("official", FORM)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One list, a page of its rows. POST with `confirm` grants the chosen rows, with `confirm_all` all that wait, with
    `leave_out` refuses the chosen ones, with a reason."""
    actor = actor_of(request)
    made = UnaskedList.objects.filter(pk=pk, unit__in=units_of(actor)).first()
    if made is None:
        raise Http404
    if request.method == "POST":
        problem = _done(request, made, actor)
        if not problem:
            return redirect("entitled_desk:unasked_list", pk)
        return _shown(request, made, actor, problem, 422)
    return _shown(request, made, actor)


def _done(request: HttpRequest, made: UnaskedList, actor: Actor) -> str:
    """What was asked for is done; what is wrong with it, in words."""
    official = actor.official_id
    assert official is not None
    chosen = [found for text in request.POST.getlist("row") if (found := number(text)) is not None]
    everybody = "confirm_all" in request.POST
    if not chosen and not everybody:
        return _("请先勾选。")
    if "leave_out" in request.POST:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            return _("请写明不给予的理由。")
        done = granting.leave_out(made, official, chosen, reason)
        messages.success(request, _("已从名单去掉 %(n)d 人。") % {"n": done})
        return ""
    done = granting.confirm(made, official, None if everybody else chosen)
    granting.grant_confirmed(granting.AT_ONCE)
    left = UnaskedRow.objects.filter(roll=made, state="confirmed").count()
    words = _("已确认 %(n)d 人。") % {"n": done}
    messages.success(request, words + (_("其中 %(left)d 人正在办理，稍后会办完。") % {"left": left} if left else ""))
    return ""


def _shown(request: HttpRequest, made: UnaskedList, actor: Actor, problem: str = "", status: int = 200) -> HttpResponse:
    rows = UnaskedRow.objects.filter(roll=made).select_related("case")
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "waiting")
    after = number(request.GET.get("after", "")) or 0
    found = list(rows.filter(state=state, pk__gt=after).order_by("pk")[: PAGE + 1])
    _seen(found[:PAGE], actor, made)
    context: dict[str, Any] = {
        "made": made,
        "rows": [_row(row, made) for row in found[:PAGE]],
        "states": [(name, label, counts.get(name, 0)) for name, label in UnaskedRow.STATES],
        "state": state,
        "next": f"?state={state}&after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "problem": problem,
        "judged": judging.judged(made.matter_id, {}, made.place_id),
    }
    return render(request, "services/unasked/list.html", context, status=status)


def _row(row: UnaskedRow, made: UnaskedList) -> dict[str, Any]:
    from ..on_desk import answers_of

    said = dict(row.private or {})
    id_number = str(said.get("id_number") or "")
    return {
        "row": row,
        "name": said.get("name") or "",
        "id_number": f"{id_number[:6]}{'*' * 8}{id_number[-4:]}" if id_number else "",
        "told": bool(said.get("phone") or said.get("email")),
        "answers": answers_of(said.get("facts") or {}),
        "judged": judging.judged(made.matter_id, questions.read_facts(said.get("facts") or {}), made.place_id)
        if said
        else None,
    }


def _seen(rows: list[UnaskedRow], actor: Actor, made: UnaskedList) -> None:
    """Keep who saw these people, once a day for each official."""
    look = {"official": actor.official_id, "unit": made.unit_id, "day": timezone.localdate().isoformat()}
    new = [row for row in rows if row.private is not None and look not in row.looks]
    for row in new:
        row.looks = [*row.looks, look]
    UnaskedRow.objects.bulk_update(new, ["looks"])
