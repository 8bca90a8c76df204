"""The search of every page over all rooms that can be searched: the first hits of each, and where the others stand.

Not for the index of any room: each searches its own (`gate.parts.SiteSearch`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from tongban.cases.inputs.one import Words
from tongban.gate.allow import allows
from tongban.gate.door import loaded, parts
from tongban.gate.keeping import public_for
from tongban.gate.parts import Hit, SiteSearch

LONGEST = 80
MOST = 5
COUNTED = 999
"""So many are counted exactly."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one room found, how many there are in all (None: it does not say), and the address of its own search page
    with the same words."""

    label: Words
    hits: list[Hit]
    address: str
    number: int | None = None

    @property
    def more_than_counted(self) -> bool:
        """Whether there are more than are counted exactly."""
        return self.number is not None and self.number > COUNTED


@allows("public")
@public_for(30)
def search(request: HttpRequest) -> HttpResponse:
    """The first hits of each room."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    found = []
    for part in parts(SiteSearch):
        hits = loaded(part.search)(words, MOST) if words else []
        number = loaded(part.count)(words) if hits and part.count else None
        address = f"{reverse(part.page)}?{urlencode({'q': words})}"
        found.append(Found(part.title or part.label, hits, address, number))
    return render(request, "portal/search.html", {"words": words, "found": [row for row in found if row.hits]})
