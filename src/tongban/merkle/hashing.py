"""The hashes of RFC 6962 §2.1: leaf = SHA-256(00 ‖ data), node = SHA-256(01 ‖ left ‖ right),
empty tree = SHA-256("")."""

from __future__ import annotations

from hashlib import sha256

from .errors import Malformed

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees. Raises Malformed where one is not 32 bytes: else two different trees could meet."""
    if len(left) != HASH_BYTES or len(right) != HASH_BYTES:
        raise Malformed(f"a hash has {HASH_BYTES} bytes, not {len(left)} and {len(right)}")
    return sha256(b"\x01" + left + right).digest()


def checked(value: bytes, what: str = "a hash") -> bytes:
    """`value`, which must be a hash. Raises Malformed."""
    if len(value) != HASH_BYTES:
        raise Malformed(f"{what} has {HASH_BYTES} bytes, not {len(value)}")
    return value
