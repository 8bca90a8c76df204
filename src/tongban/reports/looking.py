"""Private look-up: whether an address is on the list, asked by the first digits of a hash. Nobody tells the address.

The hashes are SHA-256 of Safe Browsing v5's expressions (`webaddr`). A client asks with four to eight hexadecimal
digits (two to four bytes); fewer tell less. The map of buckets says of each pair of bytes whether anything on the list
begins with it, so that a client need not ask at all where nothing does.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.utils import timezone

from tongban.webaddr import full_hash, parse

from . import register
from .guarding import Target
from .models import Listed

FEWEST, MOST = 4, 8
"""Hexadecimal digits of a prefix: two bytes hide an address among the 65,536th part of all, four are what Safe Browsing
has."""
FRESH = 60
"""Seconds that an answer may be kept: as long as a resolver keeps one."""
BUCKETS = 1 << (4 * FEWEST)


@dataclass(frozen=True, slots=True)
class Hit:
    """A full hash on the list, in hexadecimal, with the public number of its decision and its last day."""

    hash: str
    number: str
    until: date


def hash_of(wanted: Target) -> str:
    """The full hash by which a decision is found: of the whole address, or of the host with all its addresses."""
    if wanted.scope == "url":
        return full_hash(parse(f"http://{wanted.name}").expressions()[0]).hex()
    return full_hash(f"{wanted.name}/").hex()


def beginning(prefix: str, day: date | None = None) -> list[Hit]:
    """Everything in force whose hash begins so. ValueError for what is no prefix of four to eight lower-case digits."""
    if not FEWEST <= len(prefix) <= MOST or any(digit not in "0123456789abcdef" for digit in prefix):
        raise ValueError(prefix)
    rows = Listed.objects.filter(
        full_hash__gte=prefix, full_hash__lt=f"{prefix}g", state="in_force", until__gte=day or timezone.localdate()
    )
    return [
        Hit(full, number, until)
        for full, number, until in rows.order_by("number").values_list("full_hash", "number", "until")
    ]


def buckets(day: date | None = None) -> str:
    """A bit for each pair of first bytes, in base64: 1 where something in force begins with it. 8 KB, whatever the
    length of the list."""
    today = day or timezone.localdate()
    key = f"reports-buckets-{register.serial(today)}"
    kept = cache.get(key)
    if kept is None:
        bits = bytearray(BUCKETS // 8)
        rows = Listed.objects.filter(state="in_force", until__gte=today).values_list("full_hash", flat=True)
        for full in rows.iterator(chunk_size=5000):
            bucket = int(full[:FEWEST], 16)
            bits[bucket >> 3] |= 1 << (bucket & 7)
        kept = base64.b64encode(bits).decode()
        cache.set(key, kept, FRESH)
    return str(kept)
