"""The explaining page on a port of its own: whoever opens a listed name is led here by the resolver, and whatever name
the browser asks for (Host), the page about that name comes.

A WSGI application beside Django's own: it takes any Host, sets no cookie, follows no link, writes no log, and keeps
nothing of the visitor. Status 451 (RFC 7725) where a decision holds, 404 where none does, so that no program takes the
page for the site's own. Served by `tongban blocked serve`; https cannot be explained, because nobody has the name's
certificate.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import DatabaseError, close_old_connections  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from tongban.webaddr import BadAddress, parse  # noqa: E402

from . import register  # noqa: E402
from .guarding import defanged  # noqa: E402
from .harms import harms  # noqa: E402

STYLE = "/.tongban/page.css"
"""Where the page's style is, on every host; no site has anything there."""
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
]
Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """The WSGI application."""
    path = str(environ.get("PATH_INFO") or "/")
    if path == STYLE:
        return _answer(environ, start_response, "200 OK", "text/css; charset=utf-8", _style(), kept=True)
    language = _language(environ)
    try:
        status, text = explained(_asked(environ, path), language)
    except DatabaseError:
        close_old_connections()  # the next visitor gets a new one
        status, text = "503 Service Unavailable", _page("unavailable.html", language, {})
    body = text.encode()
    return _answer(environ, start_response, status, "text/html; charset=utf-8", body, language)


def explained(asked: str, language: str) -> tuple[str, str]:
    """The status and the page for an address that somebody opened."""
    try:
        shown = defanged(parse(asked).host)
    except BadAddress:
        shown = ""
    rows = register.holding(asked) if shown else []
    holds = any(row.state == "in_force" for row in rows)
    context = {
        "shown": shown,
        "rows": [{"row": row, "name": defanged(row.name), "harm": harms().get(row.harm)} for row in rows],
        "link": f"{settings.ORIGIN}{reverse('counter:new_report_objection')}",
    }
    status = "451 Unavailable For Legal Reasons" if holds else "404 Not Found"
    return status, _page("explained.html", language, context)


def _page(template: str, language: str, context: dict[str, Any]) -> str:
    with translation.override(language):
        return render_to_string(
            f"reports/{template}",
            {
                **context,
                "language": language,
                "languages": settings.LANGUAGES,
                "site": settings.SITE_NAME,
                "origin": settings.ORIGIN,
                "sheet": STYLE,
            },
        )


def _asked(environ: dict[str, Any], path: str) -> str:
    host = str(environ.get("HTTP_HOST") or "").strip()[:300]
    query = str(environ.get("QUERY_STRING") or "")
    if _chosen(query):
        query = ""
    # WSGI gives the path as Latin-1 of its bytes, without escapes; what a browser sent is what it stands for.
    raw = path.encode("latin-1", "replace").decode("utf-8", "replace")
    return f"http://{host}{raw}{'?' + query if query else ''}"[:4000]


def _chosen(query: str) -> str:
    found = parse_qs(query).get("tongban-language", [""])[0]
    return found if found in LANGUAGES else ""


def _language(environ: dict[str, Any]) -> str:
    return _chosen(str(environ.get("QUERY_STRING") or "")) or wished(str(environ.get("HTTP_ACCEPT_LANGUAGE") or ""))


def wished(header: str) -> str:
    """The first of our languages in an Accept-Language header; Simplified Chinese where there is none."""
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            return "zh-hant"
        if tag.startswith("zh"):
            return "zh-hans"
        if tag.startswith("en"):
            return "en"
    return "zh-hans"


@cache
def _style() -> bytes:
    return (Path(__file__).parent / "data" / "explained.css").read_bytes()


def _answer(
    environ: dict[str, Any],
    start_response: Start,
    status: str,
    kind: str,
    body: bytes,
    language: str = "",
    kept: bool = False,
) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *HEADERS]
    if language:
        headers += [("Content-Language", language), ("Vary", "Accept-Language")]
    if status.startswith("451"):
        headers.append(("Link", f'<{settings.ORIGIN}>; rel="blocked-by"'))
    if kept:
        headers = [one for one in headers if one[0] != "Cache-Control"] + [("Cache-Control", "max-age=300")]
    start_response(status, headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
