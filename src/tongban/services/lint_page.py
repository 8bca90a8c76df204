"""What the law demands of a guide and a guide lacks, on a page of the desk: of all for an administrator, of what their
own units offer for whoever works there."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.gate.allow import actor_of, allows

from . import linting

MOST = 500
"""So many findings stand on the page; the command tells all."""


@allows("official")
def findings(request: HttpRequest) -> HttpResponse:
    """The findings by item, the worst first."""
    actor = actor_of(request)
    if actor.has_role("administrator"):
        found = linting.findings()
    else:
        units = sorted({unit for unit, _role in actor.posts})
        found = list(dict.fromkeys(one for unit in units for one in linting.findings(unit=unit)))
    wrong = sum(one.level == "wrong" for one in found)
    shown = sorted(found[:MOST], key=lambda one: one.matter)
    items = [(code, list(rows)) for code, rows in groupby(shown, key=lambda one: one.matter)]
    items.sort(key=lambda pair: -sum(one.level == "wrong" for one in pair[1]))
    context = {
        "items": items, "wrong": wrong, "doubts": len(found) - wrong, "left": len(found) - len(shown),
        "keeps": actor.has_role("administrator"),
    }  # fmt: skip
    return render(request, "services/keep/lint.html", context)
