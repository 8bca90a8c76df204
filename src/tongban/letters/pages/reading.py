"""Published letters: lists, search, one letter. The same for everybody, kept by the page cache."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.gate.templatetags.tongban_names import place_name
from tongban.registry import snapshot
from tongban.text import fold

from .. import publishing
from ..models import PublishedLetter

PAGE = 20


def highlighted(text: str, query: str, width: int = 160) -> SafeString:
    """A part of `text` around the first word of `query`, with every word of the query marked."""
    words = [word for word in fold(query).split() if word]
    folded = fold(text)
    first = min((at for at in (folded.find(word) for word in words) if at >= 0), default=0)
    start = max(first - width // 3, 0)
    part, folded = text[start : start + width], folded[start : start + width]
    marked = [False] * len(part)
    for word in words:
        for match in re.finditer(re.escape(word), folded):
            marked[match.start() : match.end()] = [True] * (match.end() - match.start())
    out, inside = ["…" if start else ""], False
    for character, mark in zip(part, marked, strict=True):
        if mark != inside:
            out.append("<mark>" if mark else "</mark>")
            inside = mark
        out.append(escape(character))
    return mark_safe("".join(out) + ("</mark>" if inside else "") + ("…" if start + width < len(text) else ""))  # noqa: S308 -- escaped above


def _page(request: HttpRequest) -> dict[str, Any]:
    registry = snapshot.current()
    given = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "matter", "place", "unit")}
    rows = PublishedLetter.objects.all()
    if given["matter"] in registry.matters:
        rows = rows.filter(matter_id__in=list(registry.subtree("matters", given["matter"])))
    if given["place"] in registry.places:
        rows = rows.filter(place_id__in=list(registry.subtree("places", given["place"])))
    if given["unit"] in registry.units:
        rows = rows.filter(unit_id=given["unit"])
    if given["q"]:
        found = publishing.letter_ids(given["q"])
        rows = rows.filter(pk__in=found) if found is not None else rows.none()
    before = request.GET.get("before", "")
    if before and (key := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", before)):
        try:
            day = parse_date(key[1])
        except (ValueError, ValidationError):
            day = None
        if day is not None:
            rows = rows.filter(Q(answered_on__lt=day) | Q(answered_on=day, pk__lt=int(key[2])))
    letters = list(rows.order_by("-answered_on", "-pk")[: PAGE + 1])
    older = ""
    if len(letters) > PAGE:
        letters = letters[:PAGE]
        older = "?" + urlencode({**{name: value for name, value in given.items() if value}, "before": f"{letters[-1].answered_on}.{letters[-1].pk}"})
    first = "?" + urlencode({name: value for name, value in given.items() if value}) if before else ""
    return {
        "letters": [{"row": letter, "text": highlighted(letter.body, given["q"])} for letter in letters], "given": given, "older": older, "first": first,
        "matters": [registry.matters[code] for code in registry.children("matters", None) if not registry.matters[code].conduct],
        "places": [(code, place_name(code)) for root in registry.children("places", None) for code in registry.children("places", root)],
    }  # fmt: skip


@allows("public")
@public_for(30)
def published(request: HttpRequest) -> HttpResponse:
    """All published letters, newest answers first, filtered by matter, place and unit."""
    return render(request, "letters/published.html", _page(request))


@allows("public")
@public_for(30)
def search(request: HttpRequest) -> HttpResponse:
    """Published letters in which the words stand. A tracking code typed here leads to the tracking page."""
    from tongban.cases.receipts import CODE_LENGTH, plain

    query = request.GET.get("q", "")
    if re.fullmatch(r"[0-9A-Za-z -]{12,20}", query) and len(plain(query)) == CODE_LENGTH and any(ch.isdigit() for ch in query):
        return redirect(f"{_track()}?{urlencode({'code': plain(query)})}")
    return render(request, "letters/published.html", {**_page(request), "searching": True})


def _track() -> str:
    from django.urls import reverse

    return reverse("letters:track")


@allows("public")
@public_for(30)
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """One letter and its answer."""
    found = PublishedLetter.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return render(request, "letters/letter.html", {"letter": found})
