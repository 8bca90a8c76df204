"""The public pages: the catalogue of services looked through in several ways, and the guide of one item (办事指南).

The same for everybody and kept for half a minute, without token or session. Applying and following are the counter's.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.counter import said
from tongban.gate import numbers
from tongban.gate.allow import POST, allows
from tongban.gate.choices import place_choices
from tongban.gate.keeping import public_for
from tongban.gate.origin import from_here
from tongban.gate.rates import limited
from tongban.registry import snapshot
from tongban.registry.names import unit_name

from . import cpsv, finding, guides, reading
from .bundle_guides import bundle_guide
from .events import event_words
from .finding import Wanted
from .hearings import pages as hearings
from .models import Item

PAGE = 50
LONGEST = 80
FEW = 400
"""So many items are shown on one page of names; more are shown letter by letter."""


@allows("public")
@public_for(30)
def catalogue(request: HttpRequest) -> HttpResponse:
    """The catalogue: by what happened, and what was found by words, event, unit, place, type, or the first sound."""
    wanted = wanted_of(request)
    context: dict[str, Any] = {"wanted": wanted, "types": finding.types(), "subjects": Item.SUBJECTS}
    if not wanted.anything:
        return render(
            request, "services/catalogue.html", {**context, "events": finding.by_event(), "bundles": finding.bundles()}
        )
    rows = finding.found(wanted)
    at = max(1, numbers.number(request.GET.get("page", "")) or 1)
    query = {name: str(value) for name, value in request.GET.items() if name != "page"}
    context |= {
        "rows": rows[(at - 1) * PAGE : at * PAGE],
        "count": len(rows),
        "heading": _heading(wanted),
        "bundles": finding.bundles(wanted.event) if wanted.event and at == 1 else [],
        "next": f"?{urlencode({**query, 'page': str(at + 1)})}" if len(rows) > at * PAGE else "",
        "before": f"?{urlencode({**query, 'page': str(at - 1)})}" if at > 1 else "",
        "places": place_choices(snapshot.current()),
        "hearings": bool(wanted.unit) and hearings.ahead(timezone.now(), unit=wanted.unit),
    }
    return render(request, "services/found.html", context)


def wanted_of(request: HttpRequest) -> Wanted:
    """What the address asks for."""
    said = {
        name: request.GET.get(name, "").strip()[:LONGEST] for name in Wanted.__dataclass_fields__ if name != "words"
    }
    return Wanted(words=request.GET.get("q", "").strip()[:LONGEST], **said)


def _heading(wanted: Wanted) -> str:
    registry = snapshot.current()
    if wanted.words:
        return _("搜索“%(words)s”") % {"words": wanted.words}
    if wanted.event:
        return event_words(wanted.event)
    if wanted.unit in registry.units:
        return unit_name(wanted.unit)
    if wanted.letter:
        return wanted.letter
    return _("查找结果")


@allows("public")
@public_for(30)
def letters(request: HttpRequest) -> HttpResponse:
    """Every item by the first sound of its name (拼音首字母)."""
    found = finding.by_letter()
    letter = request.GET.get("letter", "")
    many = sum(map(len, found.values())) > FEW
    if many:
        letter = letter if letter in found else next(iter(found), "")
    shown = {letter: found[letter]} if many and letter else found
    return render(request, "services/letters.html", {"letters": list(found), "shown": shown, "many": many})


@allows("public")
@public_for(30)
def units(request: HttpRequest) -> HttpResponse:
    """Who offers something for a place."""
    registry = snapshot.current()
    place = request.GET.get("place", "")
    chosen = place if place in registry.places else ""
    context = {"place": chosen, "places": place_choices(registry), "units": finding.by_unit(chosen) if chosen else []}
    return render(request, "services/units.html", context)


@allows("public")
@public_for(30)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one item: can I, what do I need, how long, what does it cost, where, what then."""
    place = request.GET.get("place", "")
    whole = bundle_guide(code, place)
    if whole is not None:
        return render(request, "services/bundle.html", {"guide": whole})
    found = guides.guide(code, place, _day(request.GET.get("day", "")))
    if found is None:
        raise Http404
    context = {"guide": found, "item": found.item, "hearings": hearings.ahead(timezone.now(), matter=code)}
    return render(request, "services/guide.html", context)


@allows("public")
@public_for(30)
def linked_data(request: HttpRequest, code: str) -> HttpResponse:
    """The same as CPSV-AP 3.2 in JSON-LD."""
    found = guides.guide(code, request.GET.get("place", ""))
    if found is None:
        raise Http404
    text = json.dumps(cpsv.document(found, settings.ORIGIN), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/ld+json; charset=utf-8")


@csrf_exempt  # begins a draft in the sender's own browser; the button stands on a page that is kept for everybody
@allows("public", POST)
@limited("upload")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an application, or a bundle, with what and the place that a guide names."""
    if not from_here(request):
        return render(request, "403.html", {"reason": _("这些内容不是从本站提交的，请在本站重新填写。")}, status=403)
    whole = request.POST.get("matter", "") in reading.current().bundles
    return said.carry(request, "bundle" if whole else "application")


begin.allows, begin.methods = "public", POST  # type: ignore[attr-defined]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
