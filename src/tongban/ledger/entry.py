"""The canonical form of a ledger entry, and the commitments in it. Version 2.

An entry is JSON in the manner of RFC 8785 for the values used here (objects, arrays, strings, integers, booleans,
null; no floats): keys sorted by code point, no white space, UTF-8. Of an act it says when it was, in which kind of
case, and what it counts for in the figures; not whom it is about, nor which unit, nor what was done:

    {"act":"answered","at":"2026-11-23","commit":"<64 hex>","kind":"letter","link":"<32 hex>","v":2}

`commit` = SHA-256(salt ‖ canonical private part). The 32 bytes of salt are derived from a seed of the act's own, which
is deleted together with the data. `link` = HMAC-SHA-256(link key of the case, sequence number)[:16]: the holder of the
case's secret can find and order the entries of the case, nobody else can tie two of them together.
Not for deciding what is public: the procedure does that. Documented in docs/ledger-entry.md.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import orjson

VERSION = 2
SALT_BYTES = 32
LONGEST = 60_000
"""Bytes of one entry: a bundle of the log writes an entry's length in two bytes (c2sp.org/tlog-tiles)."""


class EntryError(ValueError):
    """A value that has no canonical form: a float, a date, a key that is not text, an integer beyond 53 bits."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a JSON object. Raises EntryError."""
    _refuse(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


_PLAIN = frozenset({str, bool, type(None)})
_TEXT = frozenset({str})


def _refuse(value: Any) -> None:
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is int:
        if abs(value) >= 2**53:
            raise EntryError("an integer beyond 53 bits has no canonical form")
    elif kind is dict:
        if not _TEXT.issuperset(map(type, value)):
            raise EntryError("a key must be text")
        if not _PLAIN.issuperset(map(type, value.values())):
            for item in value.values():
                if type(item) not in _PLAIN:
                    _refuse(item)
    elif kind in (list, tuple):
        for item in value:
            _refuse(item)
    else:
        raise EntryError(f"{kind.__name__} has no canonical form")


def new_seed() -> bytes:
    """32 random bytes for one act, from which the salts of its commitments follow."""
    return os.urandom(SALT_BYTES)


def salt(seed: bytes, part: str = "act") -> bytes:
    """The salt of one part of an act: `act` for what the entry commits to, another name for a part sealed within it.

    Who is shown the salt of one part learns nothing of the seed, so nothing of the other parts' salts.
    """
    return hmac.digest(seed, b"tongban salt " + part.encode(), "sha256")


def mark(act_salt: bytes) -> bytes:
    """The mark of an act in its month's statement: 16 bytes, which only the holder of the act's salt can tie to it."""
    return hmac.digest(act_salt, b"tongban item", "sha256")[:16]


def commitment(salt: bytes, private: Mapping[str, Any]) -> str:
    """What the entry says of the private part: 64 hex digits that reveal nothing without the salt."""
    return hashlib.sha256(salt + canonical(private)).hexdigest()


def link(link_key: bytes, sequence: int) -> str:
    """The mark by which the holder of the case's link key finds its entry number `sequence`: 32 hex digits."""
    return hmac.digest(link_key, b"tongban link %d" % sequence, "sha256").hex()[:32]


_last = (0, 0)
_turn = threading.Lock()


def time_ordered_key() -> bytes:
    """A UUIDv7 as 16 bytes (RFC 9562 §5.7): milliseconds first, so that keys arrive nearly in order.

    Within one process keys only rise (§6.2, method 2): acts stored together keep their order on the ledger.
    """
    global _last
    with _turn:
        stamp = time.time_ns() // 1_000_000
        if stamp > _last[0]:
            tail = int.from_bytes(os.urandom(9), "big")  # 72 of 74 bits: room to rise
        else:
            stamp, tail = _last[0], _last[1] + 1 + int.from_bytes(os.urandom(4), "big")
        _last = (stamp, tail)
    high, low = tail >> 62, tail & (1 << 62) - 1
    return ((stamp << 80) | (0x7 << 76) | ((high & 0xFFF) << 64) | (0b10 << 62) | low).to_bytes(16, "big")
