"""Token status lists (draft-ietf-oauth-status-list): a few bits for each certificate, all in one short signed text.

A list of 2^20 certificates with one in a hundred revoked takes about 15 KB; whoever fetches it does not tell which
certificate it is about.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from .encoding import b64, unb64
from .errors import Refused
from .jws import Keys, keys_of, read, sign
from .keys import SigningKey

TYP = "statuslist+jwt"
VALID, INVALID, SUSPENDED = 0, 1, 2
REPLACED = 3
"""One of the values that the draft leaves to applications (§7.1): a newer certificate stands in its place."""
MOST_BYTES = 1 << 23
"""A list of more than 64 million bits is not unpacked."""
_LEEWAY = 60


class StatusList:
    """A list of `size` entries of 1, 2, 4 or 8 bits, all valid at first. The entry's bits lie
    from the lowest on (§4.1)."""

    def __init__(self, size: int, bits: int = 1, raw: bytes | None = None) -> None:
        if bits not in (1, 2, 4, 8):
            raise ValueError("a status has 1, 2, 4 or 8 bits")
        self.bits = bits
        self._raw = bytearray((size * bits + 7) // 8) if raw is None else bytearray(raw)

    def __len__(self) -> int:
        return len(self._raw) * 8 // self.bits

    def __getitem__(self, index: int) -> int:
        byte, shift = self._place(index)
        return self._raw[byte] >> shift & self._mask

    def __setitem__(self, index: int, status: int) -> None:
        if not 0 <= status <= self._mask:
            raise ValueError(f"{status} does not fit into {self.bits} bits")
        byte, shift = self._place(index)
        self._raw[byte] = self._raw[byte] & ~(self._mask << shift) & 0xFF | status << shift

    @property
    def _mask(self) -> int:
        return (1 << self.bits) - 1

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError(f"{index} is outside a list of {len(self)}")
        byte, place = divmod(index * self.bits, 8)
        return byte, place

    @property
    def raw(self) -> bytes:
        """The list's bytes as they are."""
        return bytes(self._raw)

    @property
    def compressed(self) -> bytes:
        """The list's bytes under zlib."""
        return zlib.compress(bytes(self._raw), 9)

    @property
    def packed(self) -> str:
        """The list as it stands in a JWT: zlib, base64url."""
        return b64(self.compressed)

    @classmethod
    def unpacked(cls, text: str, bits: int) -> StatusList:
        """From what `packed` gave. Raises ValueError."""
        return cls.expanded(unb64(text), bits)

    @classmethod
    def expanded(cls, compressed: bytes, bits: int) -> StatusList:
        """From what `compressed` gave. Raises ValueError, also where it would unpack to more than MOST_BYTES."""
        unpack = zlib.decompressobj()
        try:
            raw = unpack.decompress(compressed, MOST_BYTES)
        except zlib.error as error:
            raise ValueError("the list cannot be unpacked") from error
        if not unpack.eof or unpack.unconsumed_tail or unpack.unused_data:
            raise ValueError("the list is cut short, too large, or has something behind it")
        return cls(0, bits, raw)


def status_list(
    entries: StatusList,
    *,
    uri: str,
    issuer: str,
    key: SigningKey,
    issued_at: int,
    expires_at: int | None = None,
    ttl: int | None = None,
) -> str:
    """The signed text that is published under `uri`. Times in seconds since 1970, `ttl` in seconds."""
    payload: dict[str, object] = {
        "iss": issuer,
        "sub": uri,
        "iat": issued_at,
        "status_list": {"bits": entries.bits, "lst": entries.packed},
    }
    if expires_at is not None:
        payload["exp"] = expires_at
    if ttl is not None:
        payload["ttl"] = ttl
    return sign({"typ": TYP}, payload, key)


def read_status_list(text: str, *, uri: str, keys: Keys, issuer: str, now: int) -> StatusList:
    """A fetched list, checked against where it was fetched from. Raises Refused("status_unknown")."""
    try:
        document = read(text, frozenset({TYP}))
        payload = document.payload
        document.check(keys_of(keys, payload.get("iss", issuer)))
        inner = payload["status_list"]
        entries = StatusList.unpacked(str(inner["lst"]), inner["bits"])
    except (Refused, KeyError, TypeError, ValueError) as error:
        raise Refused("status_unknown", f"the status list: {error}") from error
    if payload.get("iss", issuer) != issuer:
        raise Refused("status_unknown", "the status list is of another issuer")
    if payload.get("sub") != uri:
        raise Refused("status_unknown", "a status list of another address")
    expires = payload.get("exp")
    if expires is not None and (
        isinstance(expires, bool) or not isinstance(expires, int | float) or expires <= now - _LEEWAY
    ):
        raise Refused("status_unknown", "the status list is out of date")
    at = payload.get("iat")
    if isinstance(at, bool) or not isinstance(at, int | float) or at > now + _LEEWAY:
        raise Refused("status_unknown", "the status list is of another time")
    return entries


def check_status(reference: tuple[str, int], fetch: Callable[[str], str], keys: Keys, issuer: str, now: int) -> None:
    """Refuse a certificate that its list does not call valid. Raises Refused: revoked, suspended,
    replaced, status_unknown."""
    uri, index = reference
    try:
        text = fetch(uri)
    except (OSError, LookupError, ValueError) as error:
        raise Refused("status_unknown", f"the status list cannot be had: {error}") from error
    entries = read_status_list(text, uri=uri, keys=keys, issuer=issuer, now=now)
    if index >= len(entries):
        raise Refused("status_unknown", "the certificate lies outside its status list")
    status = entries[index]
    if status == SUSPENDED:
        raise Refused("suspended", "the certificate is suspended")
    if status == REPLACED:
        raise Refused("replaced", "a newer certificate stands in the place of this one")
    if status != VALID:
        raise Refused("revoked", "the certificate was revoked")
