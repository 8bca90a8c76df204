"""Asking for a proof: one TXT question, or one small file, bounded in time and size.

DNS goes to the resolvers that the city names (`TONGBAN_RESOLVERS`), else to the machine's own. The file is fetched from
an address that was resolved once, is a public one, and is the one connected to: nothing that the name says later, no
redirect and no other port is followed, so that the question reaches no machine of the house. Off unless the city
switches it on. Not for evidence: nothing is kept of what was read.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterable, Sequence

import dns.exception
import dns.resolver
from django.conf import settings

from ..evidence.addresses import is_public
from ..evidence.names import resolver_at
from .proving import FILE

SECONDS = 4.0
"""For one question, all tries together."""
FILE_SECONDS = 8.0
LARGEST_FILE = 4096
MOST_STRINGS = 50


class NotAsked(ValueError):
    """The question could not be put: no answer in time, or an address that is never asked."""


def resolver() -> dns.resolver.Resolver:
    """The resolver that is asked, with its bounds. It keeps nothing and searches nothing."""
    return resolver_at(settings.RESOLVERS, SECONDS)


def in_dns(records: Iterable[str], value: str) -> bool:
    """Whether one of the TXT records says `value`. Raises NotAsked where no resolver answered."""
    asked, silent = resolver(), 0
    names = list(records)
    for name in names:
        try:
            answer = asked.resolve(f"{name}.", "TXT", raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except dns.exception.DNSException:
            silent += 1
            continue
        rows = list(answer.rrset or ())[:MOST_STRINGS]
        if any(b"".join(row.strings).strip() == value.encode() for row in rows):
            return True
    if names and silent == len(names):
        raise NotAsked("no resolver answered")
    return False


def in_file(host: str, value: str) -> bool:
    """Whether the file at `host` says `value`: https first, then http. Raises NotAsked where neither could be read."""
    until = time.monotonic() + FILE_SECONDS
    addresses = public_addresses(host)
    for port in (443, 80):
        try:
            text = _read(host, addresses[0], port, until)
        except (OSError, http.client.HTTPException):
            continue
        return value in text.split()
    raise NotAsked("the site did not answer")


def public_addresses(host: str) -> Sequence[str]:
    """The addresses of a host, all of them public. Raises NotAsked where one is not, or there is none: a name that
    points into somebody's network is not asked at all."""
    asked, found = resolver(), []
    for kind in ("A", "AAAA"):
        try:
            found += [row.address for row in asked.resolve(f"{host}.", kind, raise_on_no_answer=False).rrset or ()]
        except dns.exception.DNSException:
            continue
    if not found or not all(is_public(one) for one in found):
        raise NotAsked("the name has no public address, or one that is not")
    return found


def _read(host: str, address: str, port: int, until: float) -> str:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    with socket.create_connection((address, port), timeout=min(left, SECONDS)) as plain:
        secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if port == 443 else plain
        with secure:
            secure.sendall(f"GET {FILE} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: tongban\r\n\r\n".encode())
            raw = b""
            while len(raw) < 2 * LARGEST_FILE and time.monotonic() < until:
                secure.settimeout(max(min(until - time.monotonic(), SECONDS), 0.1))
                piece = secure.recv(2048)
                if not piece:
                    break
                raw += piece
    head, _empty, body = raw.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].split(b" ")
    if len(status) < 2 or not status[0].startswith(b"HTTP/") or status[1] != b"200":
        return ""
    return body[:LARGEST_FILE].decode("utf-8", "replace")
