"""Whether a form was sent from a page of this house, for forms on pages that are the same for everybody and carry no
token (Fetch Metadata; RFC 6454, 7). Not for forms that act for somebody: those have Django's token."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest


def from_here(request: HttpRequest) -> bool:
    """Whether a browser sent this from a page of ours, or says nothing about it."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == request.get_host()
