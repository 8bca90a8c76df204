"""The ring of keys that private data is sealed with, and how a sealed value looks.

A sealed value is `01 | key id (4 bytes) | nonce (12 bytes) | AES-256-GCM ciphertext and tag`. The first key of the
ring seals; every key of the ring opens, so that a key can be rotated without a pause. Not for deriving passwords.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
_KEY_ID = 4
_NONCE = 12
_HEAD = 1 + _KEY_ID + _NONCE


class KeyRingError(Exception):
    """The ring is empty, malformed, or lacks the key that a value was sealed with."""


def key_id(key: bytes) -> bytes:
    """The four-byte name of a key; tells nothing about the key itself."""
    return hashlib.sha256(b"tongban key id" + key).digest()[:_KEY_ID]


@dataclass(frozen=True)
class KeyRing:
    """Keys of 32 bytes, newest first, and one key for blind indexes that outlives rotations."""

    keys: Sequence[bytes]
    index_key: bytes
    _ciphers: dict[bytes, AESGCM] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise KeyRingError("the key ring holds no key")
        for key in (*self.keys, self.index_key):
            if len(key) != 32:
                raise KeyRingError("a key of the ring must be 32 bytes")
        for key in self.keys:
            self._ciphers[key_id(key)] = AESGCM(key)

    @classmethod
    def parse(cls, keys: str, index_key: str) -> KeyRing:
        """From base64 text: `keys` separated by commas, newest first. Raises KeyRingError."""
        try:
            ring = [base64.b64decode(part, validate=True) for part in keys.split(",") if part.strip()]
            index = base64.b64decode(index_key, validate=True)
        except (binascii.Error, ValueError) as error:
            raise KeyRingError("a key of the ring is not base64") from error
        return cls(ring, index)

    @property
    def current(self) -> bytes:
        """The id of the key that seals now."""
        return key_id(self.keys[0])

    def seal(self, plain: bytes, purpose: bytes) -> bytes:
        """Encrypt `plain`; `purpose` (table, column and row) is authenticated, so that a value cannot be moved."""
        nonce = os.urandom(_NONCE)
        name = self.current
        return VERSION + name + nonce + self._ciphers[name].encrypt(nonce, plain, purpose)

    def open(self, sealed: bytes, purpose: bytes) -> bytes:
        """Decrypt what `seal` gave. Raises KeyRingError where the key is gone or the value was changed."""
        if sealed[:1] != VERSION or len(sealed) < _HEAD + 16:
            raise KeyRingError("not a sealed value")
        name = sealed[1 : 1 + _KEY_ID]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyRingError(f"the ring lacks key {name.hex()}")
        try:
            return cipher.decrypt(sealed[1 + _KEY_ID : _HEAD], sealed[_HEAD:], purpose)
        except InvalidTag as error:
            raise KeyRingError("a sealed value was changed, or belongs to another row or column") from error

    def sealed_with_current(self, sealed: bytes) -> bool:
        """Whether `sealed` needs no rotation."""
        return sealed[1 : 1 + _KEY_ID] == self.current

    def blind(self, value: str, purpose: str) -> str:
        """A keyed index (32 hex digits) for exact look-up of `value`, already normalised by the caller."""
        message = purpose.encode() + b"\x00" + value.encode()
        return hmac.new(self.index_key, message, hashlib.sha256).hexdigest()[:32]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, from the index key."""
        return hmac.new(self.index_key, b"derive\x00" + purpose.encode(), hashlib.sha256).digest()


def new_key() -> str:
    """A fresh key as base64 text."""
    return base64.b64encode(os.urandom(32)).decode()


@lru_cache(maxsize=4)
def _parsed(keys: str, index_key: str) -> KeyRing:
    return KeyRing.parse(keys, index_key)


def ring() -> KeyRing:
    """The ring of this deployment, from the settings."""
    from django.conf import settings

    return _parsed(settings.VAULT_KEYS, settings.VAULT_INDEX_KEY)
