"""The envelope: sealed to a public key (X25519, HKDF-SHA256, ChaCha20-Poly1305), of one size whatever is in it. Pure;
the body opens it on its own machine. The house keeps the public key alone.

    "TBSEAL1" | key id (8) | ephemeral public key (32) | ciphertext (PADDED + 16)

A key is written `tbseal-public:NAME:BASE64` or `tbseal-private:NAME:BASE64`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TBSEAL1"
PADDED = 10_240
"""Every envelope holds so many bytes, so that its size says nothing of the address."""
NONCE = bytes(12)
"""A key is used once (it follows from the ephemeral one), so the nonce can be fixed."""
_KEY = re.compile(r"tbseal-(public|private):([A-Za-z0-9.-]{1,60}):([A-Za-z0-9+/]{43}=)")


class BadKey(ValueError):
    """What was given is no key of this kind."""


class Unopened(ValueError):
    """The envelope is none, was changed, or is sealed to another key."""


@dataclass(frozen=True, slots=True)
class Public:
    """The key to which reports are sealed, and the name that the body goes by."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """Eight bytes that tell one key from another."""
        return hashlib.sha256(b"tongban sealed\x00" + self.raw).digest()[:8]


def new_keys(name: str) -> tuple[str, str]:
    """(private, public), as they are written. Raises BadKey for a name with other signs than letters, digits, `.` and
    `-`."""
    key = X25519PrivateKey.generate()
    texts = tuple(
        f"tbseal-{kind}:{name}:{base64.b64encode(raw).decode()}"
        for kind, raw in (("private", key.private_bytes_raw()), ("public", key.public_key().public_bytes_raw()))
    )
    for text in texts:
        _read(text, text.partition(":")[0].removeprefix("tbseal-"))
    return texts[0], texts[1]


def public(text: str) -> Public:
    """Read a public key. Raises BadKey, also for a private one: the house must never hold it."""
    return Public(*_read(text, "public"))


def seal(key: Public, content: dict[str, Any]) -> bytes:
    """`content` (JSON) for whoever holds the private key, and for nobody else. ValueError where it is too long."""
    raw = json.dumps(content, ensure_ascii=False).encode()
    if len(raw) > PADDED - 4:
        raise ValueError(f"more than {PADDED - 4} bytes")
    once = X25519PrivateKey.generate()
    mine = once.public_key().public_bytes_raw()
    head = MAGIC + key.id + mine
    secret = _derived(once.exchange(X25519PublicKey.from_public_bytes(key.raw)), mine, key.raw)
    padded = len(raw).to_bytes(4, "big") + raw.ljust(PADDED - 4, b"\0")
    return head + ChaCha20Poly1305(secret).encrypt(NONCE, padded, head)


def opened(private: str, envelope: bytes) -> dict[str, Any]:
    """What is in an envelope. Raises BadKey, Unopened."""
    _name, raw = _read(private, "private")
    key = X25519PrivateKey.from_private_bytes(raw)
    own = key.public_key().public_bytes_raw()
    size = len(MAGIC) + 8 + 32
    head, sealed = envelope[:size], envelope[size:]
    if len(envelope) != size + PADDED + 16 or not head.startswith(MAGIC + Public("", own).id):
        raise Unopened("no envelope, or sealed to another key")
    once = head[-32:]
    try:
        secret = _derived(key.exchange(X25519PublicKey.from_public_bytes(once)), once, own)
        padded = ChaCha20Poly1305(secret).decrypt(NONCE, sealed, head)
    except (InvalidTag, ValueError):
        raise Unopened("the envelope was changed") from None
    found = json.loads(padded[4 : 4 + int.from_bytes(padded[:4], "big")])
    if not isinstance(found, dict):
        raise Unopened("the envelope holds something else")
    return found


def _read(text: str, kind: str) -> tuple[str, bytes]:
    found = _KEY.fullmatch(text.strip())
    if found is None or found[1] != kind:
        raise BadKey(f"not written tbseal-{kind}:NAME:BASE64")
    try:
        return found[2], base64.b64decode(found[3], validate=True)
    except binascii.Error:
        raise BadKey("the key is no base64") from None


def _derived(shared: bytes, once: bytes, own: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, b"tongban sealed 1\x00" + once + own).derive(shared)
