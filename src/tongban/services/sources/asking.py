"""Asks one register about one person: an SQL view, an HTTP service, or a file. No database of the house, no model:
runs in a thread of its own, within a deadline, and ends in named values or in `Unanswered`.

Where a register is stands in the environment, under a name that begins with TONGBAN_REGISTER_ (an address can hold a
password); the row `Source` only says the name. What came is not trusted here: `answers.py` checks it.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import re
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

PREFIX = "TONGBAN_REGISTER_"
SECONDS = 3.0
"""So long a register has for its answer, from the first byte sent to the last received. House rule."""
LARGEST = 65_536
MOST_ROWS = 200_000
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
Values = dict[str, Any]


class Unanswered(Exception):
    """The register gave nothing that can be used. `why`: `down` (no answer in time, or an error), `wrong` (an answer
    that is none), `set_up` (its settings cannot be understood). `detail` is for the log: never what was answered."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail


@dataclass(frozen=True, slots=True)
class Register:
    """A register as a thread needs it: `columns` are pairs of a fact's code and the name under which the register has
    it."""

    code: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who is asked about, and what the register is told of why: `issue` is the number of the pull, `user` who asks
    (`self`, `mandate`, `helper`), `represented` the mandate by which somebody acts for the person, `client` this
    platform, `purpose` the item. The headers are those of X-Road's protocol for REST."""

    id_number: str
    issue: str
    user: str
    client: str
    purpose: str
    represented: str = ""


def ask(register: Register, inquiry: Inquiry, now: Callable[[], float] = time.monotonic) -> Values | None:
    """What the register says of a person, by fact; None where it does not know the person. Raises Unanswered."""
    kinds: dict[str, Callable[[Register, Inquiry, Callable[[], float]], Values | None]] = {
        "sql": _from_view, "http": _from_service, "file": _from_file,
    }  # fmt: skip
    if register.kind not in kinds:
        raise Unanswered("set_up", f"unknown kind {register.kind!r}")
    return kinds[register.kind](register, inquiry, now)


def looked_over(register: Register) -> None:
    """Whether a register is set up so that it can be asked; asks nothing. Raises Unanswered."""
    if register.kind == "sql":
        _query(register, "?")
        if urlsplit(address_of(register.settings)).scheme not in ("sqlite", "postgres", "postgresql"):
            raise Unanswered("set_up", "a view lies behind sqlite:///… or postgresql://…")
    elif register.kind == "http":
        _service_address(register)
    elif register.kind == "file":
        named = str(register.settings.get("address") or "")
        if not named.startswith(PACKAGED) and not Path(address_of(register.settings)).is_file():
            raise Unanswered("set_up", "there is no such file")
    else:
        raise Unanswered("set_up", f"unknown kind {register.kind!r}")


def address_of(settings: Mapping[str, Any], key: str = "address") -> str:
    """What the environment says under the name that stands in the settings. Raises Unanswered."""
    name = str(settings.get(key) or "")
    if not name.startswith(PREFIX):
        raise Unanswered("set_up", f"{key} has to name a variable that begins with {PREFIX}")
    found = os.environ.get(name, "")
    if not found:
        raise Unanswered("set_up", f"{name} is not set")
    return found


def _named(settings: Mapping[str, Any], key: str, otherwise: str = "") -> str:
    """A name of a view or a column as SQL may hold it: `schema.view` or `view`, letters, digits and underscores."""
    name = str(settings.get(key) or otherwise)
    parts = name.split(".")
    if not 1 <= len(parts) <= 2 or not all(NAME.fullmatch(part) for part in parts):
        raise Unanswered("set_up", f"{key} is not a name: {name[:80]!r}")
    return ".".join(f'"{part}"' for part in parts)


# --- an SQL view -----------------------------------------------------------------------------------------------------


def _query(register: Register, mark: str) -> str:
    columns = [_named({"column": column}, "column") for _fact, column in register.columns]
    if any("." in column for column in columns):
        raise Unanswered("set_up", "a column has no schema")
    key, view = _named(register.settings, "key", "id_number"), _named(register.settings, "view")
    # r."x": SQLite takes a quoted name that it does not know for a text, unless it is one of a table
    named = ", ".join(f"r.{column}" for column in columns)
    return f"SELECT {named} FROM {view} AS r WHERE r.{key} = {mark} LIMIT 2"  # noqa: S608 -- names, checked above


def _from_view(register: Register, inquiry: Inquiry, now: Callable[[], float]) -> Values | None:
    url = address_of(register.settings)
    scheme = urlsplit(url).scheme
    try:
        if scheme == "sqlite":
            rows = _sqlite(url, _query(register, "?"), inquiry.id_number, now)
        elif scheme in ("postgres", "postgresql"):
            rows = _postgresql(url, _query(register, "%s"), inquiry.id_number)
        else:
            raise Unanswered("set_up", "a view lies behind sqlite:///… or postgresql://…")
    except Unanswered:
        raise
    except Exception as error:  # whatever a driver raises; its message may hold values
        raise Unanswered("down", type(error).__name__) from None
    if len(rows) > 1:
        raise Unanswered("wrong", "more than one row for one person")
    return dict(zip((fact for fact, _column in register.columns), rows[0], strict=True)) if rows else None


def _sqlite(url: str, query: str, number: str, now: Callable[[], float]) -> list[tuple[Any, ...]]:
    path, end = unquote(url.removeprefix("sqlite:///")), now() + SECONDS
    database = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=SECONDS)
    try:
        database.execute("PRAGMA query_only = ON")
        database.set_progress_handler(lambda: int(now() > end), 10_000)
        return database.execute(query, (number,)).fetchall()
    finally:
        database.close()


def _postgresql(url: str, query: str, number: str) -> list[tuple[Any, ...]]:
    import psycopg

    milliseconds = int(SECONDS * 1000)
    options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"
    with psycopg.connect(url, connect_timeout=max(2, int(SECONDS)), options=options, autocommit=True) as database:
        return database.execute(query.encode(), (number,)).fetchall()


# --- an HTTP service -------------------------------------------------------------------------------------------------


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An ID number is for one address; it is not sent on to another."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def _service_address(register: Register) -> str:
    url = address_of(register.settings)
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Unanswered("set_up", "the address of a service begins with https:// (http alone on this very machine)")
    return url


def _from_service(register: Register, inquiry: Inquiry, now: Callable[[], float]) -> Values | None:
    url = _service_address(register)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-Road-Client": inquiry.client,
        "X-Road-UserId": inquiry.user,
        "X-Road-Issue": inquiry.issue,
        "X-Road-Id": inquiry.issue,
    }
    if inquiry.represented:
        headers["X-Road-Represented-Party"] = f"MANDATE/{inquiry.represented}"
    if register.settings.get("token"):
        headers["Authorization"] = f"Bearer {address_of(register.settings, 'token')}"
    body = {"id_number": inquiry.id_number, "purpose": inquiry.purpose, "facts": [name for _, name in register.columns]}
    raw = _posted(url, headers, json.dumps(body).encode(), now)
    if raw is None:
        return None
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unanswered("wrong", "no JSON") from None
    facts = found.get("facts") if isinstance(found, dict) else None
    if not isinstance(facts, dict):
        raise Unanswered("wrong", "no object “facts”")
    return {fact: facts[name] for fact, name in register.columns if name in facts}


def _posted(url: str, headers: Mapping[str, str], body: bytes, now: Callable[[], float]) -> bytes | None:
    """The bytes of the answer; None for 404, by which a register says that it does not know the person."""
    end = now() + SECONDS
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 -- see above
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            if answer.headers.get_content_type() != "application/json":
                raise Unanswered("wrong", "Content-Type is not application/json")
            raw = b""
            while piece := answer.read1(8192):  # a service that drips its answer does not hold us beyond the deadline
                raw += piece
                if len(raw) > LARGEST:
                    raise Unanswered("wrong", f"more than {LARGEST} bytes")
                if now() > end:
                    raise Unanswered("down", "too slow")
            return raw
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 404:
                return None
            raise Unanswered("wrong" if error.code // 100 == 3 else "down", f"HTTP {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered("down", type(error).__name__) from None


# --- a file ----------------------------------------------------------------------------------------------------------

PACKAGED = "package:"
"""Before the name of a file that this package brings: the registers of the demo."""


def _from_file(register: Register, inquiry: Inquiry, now: Callable[[], float]) -> Values | None:
    named = str(register.settings.get("address") or "")
    end = now() + SECONDS
    try:
        if named.startswith(PACKAGED):
            if not NAME.fullmatch(named.removeprefix(PACKAGED)):
                raise Unanswered("set_up", "a file of the package is named by one word")
            text = files(__package__).joinpath(f"data/{named.removeprefix(PACKAGED)}.csv").read_text("utf-8")
            rows = csv.DictReader(io.StringIO(text))
            return _looked_up(rows, register, inquiry.id_number, end, now)
        with Path(address_of(register.settings)).open(encoding="utf-8-sig", newline="") as opened:
            return _looked_up(csv.DictReader(opened), register, inquiry.id_number, end, now)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unanswered("down", type(error).__name__) from None


def _looked_up(
    rows: csv.DictReader[str], register: Register, number: str, end: float, now: Callable[[], float]
) -> Values | None:
    key = str(register.settings.get("key") or "id_number")
    found: dict[str | Any, str | Any] | None = None
    for at, row in enumerate(rows):
        if at >= MOST_ROWS or (at % 1000 == 0 and now() > end):
            raise Unanswered("down", "too slow")
        if str(row.get(key) or "").strip().upper() == number:
            if found is not None:
                raise Unanswered("wrong", "more than one row for one person")
            found = row
    if found is None:
        return None
    return {fact: found[column] for fact, column in register.columns if found.get(column) not in (None, "")}
