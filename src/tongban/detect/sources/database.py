"""Reads databases for a scanner: read only, in batches, never a table in memory. The address is never
shown with its password."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from .anydatabase import read_any
from .mysql import read_mysql
from .pieces import DONE, Limits, Pieces, Place, SourceError
from .sqlite import read_sqlite


def read_database(
    url: str,
    *,
    tables: Sequence[str] | None = None,
    sample: int | None = None,
    resume_at: str | None = None,
    limits: Limits | None = None,
) -> Pieces:
    """Batches of rows of the tables of a database, table by table in the order of their names.

    `url`: sqlite:///path, postgresql://…, mysql://… or mariadb://…, or any other URL of SQLAlchemy. `tables`: names,
    with or without schema; None for all. `sample`: at most so many rows of each table, drawn as sqltables.py says.
    `resume_at`: the `at` of the last piece that was dealt with, of a reading with the same arguments. SourceError if
    the database can't be reached; it never holds a password.
    """
    if sample is not None and sample < 1:
        raise SourceError("sample_size")
    return _read(url, tables, sample, _resumed(resume_at), limits or Limits())


def _resumed(resume_at: str | None) -> Any:
    if resume_at is None:
        return None
    try:
        return json.loads(resume_at)
    except ValueError:
        raise SourceError("wrong_place") from None


def _read(url: str, tables: Sequence[str] | None, sample: int | None, state: Any, limits: Limits) -> Pieces:
    if state == DONE:
        return
    place = Place(public(url), "", lambda rest: rest)
    scheme = url.partition(":")[0].lower()
    kind = scheme.partition("+")[0]
    if kind == "sqlite":
        yield from _sqlite(url, place, limits, state, tables, sample)
    elif kind in ("postgresql", "postgres"):
        from .postgresql import read_postgresql

        yield from read_postgresql("postgresql" + url[len(scheme) :], place, limits, state, tables, sample)
    elif kind in ("mysql", "mariadb"):
        yield from read_mysql(url, place, limits, state, tables, sample)
    else:
        yield from read_any(url, place, limits, state, tables, sample)


def _sqlite(
    url: str, place: Place, limits: Limits, state: Any, tables: Sequence[str] | None, sample: int | None
) -> Pieces:
    path = unquote(url.partition("://")[2].partition("?")[0].removeprefix("/"))
    if not os.path.isfile(path):
        raise SourceError("no_sqlite", str(path))
    try:
        yield from read_sqlite(path, place, limits, state, tables, sample)
    except sqlite3.Error:
        raise SourceError("broken_sqlite", str(path)) from None


def public(url: str) -> str:
    """The address without user, password and options: what may be shown and stored."""
    try:
        parts = urlsplit(url)
        if "@" in parts.path + parts.query + parts.fragment:
            raise ValueError("a password with / ? or # in it")
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
    except ValueError:
        return url.partition(":")[0] + "://"
