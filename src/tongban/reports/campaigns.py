"""Reports that may belong to one campaign, on one page of the desk, with what deciding on each would hit; chosen there
and handed to the desk's acting on many. Which belong together is for the official to say: names are grouped by what
they share, and nothing follows from it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tongban.cases import guards
from tongban.cases.access import standing
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_for
from tongban.desk import offers, opening
from tongban.gate.allow import allows

from . import effects, lists, rules, targets
from .guarding import Target, judged, target
from .harms import harms

MOST = 50
"""As many as the desk acts on in one go."""


@dataclass(frozen=True, slots=True)
class Row:
    """One report: its target with the host's scope, and what the guards say of it."""

    case: Case
    target: Target
    why: str
    second: bool
    same: bool
    """Whether it is the report from which the page was opened."""


@allows("official")
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """The open reports that may belong with this one. Opening the page is a look at this report."""
    found = opening.find(request, code)
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    cases = targets.campaign(found.case, found.actor, found.registry).order_by("state", "-pk")[: MOST + 1]
    rows, known = [], lists.current()
    for case in cases[:MOST]:
        site = effects.site_of(case)
        if not site:
            continue
        wanted = target(site, "host")
        harm = harms().get(case.matter_id)
        said = judged(wanted, harm, known) if harm is not None else None
        why = str(rules.WHY[said.refused]) % {"near": said.near} if said is not None and said.refused else ""
        rows.append(Row(case, target(site, "url"), why, bool(said and said.second), case.pk == found.case.pk))
    context = {
        "found": found,
        "case": found.case,
        "rows": rows,
        "more": len(cases) > MOST,
        "acts": _acts(rows, found),
    }
    return render(request, "reports/desk/campaign.html", context)


def _acts(rows: list[Row], found: opening.Found) -> list[object]:
    """The acts on many that are open to this official on at least one of the rows."""
    possible, now = set(), timezone.now()
    for row in rows:
        held = standing(found.actor, row.case, found.registry)
        edges = guards.offered(found.procedure, row.case, found.actor, held.keys(), found.registry, now)
        possible |= {edge.act for edge in edges}
    return [edge for edge in offers.in_bulk(procedure_for("report")) if edge.act in possible]
