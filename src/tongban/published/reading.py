"""The public pages of one kind of case: the list, its search, one case. The same for everybody, kept by the page cache.

A door mounts them by `urls.routes`, which gives each view its kind. Which cases, in which order: `listing.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import procedure_for
from tongban.cases.receipts import CODE_LENGTH, plain
from tongban.gate.allow import allows
from tongban.gate.choices import Groups, place_choices
from tongban.gate.keeping import public_for
from tongban.gate.script import as_read, written_in
from tongban.gate.templatetags.tongban_names import matter_name, unit_name
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.tables import csv_bytes

from . import listing
from .excerpts import highlighted
from .listing import Wanted
from .models import PublishedCase
from .parts import Publication, publication
from .similar import similar

MOST_ALIKE = 5
CSV = (
    "slug", "subject", "matter_id", "place_id", "unit_id", "submitted_on", "answered_on", "corrected_on", "grade",
    "useful", "met",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the list: its title and an excerpt as they are read, and who answered when."""

    row: PublishedCase
    title: SafeString
    text: SafeString
    answered: str


def _page(request: HttpRequest, shown: Publication) -> dict[str, Any]:
    registry, wanted = snapshot.current(), Wanted.of(request, shown.kind)
    given, found, number = wanted.given, listing.page(wanted), wanted.count()
    return {
        "publication": shown,
        "rows": [_item(row, given["q"], shown) for row in found.rows],
        "given": given,
        "count": min(number, listing.COUNTED),
        "more_than_counted": number > listing.COUNTED,
        "sorts": [(name, SORTED[name], wanted.address(sort=name), name == wanted.sort) for name in _sorts(wanted)],
        "sort": wanted.sort,
        "filtered": wanted.filtered,
        "unfiltered": wanted.address(matter="", place="", unit="", year=""),
        "only_ranked": wanted.sort == "best" and number > listing.RANKED,
        "by_date": wanted.address(sort="new"),
        "query": wanted.address(),
        "csv": f"{shown.where.rstrip('/')}.csv",
        "ranked": listing.RANKED,
        "alike": [] if found.rows or not given["q"] else _alike(given["q"], shown),
        "older": wanted.address(before=found.after) if found.after else "",
        "first": wanted.address() if wanted.before else "",
        "matters": _matters(registry),
        "places": place_choices(registry),
        "years": listing.years(shown.kind),
    }


SORTED = {"best": _("最相关"), "new": _("最新"), "useful": _("最有用")}


def _sorts(wanted: Wanted) -> list[str]:
    return [name for name in listing.SORTS if name != "best" or wanted.given["q"]]


def _item(row: PublishedCase, query: str, shown: Publication) -> Item:
    title = highlighted(as_read(row.subject), query, len(row.subject) * 3)
    return Item(row, title, highlighted(as_read(row.body), query), _answered(row, shown))


def _alike(query: str, shown: Publication) -> list[Item]:
    """What is about something like it, where no case has the very words."""
    return [_item(row, "", shown) for row in similar(query, kind=shown.kind, most=MOST_ALIKE)]


def _matters(registry: Snapshot) -> Groups:
    """The matters that can be chosen, each root before what stands below it."""
    groups = []
    for root in registry.children("matters", None):
        if not registry.matters[root].conduct:
            below = [
                code
                for code in registry.subtree("matters", root)
                if code != root and not registry.matters[code].conduct
            ]
            every = pgettext("all matters below one", "%(matter)s（全部）") % {"matter": matter_name(root)}
            groups.append((matter_name(root), [(root, every), *((code, matter_name(code)) for code in below)]))
    return groups


def _answered(row: PublishedCase, shown: Publication) -> str:
    return str(shown.words.answered) % {"unit": unit_name(row.unit_id), "day": row.answered_on.isoformat()}


@allows("public")
@public_for(30)
def published(request: HttpRequest, kind: str) -> HttpResponse:
    """All published cases of a kind, newest answers first, filtered by matter, place and unit."""
    return render(request, "published/list.html", _page(request, publication(kind)))


@allows("public")
@public_for(30)
def search(request: HttpRequest, kind: str) -> HttpResponse:
    """Published cases in which the words stand. A tracking code typed here leads to where cases of the kind are
    followed."""
    query, follow = request.GET.get("q", ""), procedure_for(kind).follow
    code = plain(query) if re.fullmatch(r"[0-9A-Za-z -]{12,20}", query) else ""
    if follow and len(code) == CODE_LENGTH and any(character.isdigit() for character in query):
        return redirect(f"{follow}?{urlencode({'code': code})}")
    return render(request, "published/list.html", {**_page(request, publication(kind)), "searching": True})


@allows("public")
@public_for(60)
def published_csv(request: HttpRequest, kind: str) -> HttpResponse:
    """What the list has with the same query, newest answers first, as CSV: titles as they were written, what readers
    counted, no texts. The newest `listing.MOST_IN_A_FILE`; programs read all from the API."""
    found = Wanted.of(request, kind).rows.order_by("-answered_on", "-pk").values_list(*CSV)
    head = [name.removesuffix("_id") for name in CSV]
    rows = csv_bytes([head, *found[: listing.MOST_IN_A_FILE]])
    response = HttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="published-{kind}.csv"'
    return response


@allows("public")
@public_for(30)
def case(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One published case and its answer, in the reader's script; with `?text=original` as they were written."""
    found = PublishedCase.objects.filter(kind=kind, slug=slug).first()
    if found is None:
        raise Http404
    shown = publication(kind)
    corrected = shown.words.waiting if found.waiting else shown.words.corrected
    written = {name: getattr(found, name) for name in ("subject", "body", "answer")}
    read = {name: as_read(text) for name, text in written.items()}
    original = request.GET.get("text") == "original"
    context = {
        "said": written if original else read,
        "tongue": written_in("\n".join(written.values())) if original or get_language() == "en" else "",
        "converted": read != written,
        "original": original,
        "done": request.GET.get("done", ""),
        "canonical": f"{settings.ORIGIN}{found.address}",
        "row": found,
        "publication": shown,
        "text": shown.label("body"),
        "answer": shown.label("answer"),
        "corrected": str(corrected) % {"day": found.corrected_on.isoformat()} if found.corrected_on else "",
    }
    return render(request, "published/case.html", context)
