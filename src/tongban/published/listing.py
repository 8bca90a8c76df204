"""The published cases of a kind that somebody asks for: by words, matter, place, unit and year; how many there are, in
which order, and page by page without losing any.

Not for pages (`reading.py`) nor for what is alike but holds no word (`similar.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from tongban.registry import snapshot
from tongban.text import fold

from . import index
from .models import PublishedCase

PAGE = 20
COUNTED = 999
"""So many are counted exactly."""
RANKED = 400
"""So many of the newest with the words in them are put into the order of how well they fit."""
MOST_IN_A_FILE = 5_000
SORTS = ("best", "new", "useful")
GIVEN = ("q", "matter", "place", "unit", "year")
IN_SUBJECT, IN_ANSWER, MOST_TIMES = 10, 2, 3
"""What a word weighs in the title, in the answer, and at most in the text, where each time weighs 1. House rule."""


@dataclass(frozen=True)
class Wanted:
    """What an address asks for; what it says and nobody understands is left away."""

    kind: str
    given: Mapping[str, str]
    sort: str
    before: str

    @classmethod
    def of(cls, request: HttpRequest, kind: str) -> Wanted:
        """Read from the query."""
        given = {name: request.GET.get(name, "").strip()[:80] for name in GIVEN}
        registry = snapshot.current()
        for name, known in (("matter", registry.matters), ("place", registry.places), ("unit", registry.units)):
            given[name] = given[name] if given[name] in known else ""
        given["year"] = given["year"] if re.fullmatch(r"20[0-9]{2}", given["year"]) else ""
        sort = request.GET.get("sort", "")
        usual = "best" if given["q"] else "new"
        sort = sort if sort in SORTS and (sort != "best" or given["q"]) else usual
        return cls(kind, given, sort, request.GET.get("before", "")[:40])

    def address(self, **other: str) -> str:
        """The query of the same list with something else in it; without the page unless it is given."""
        usual = "best" if other.get("q", self.given["q"]) else "new"
        values = {**self.given, "sort": self.sort, **other}
        if values["sort"] == usual:
            values["sort"] = ""
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def filtered(self) -> bool:
        """Whether it is narrowed by more than words."""
        return any(self.given[name] for name in GIVEN[1:])

    @cached_property
    def rows(self) -> QuerySet[PublishedCase]:
        """All that is asked for, in no order."""
        registry, given = snapshot.current(), self.given
        rows = PublishedCase.objects.filter(kind=self.kind)
        if given["matter"]:
            rows = rows.filter(matter_id__in=list(registry.subtree("matters", given["matter"])))
        if given["place"]:
            rows = rows.filter(place_id__in=list(registry.subtree("places", given["place"])))
        if given["unit"]:
            rows = rows.filter(unit_id=given["unit"])
        if given["year"]:
            rows = rows.filter(answered_on__gte=f"{given['year']}-01-01", answered_on__lte=f"{given['year']}-12-31")
        if given["q"]:
            found = index.matching(given["q"])
            rows = rows.filter(pk__in=found) if found is not None else rows.none()
        return rows

    def count(self) -> int:
        """How many there are; `COUNTED` + 1 for more than `COUNTED`."""
        return self.rows.values("pk")[: COUNTED + 1].count()


@dataclass(frozen=True)
class Page:
    """A page of the list, and the key after which the next one begins ("" where there is none)."""

    rows: list[PublishedCase]
    after: str


def page(wanted: Wanted) -> Page:
    """The page that is asked for."""
    return {"best": _best, "useful": _useful, "new": _newest}[wanted.sort](wanted)


def years(kind: str) -> list[int]:
    """The years in which something of the kind was answered, the last first."""
    days = PublishedCase.objects.filter(kind=kind).order_by("-answered_on", "-pk").values_list("answered_on", flat=True)
    last, first = days.first(), days.last()  # each end of an index: a million rows are not gone over
    return list(range(last.year, first.year - 1, -1)) if last and first else []


def _newest(wanted: Wanted) -> Page:
    rows, key = wanted.rows, re.fullmatch(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", wanted.before)
    try:
        day = parse_date(key[1]) if key else None
    except ValueError:
        day = None
    if key is not None and day is not None:
        rows = rows.filter(Q(answered_on__lt=day) | Q(answered_on=day, pk__lt=int(key[2])))
    found = list(rows.order_by("-answered_on", "-pk")[: PAGE + 1])
    return _cut(found, lambda row: f"{row.answered_on}.{row.pk}")


def _useful(wanted: Wanted) -> Page:
    rows, key = wanted.rows, _numbers(wanted.before)
    if key is not None:
        rows = rows.filter(Q(useful__lt=key[0]) | Q(useful=key[0], pk__lt=key[1]))
    found = list(rows.order_by("-useful", "-pk")[: PAGE + 1])
    return _cut(found, lambda row: f"{row.useful}.{row.pk}")


def _best(wanted: Wanted) -> Page:
    """Those that fit best first, of equals the newest. A whole number is the key, so that a page begins where the one
    before ended."""
    words = [word for word in fold(wanted.given["q"]).split() if word]
    newest = wanted.rows.order_by("-answered_on", "-pk").values_list("pk", "subject", "body", "answer")[:RANKED]
    scored = sorted(((_score(words, *texts), pk) for pk, *texts in newest), reverse=True)
    key = _numbers(wanted.before)
    chosen = [pair for pair in scored if key is None or pair < key][: PAGE + 1]
    there, scores = PublishedCase.objects.in_bulk([pk for _score, pk in chosen]), {pk: score for score, pk in chosen}
    return _cut([there[pk] for _score, pk in chosen if pk in there], lambda row: f"{scores[row.pk]}.{row.pk}")


def _score(words: list[str], subject: str, body: str, answer: str) -> int:
    subject, body, answer = fold(subject), fold(body), fold(answer)
    return sum(
        IN_SUBJECT * (word in subject) + min(MOST_TIMES, body.count(word)) + IN_ANSWER * (word in answer)
        for word in words
    )


def _numbers(given: str) -> tuple[int, int] | None:
    key = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,18})", given)
    return (int(key[1]), int(key[2])) if key else None


def _cut(found: list[PublishedCase], key: Callable[[PublishedCase], str]) -> Page:
    more = len(found) > PAGE
    return Page(found[:PAGE], key(found[PAGE - 1]) if more else "")
