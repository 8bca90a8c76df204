"""Tracking code and secret: how they are made, written, read back and checked.

The secret has 100 random bits, so its SHA-256 is kept (argon2 is for what people choose themselves; here it would cost
30 ms of CPU per letter and add nothing). Both are derived from the form's nonce and its content under a key of this
deployment, so that the same form sent twice gives the same receipt and one case.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from tongban.vault.keyring import ring

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
SECRET_LENGTH = 20
_MISREAD = str.maketrans("OILU", "011V", " -–—\t\u3000")


@dataclass(frozen=True, slots=True)
class Receipt:
    """回执: what the resident keeps. `again` says that the same form had been sent before."""

    code: str
    secret: str
    again: bool = False

    @property
    def shown_code(self) -> str:
        return grouped(self.code)

    @property
    def shown_secret(self) -> str:
        return grouped(self.secret)


def grouped(text: str) -> str:
    """Four characters at a time, for reading aloud."""
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def plain(typed: str) -> str:
    """What a person typed, without spaces and dashes, misread letters put right (O→0, I and L→1, U→V)."""
    return typed.upper().translate(_MISREAD)


_PAIRS = tuple(low + high for high in ALPHABET for low in ALPHABET)


def _spell(raw: bytes, length: int) -> str:
    """`length` (even) letters of 5 bits each, the lowest first."""
    number = int.from_bytes(raw[:16], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(0, 5 * length, 10)])


@lru_cache(maxsize=2)
def _key() -> bytes:
    return ring().derive("receipt")


def issue(nonce: str | None, content: bytes) -> Receipt:
    """The receipt for a form; fresh and random where it carries no nonce."""
    seed = nonce.encode() if nonce else secrets.token_bytes(32)
    base = hmac.digest(_key(), seed + b"\x00" + hashlib.sha256(content).digest(), "sha512")
    return Receipt(_spell(base[:16], CODE_LENGTH), _spell(base[16:32], SECRET_LENGTH))


def digest(secret: str) -> str:
    """What the database keeps of a secret."""
    return hashlib.sha256(b"tongban secret\x00" + secret.encode()).hexdigest()


def link_key(secret: str) -> bytes:
    """The key that ties the ledger's entries of a case together; whoever holds the secret can make it."""
    return hmac.digest(secret.encode(), b"tongban link key", "sha256")


def matches(typed: str, kept: str) -> bool:
    """Whether the typed secret is the one whose digest was kept; in constant time."""
    return hmac.compare_digest(digest(plain(typed)), kept)
