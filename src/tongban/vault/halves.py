"""Values that open only with something the house does not keep: half of their key is with a browser, in its cookie.

Whoever has the database and the key ring together reads nothing of them. Not for what must outlive the browser.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
SHORTEST = 32


def new_half() -> str:
    """A browser's half: 256 random bits as text."""
    return secrets.token_urlsafe(32)


def row_of(half: str, purpose: str) -> str:
    """Under which name a row with this half lies (64 hex digits); the half cannot be found from it."""
    return hashlib.sha256(f"tongban {purpose}\x00{half}".encode()).hexdigest()


def seal(half: str, value: Any, purpose: str) -> str:
    """A JSON value as text that opens with the half alone; for a sealed column, which adds the house's half."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(
        nonce + _cipher(half, purpose).encrypt(nonce, orjson.dumps(value), purpose.encode())
    ).decode()


def open_with(half: str, text: Any, purpose: str) -> Any | None:
    """The value of `seal`; None where the half is another, or the text was changed."""
    try:
        raw = base64.b64decode(text, validate=True)
        return orjson.loads(_cipher(half, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()))
    except (InvalidTag, binascii.Error, ValueError, TypeError):
        return None


def _cipher(half: str, purpose: str) -> AESGCM:
    return AESGCM(hmac.digest(half.encode(), b"tongban half key\x00" + purpose.encode(), "sha256"))
