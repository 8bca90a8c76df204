"""`tongban ledger audit` for this door: reads the register and the feed that a site publishes, and compares them with
what its log says. Needs no settings and no database: anybody runs it."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tongban.merkle import LogError, Note, Verifier
from tongban.merkle.errors import Malformed

from . import noted
from .recounting import Recount

MOST = 2_000_000_000
"""Bytes of a feed at most: a hostile site cannot fill the memory of whoever checks it."""


def read(address: str) -> bytes | None:
    """What is at an address; None where there is nothing (404). Raises LogError."""
    if not address.startswith(("http://", "https://")):
        raise Malformed("a site begins with http:// or https://")
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 (http(s) only, checked above)
            return bytes(answer.read(MOST))
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise LogError(f"{address}: {error}") from None
    except OSError as error:
        raise LogError(f"{address}: {error}") from None


def rows(raw: bytes) -> Iterator[dict[str, Any]]:
    """The rows of JSON lines. Raises Malformed."""
    for number, line in enumerate(raw.splitlines(), 1):
        try:
            found = json.loads(line)
        except ValueError:
            raise Malformed(f"line {number} of the feed is no JSON") from None
        if not isinstance(found, dict):
            raise Malformed(f"line {number} of the feed is no row")
        yield found


class Register:
    """The recount of this door: takes the entries of a log in, and says how a site differs from them."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        self.recount = Recount.resumed(kept)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in."""
        self.recount.add(entry)

    def kept(self) -> dict[str, Any]:
        """As values for JSON."""
        return self.recount.kept()

    def differences(self, site: str, keys: Sequence[Verifier], now: datetime) -> Iterator[str]:
        """What differs between the log and the site's register and feed. Raises LogError."""
        where = f"{site.rstrip('/')}/feeds/jsonl"
        try:
            feed = read(where)
        except LogError:
            if self.recount.decisions:
                raise
            return  # a site without this door, and a log without decisions
        if feed is None:
            if self.recount.decisions:
                yield f"the log has {len(self.recount.decisions)} decisions, but {where} is not there"
            return
        yield from self._signature(where, feed, keys)
        yield from self.recount.feed(rows(feed), now)
        yield from self.recount.register(self._register(where), now)

    def _register(self, where: str) -> Iterator[dict[str, Any]]:
        version = 0
        while True:
            page = list(rows(read(f"{where}?since={version}") or b""))
            yield from page
            if not page or page[-1]["version"] <= version:
                return
            version = page[-1]["version"]

    def _signature(self, where: str, feed: bytes, keys: Sequence[Verifier]) -> Iterator[str]:
        raw = read(f"{where}.sig")
        if raw is None:
            yield f"{where}.sig is not there: the feed is not signed"
            return
        said = noted.opened(Note.parse(raw), keys)
        if said.sha256 != hashlib.sha256(feed).hexdigest():
            yield f"{where}: the signature is for another feed (serial {said.serial})"

    def summary(self) -> str:
        """What was compared, for the last line."""
        number = len(self.recount.decisions)
        return f"{number} decisions on the log; the public register and the feed agree with them" if number else ""
