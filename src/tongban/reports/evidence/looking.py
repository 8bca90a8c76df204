"""One look at one address: `python -m tongban.reports.evidence.looking DIR`, with the order on its standard input.

Runs in a process of its own that is given no environment, no key and no database. Writes `record.warc.gz`,
`picture.png` (where there could be one) and `look.json` into DIR, and ends. What the other side sends can hurt nobody
but this.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import browsing, recording
from .fetching import AGENT, Bounds, Budget, Exchange, Fetcher
from .names import Names, Refused, Rules, by_dns

MEMORY = 900 * 1024 * 1024
MOST_REFUSED = 500
"""So many refusals the record names; further ones are refused all the same."""
LONGEST = 105
"""Seconds after which this process ends, whatever it does."""
REASONS = frozenset(
    {"address", "bomb", "browser", "certificate", "encoding", "head", "memory", "method", "name", "no_address",
     "no_browser", "no_namespace", "not_http", "own", "port", "redirects", "requests", "root", "scheme", "size",
     "time", "tls", "unknown_name", "unreachable"}
)  # fmt: skip
"""Why something was not fetched, or no picture taken."""
RECORD, PICTURE, LOOK = "record.warc.gz", "picture.png", "look.json"


class Look:
    """The address, where it led, and what the page asked for; each address is fetched once."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.exchanges: list[Exchange] = []
        self.refused: list[dict[str, str]] = []
        self._had: dict[str, Exchange | Refused] = {}

    def fetch(self, address: str, accept: str = "*/*") -> Exchange:
        """What is at an address, from this look's own record where it was asked before. Raises Refused."""
        key = address.partition("#")[0]
        if key not in self._had:
            try:
                self._had[key] = found = self.fetcher.fetch(key, accept)
                self.exchanges.append(found)
            except Refused as refused:
                if len(self.refused) >= MOST_REFUSED:  # a page can ask for ever
                    raise
                self._had[key] = refused
                self.refused.append({"address": key[:500], "reason": refused.reason, "about": refused.about})
        had = self._had[key]
        if isinstance(had, Refused):
            raise had
        return had

    def follow(self, address: str) -> Exchange:
        """The page at the end of the redirects, each of them looked at like the first. Raises Refused."""
        for _step in range(self.fetcher.budget.bounds.redirects + 1):
            found = self.fetch(address, "text/html,application/xhtml+xml,*/*;q=0.8")
            if not found.onward:
                return found
            address = found.onward
        raise Refused("redirects", address[:200])


def look(order: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Carry an order out and write what was found. Returns what `look.json` says."""
    rules = Rules(
        frozenset(order.get("ports", ())),
        tuple(ipaddress.ip_network(one) for one in order.get("refused_networks", ())),
        frozenset(order.get("refused_hosts", ())),
        frozenset((str(host), int(port)) for host, port in order.get("allowed", ())),
    )
    known: Mapping[str, Sequence[str]] = order.get("known", {})
    names = Names(rules, (lambda host: known.get(host, ())) if known else by_dns(str(order.get("resolvers", ""))))
    bounds = Bounds(**order.get("bounds", {}))
    looking = Look(Fetcher(names, Budget(bounds), order.get("agent") or AGENT))
    address, began = str(order["address"]), datetime.now(UTC)
    about: dict[str, Any] = {"address": address, "began": began.isoformat(), "agent": looking.fetcher.agent}
    shown = b""
    try:
        page = looking.follow(address)
        about |= {"final": page.address.href, "status": page.status, "ip": page.ip, "certificate": page.certificate}
        if order.get("browser") is not None:
            shown = _picture(browsing.Browser(**order["browser"]), address, looking, about)
    except Refused as refused:
        about["reason"] = refused.reason
    about |= {
        "requests": len(looking.exchanges),
        "refused": looking.refused,
        "bad_certificates": looking.fetcher.bad_certificates,
        "ended": datetime.now(UTC).isoformat(),
    }
    if shown:
        about["picture_sha256"] = hashlib.sha256(shown).hexdigest()
        (folder / PICTURE).write_bytes(shown)
    record = recording.warc(looking.exchanges, about, address)
    (folder / RECORD).write_bytes(record)
    about["sha256"] = hashlib.sha256(record).hexdigest()
    (folder / LOOK).write_text(json.dumps(about, ensure_ascii=False))
    return about


def _picture(browser: browsing.Browser, address: str, looking: Look, about: dict[str, Any]) -> bytes:
    """The picture, or nothing; why there is none stands in the record, which is kept either way."""
    try:
        shown, about["settled"] = browsing.picture(browser, address, looking.fetch)
        return shown
    except Refused as refused:
        about["no_picture"] = refused.reason
        return b""


def main() -> None:
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))  # the browser has a bound of its own
    with contextlib.suppress(OSError):
        os.nice(10)
    signal.alarm(LONGEST)  # also where whoever began this is no longer there to end it
    look(json.loads(sys.stdin.read()), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
