"""Canonical form and expressions of an address as Safe Browsing v5 has them, and their hashes.

Source: developers.google.com/safe-browsing/reference/URLs.and.Hashing. An expression is a host suffix followed by a
path prefix; whoever lists `evil.example/` lists every page below it. The hashes let a client ask without telling.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from .suffixes import suffixes

if TYPE_CHECKING:
    from .address import Address

MOST_HOSTS = 4
"""Host suffixes besides the exact host."""
MOST_PATHS = 4
"""Path prefixes from the root on, besides the exact path with and without its query."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SLASHES = re.compile(rb"//+")
_ESCAPED = frozenset(range(33)) | frozenset(range(127, 256)) | {0x23, 0x25}


def canonical(address: Address) -> tuple[str, str, str]:
    """(host, path, query with its question mark): unescaped to the end, cleaned, escaped once."""
    return _host(address), _escape(_path(_unescape(address.path))), _escape(_unescape(address.query))


def expressions(address: Address) -> list[str]:
    """At most 5 hosts times 6 paths, the most special first, without repetition."""
    host, path, query = canonical(address)
    return [f"{name}{below}" for name in host_suffixes(host, address.is_ip) for below in _path_prefixes(path, query)]


def host_suffixes(host: str, is_ip: bool = False) -> list[str]:
    """The exact host, then from the longest on at most four that begin with the registrable name."""
    if is_ip:
        return [host]
    registrable = suffixes().registrable(host)
    if registrable is None or registrable == host:
        return [host]
    labels = host[: -len(registrable) - 1].split(".")
    tails = [registrable]
    for label in reversed(labels[1:]):
        tails.append(f"{label}.{tails[-1]}")
    return [host, *reversed(tails[:MOST_HOSTS])]


def full_hash(expression: str) -> bytes:
    """SHA-256 of an expression, 32 bytes; its first 4 are the prefix that is published."""
    return hashlib.sha256(expression.encode()).digest()


def _path_prefixes(path: str, query: str) -> list[str]:
    found = [path + query, path] if query else [path]
    at, roots = 0, ["/"]
    while len(roots) < MOST_PATHS and (at := path.find("/", at + 1)) > 0:
        roots.append(path[: at + 1])
    return found + [root for root in reversed(roots) if root not in found]


def _host(address: Address) -> str:
    if not address.is_ip:
        return address.host
    if not address.host.startswith("["):
        return address.host
    number = ipaddress.IPv6Address(address.host[1:-1])
    if number.ipv4_mapped is not None:
        return str(number.ipv4_mapped)
    if number in _NAT64:
        return str(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
    return f"[{number}]"


def _unescape(text: str) -> bytes:
    raw = text.encode()
    while b"%" in raw:
        plain = unquote_to_bytes(raw)
        if plain == raw:
            break
        raw = plain
    return raw


def _path(raw: bytes) -> bytes:
    kept: list[bytes] = []
    parts = _SLASHES.sub(b"/", raw.replace(b"\t", b"").replace(b"\r", b"").replace(b"\n", b"")).split(b"/")[1:]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == b"..":
            kept = kept[:-1]
        elif part != b".":
            kept.append(part)
            continue
        if last:
            kept.append(b"")
    return b"/" + b"/".join(kept)


def _escape(raw: bytes) -> str:
    return "".join(f"%{byte:02X}" if byte in _ESCAPED else chr(byte) for byte in raw)
