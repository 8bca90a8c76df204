"""One step on several fields at once: ticked in a list, told here one by one. Each is a step of its own, with its own
record; what is refused for one stops no other.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.gate.allow import POST, allows
from tongban.gate.numbers import number

from .. import sets
from ..deciding import act_on
from ..models import Field
from ..words import ACTS
from .deciding_form import DecideForm
from .opening import Entered, enter

MOST = 200
TOGETHER = ("accept", "later", "decide")


@allows("official", POST)
def several(request: HttpRequest) -> HttpResponse:
    """`field`: code and version of each, joined by a colon; `all` stands for every field of the page that sent it
    (`here`). `do`: accept, later, decide."""
    entered = enter(request)
    act = request.POST.get("do", "")
    asked = request.POST.getlist("here" if "all" in request.POST else "field")
    marks = dict(_mark(text) for text in asked[:MOST])
    rows = list(
        entered.fields().filter(code__in=marks).select_related("source", "decision", "last_scan").order_by("pk")
    )
    context: dict[str, Any] = {"back": _back(request), "act": act, "title": ACTS.get(act, "")}
    if act not in TOGETHER or not rows:
        error = _("请先勾选字段。") if act in TOGETHER else _("没有这种操作。")
        return render(request, "protection/several.html", {**context, "error": error}, status=422)
    form = _form(request, entered, rows) if act == "decide" else None
    if form is not None and not form.is_valid():
        context |= {
            "form": form,
            "rows": [(row, f"{row.code}:{marks[row.code]}") for row in rows],
            "sets": sets.sets(sets.used_in(entered.fields())),
            "shown": form["set"].value(),
        }
        return render(request, "protection/several.html", context, status=422 if form.is_bound else 200)
    done, refused = [], []
    for row in rows:
        try:
            reason = form.cleaned_data["reason"] if form is not None else ""
            verdict = form.verdict(row) if form is not None else None
            act_on(row.code, act, entered.actor, version=marks[row.code], reason=reason, verdict=verdict)
            done.append(row)
        except Refusal as refusal:
            refused.append((row, str(refusal.message)))
    missing = len(marks) - len(rows)
    return render(request, "protection/several.html", {**context, "done": done, "refused": refused, "missing": missing})


def _form(request: HttpRequest, entered: Entered, rows: list[Field]) -> DecideForm:
    """The form: empty where the list has just sent the fields here, or where another set of classes is asked for."""
    every = sets.sets(sets.used_in(entered.fields()))
    asked = request.POST.get("choose", request.POST.get("set", ""))
    shown = sets.chosen(every, asked, rows[0].last_scan.profile)
    sent = "decided" in request.POST and "choose" not in request.POST
    return DecideForm(rows, shown, request.POST if sent else None)


def _mark(text: str) -> tuple[str, int]:
    code, _sign, version = text.partition(":")
    return code[:20], number(version) or 0


def _back(request: HttpRequest) -> str:
    """The list that the fields were ticked in."""
    asked = request.POST.get("next", "")
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else reverse("protection:review")
