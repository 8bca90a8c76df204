"""The administrator's page of the record: who changed what of posts, accounts and the registry, why, and when.

Reading only: nothing here or elsewhere changes a row of it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from tongban.accounts.models import Official, Proposal, Role
from tongban.gate import numbers
from tongban.gate.allow import allows
from tongban.record.models import Change

from .registry_words import NAMES, told

PAGE = 50
KINDS = dict(Proposal.KINDS)


@allows("administrator")
def record(request: HttpRequest) -> HttpResponse:
    """The rows, newest first; found by unit, or by the sign-in name of who it was or did it."""
    query = request.GET.get("q", "").strip()[:150]
    rows = Change.objects.order_by("-pk")
    if query:
        number = Official.objects.filter(username=query).values_list("pk", flat=True).first()
        rows = rows.filter(Q(unit=query) | Q(about=number or 0) | Q(by=number or 0) | Q(second=number or 0))
    before = numbers.number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    more = f"?{urlencode({'q': query, 'before': str(page[PAGE - 1].pk)})}" if len(page) > PAGE else ""
    shown = [_told(row) for row in page[:PAGE]]
    return render(request, "registry/record.html", {"rows": shown, "q": query, "more": more})


def _told(row: Change) -> dict[str, Any]:
    private = row.private or {}
    details = private.get("details") or {}
    return {
        "row": row,
        "by": private.get("by", ""),
        "second": private.get("second", ""),
        "about": private.get("about", ""),
        "reason": private.get("reason", ""),
        "role": Role(row.role).label if row.role else "",
        "label": details.get("label", ""),
        "kind": KINDS.get(details.get("kind", ""), ""),
        "table": NAMES.get(row.table, row.table),
        "changes": [
            told(row.table, str(one.get("key", "")), one.get("fields") or {})
            for one in (details.get("changes") or [])[:20]
        ],
    }
