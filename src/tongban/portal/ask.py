"""The box: somebody says once what happened or what they need, and is answered at once, without an account.

First the telephones that the words call for, then what every room answers (`gate.parts.Answering`), what rooms that do
not answer find by their search, and always a way on. The words stay in a sealed cookie of this browser for an hour
(`gate/asking.py`): they never stand in an address, in the database or in a log. Not for what the rooms know.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.gate import asking
from tongban.gate.allow import FORM, allows
from tongban.gate.choices import place_choices
from tongban.gate.door import loaded, parts, rooms
from tongban.gate.origin import from_here
from tongban.gate.parts import Answering, Asked, SiteSearch
from tongban.gate.rates import limited
from tongban.registry import snapshot

from . import helplines
from .search import LONGEST as LONGEST_QUERY
from .search import Found

HITS = 3


@dataclass(frozen=True, slots=True)
class Section:
    """What a room answers: its template and what that needs."""

    template: str
    context: dict[str, Any]


@csrf_exempt  # keeps words in the sender's own browser and changes nothing; the box stands on a page kept for everybody
@allows("public", FORM)
@limited("ask")
def ask(request: HttpRequest) -> HttpResponse:
    """GET answers what this browser said last; POST keeps what is said and leads there."""
    if request.method != "POST":
        return _answered(request, asking.kept(request))
    if not from_here(request):
        return render(request, "403.html", {"reason": _("这些内容不是从本站提交的，请在本站重新填写。")}, status=403)
    text = unicodedata.normalize("NFC", request.POST.get("text", "").replace("\x00", "")).strip()
    place = request.POST.get("place", "")
    asked = Asked(text, place if place in snapshot.current().places else "")
    if not text:
        return _box(request, asked, _("请先说说是什么事，几个字也行。"))
    if len(text) > asking.LONGEST:
        words = _("这里最多写 %(most)d 个字，您写了 %(number)d 个。请先说个大概，详细的写信时再写。")
        return _box(request, asked, words % {"most": asking.LONGEST, "number": len(text)})
    response = HttpResponse(status=303, headers={"Location": reverse("portal:ask")})
    return asking.keep(response, asked)


ask.allows, ask.methods = "public", FORM  # type: ignore[attr-defined]


def _context(asked: Asked | None, place: str = "") -> dict[str, Any]:
    registry = snapshot.current()
    return {
        "asked": asked,
        "place": place,
        "places": partial(place_choices, registry),  # asked for only where the page has no list of this version
        "version": registry.version,
        "longest": asking.LONGEST,
        "general": helplines.general(),
    }


def _box(request: HttpRequest, asked: Asked, error: str) -> HttpResponse:
    return render(request, "portal/ask/ask.html", {**_context(asked, asked.place), "error": error}, status=422)


def _answered(request: HttpRequest, said: Asked | None) -> HttpResponse:
    if said is None:
        return render(request, "portal/ask/ask.html", _context(None))
    asked = Asked(said.text, said.place or asking.place_named(said.text, snapshot.current()))
    answering = parts(Answering)
    answers = [(part, loaded(part.section)(asked)) for part in answering]
    hits = _hits(asked.text)
    context = {
        **_context(said, asked.place),
        "read_from_words": bool(asked.place and not said.place),
        "lines": helplines.called_for(asked.text),
        "answers": [Section(part.template, told) for part, told in answers if part.found and told is not None],
        "hits": hits,
        "ways_on": [Section(part.template, told) for part, told in answers if not part.found and told is not None],
    }
    return render(request, "portal/ask/ask.html", context)


def _hits(text: str) -> list[Found]:
    """What rooms find that can be searched and answer nothing of their own."""
    silent = [room for room in rooms() if not any(isinstance(part, Answering) for part in room.parts)]
    words = text[:LONGEST_QUERY]
    found = []
    for part in (part for room in silent for part in room.parts if isinstance(part, SiteSearch)):
        hits = loaded(part.search)(words, HITS)
        if hits:
            found.append(Found(part.label, hits, f"{reverse(part.page)}?{urlencode({'q': ''})}"))
    return found
