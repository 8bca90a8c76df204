"""What the site's own search and its sitemap show of published cases: of every kind, or of one.

The addresses come from each kind's `Publication`; cases of a kind that no door publishes any more are left out. For a
door's parts `SiteSearch` and `Sitemap`. Not for the list's own page: `reading.py`.
"""

from __future__ import annotations

from collections import Counter

from django.db.models import Max, QuerySet

from tongban.gate.parts import Hit, SitemapUrl
from tongban.gate.script import as_read
from tongban.gate.templatetags.tongban_names import place_line, unit_name

from . import index
from .listing import COUNTED
from .models import PublishedCase
from .parts import publications

CHUNK = 2_000
"""Keys that one file of the sitemap goes over: so few that the page cache keeps it (`portal/pagecache.py`);
sitemaps.org allows 50,000."""


def _public(kind: str | None) -> QuerySet[PublishedCase]:
    kinds = [one.kind for one in publications() if kind in (None, one.kind)]
    return PublishedCase.objects.filter(kind__in=kinds)


def latest(most: int, kind: str | None = None) -> list[PublishedCase]:
    """The cases with the newest answers, at most `most`."""
    return list(_public(kind).order_by("-answered_on", "-pk")[:most])


def topics(most: int, among: int = 2_000) -> list[tuple[str, str, int]]:
    """What the newest published cases are about most: pairs of a matter's code and the address of its list, with how
    many there are; at most `most`."""
    where = {one.kind: one.where for one in reversed(publications())}
    newest = _public(None).order_by("-answered_on", "-pk").values_list("matter_id", "kind")[:among]
    counted = Counter(newest).most_common()
    return [(matter, f"{where[of]}?matter={matter}", number) for (matter, of), number in counted[:most]]


def hits(words: str, most: int, kind: str | None = None) -> list[Hit]:
    """The published cases in which every word stands, newest answers first, at most `most`."""
    found = index.matching(words)
    if found is None:
        return []
    rows = _public(kind).filter(pk__in=found).order_by("-answered_on", "-pk")[:most]
    return [Hit(as_read(row.subject), row.address, _about(row)) for row in rows]


def _about(row: PublishedCase) -> str:
    """What tells two cases of one title apart."""
    return f"{place_line(row.place_id)} · {unit_name(row.unit_id)} · {row.answered_on}"


def number(words: str, kind: str | None = None) -> int:
    """How many published cases hold every word; one above `listing.COUNTED` for more."""
    found = index.matching(words)
    return _public(kind).filter(pk__in=found).values("pk")[: COUNTED + 1].count() if found is not None else 0


def chunks() -> int:
    """How many files the sitemap of published cases has: each goes over the next `CHUNK` keys."""
    last: int = PublishedCase.objects.aggregate(last=Max("pk"))["last"] or 0
    return last // CHUNK + 1


def urls(chunk: int, kind: str | None = None) -> list[SitemapUrl]:
    """The address of every published case of a chunk, from 0, and the day of its answer or of its correction."""
    where = {one.kind: one.where for one in publications()}
    rows = _public(kind).filter(pk__gte=chunk * CHUNK, pk__lt=(chunk + 1) * CHUNK).order_by("pk")
    found = rows.values_list("kind", "slug", "answered_on", "corrected_on")
    return [(f"{where[of]}{slug}/", corrected or answered) for of, slug, answered, corrected in found]
