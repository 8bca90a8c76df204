"""The addresses of the public pages, for the `urlpatterns` of a door."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import readers, reading


def routes(
    kind: str, where: str, *, search: str = "", names: tuple[str, str, str] = ("published", "public_case", "search")
) -> list[URLPattern]:
    """The list of what is published of a kind at `where` (without a slash before it, with one at its end) and as CSV,
    each case below it with what its readers can do, and the search of the list at `search` where it is to have an
    address of its own.

    `names`: what the three routes are called.
    """
    fixed = {"kind": kind}
    found = [
        path(f"{where.rstrip('/')}.csv", reading.published_csv, fixed, name=f"{names[0]}_csv"),
        path(where, reading.published, fixed, name=names[0]),
        path(f"{where}<slug:slug>/", reading.case, fixed, name=names[1]),
        path(f"{where}<slug:slug>/useful/", readers.useful, fixed, name=f"{names[1]}_useful"),
        path(f"{where}<slug:slug>/met/", readers.met, fixed, name=f"{names[1]}_met"),
    ]
    return [*found, path(search, reading.search, fixed, name=names[2])] if search else found
