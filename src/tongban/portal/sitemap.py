"""The map of the public pages for search engines (sitemaps.org, protocol 0.9), and robots.txt.

The map is an index of chunks: each room lists its own pages (`gate.parts.Sitemap`), few enough that the page cache
keeps it. Nothing is in it that cannot be reached by links on public pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from tongban.gate.allow import allows
from tongban.gate.door import loaded, parts
from tongban.gate.keeping import public_for
from tongban.gate.parts import NavLink, Sitemap, SitemapUrl

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NOT_FOR_ROBOTS = ("/desk/", "/accounts/", "/language/", "/elder/", "/healthz")
OFFICIALS = ("account_login",)


def _xml(root: str, item: str, rows: Iterable[SitemapUrl]) -> HttpResponse:
    written = []
    for address, day in rows:
        changed = f"<lastmod>{day.isoformat()}</lastmod>" if day else ""
        written.append(f"<{item}><loc>{escape(settings.ORIGIN + address)}</loc>{changed}</{item}>")
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">' + "\n".join(written) + f"</{root}>\n"
    return HttpResponse(text, content_type="application/xml")


def _chunks(part: Sitemap) -> int:
    return int(loaded(part.chunks)()) if part.chunks else 1


def navigation(number: int) -> list[SitemapUrl]:
    """The pages that the residents' navigation and the foot of every page lead to."""
    names = dict.fromkeys(link.name for link in parts(NavLink) if link.name not in OFFICIALS)
    return [(reverse(name), None) for name in names]


@allows("public")
@public_for(3600)
def index(request: HttpRequest) -> HttpResponse:
    """Where the chunks are."""
    rows = [
        (reverse("portal:sitemap_chunk", args=(part.name, number)), None)
        for part in parts(Sitemap)
        for number in range(_chunks(part))
    ]
    return _xml("sitemapindex", "sitemap", rows)


@allows("public")
@public_for(3600)
def chunk(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The pages of one chunk."""
    for part in parts(Sitemap):
        if part.name == name and number < _chunks(part):
            return _xml("urlset", "url", loaded(part.urls)(number))
    raise Http404


@allows("public")
@public_for(3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What robots need not ask for, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines.append(f"Sitemap: {settings.ORIGIN}{reverse('portal:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
