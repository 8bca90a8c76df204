"""Signed JSON in compact form (RFC 7515), ES256 alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .encoding import b64, json_bytes, json_object, unb64
from .errors import Refused
from .keys import PublicKey, SigningKey

Keys = Mapping[str, Sequence[PublicKey]] | Callable[[str], Sequence[PublicKey]]
"""The keys of an issuer, also retired ones whose certificates stay good; an unknown issuer has none."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands in a signed text, before its signature was checked: never to be believed without `check`."""

    header: Mapping[str, Any]
    payload: dict[str, Any]
    message: bytes
    signature: bytes

    def check(self, keys: Sequence[PublicKey]) -> PublicKey:
        """The key that signed it. Raises Refused("signature")."""
        kid = self.header.get("kid")
        for key in keys:
            if (not key.kid or kid is None or key.kid == kid) and key.verifies(self.message, self.signature):
                return key
        raise Refused("signature", "the signature is not of this issuer, or the text was changed")


def sign(header: Mapping[str, Any], payload: Mapping[str, Any], key: SigningKey) -> str:
    """A compact JWS; `alg` and `kid` are set here."""
    full = {"alg": "ES256", **({"kid": key.kid} if key.kid else {}), **header}
    message = f"{b64(json_bytes(full))}.{b64(json_bytes(payload))}"
    return f"{message}.{b64(key.sign(message.encode('ascii')))}"


def read(text: str, types: frozenset[str]) -> Signed:
    """Take a compact JWS apart. Raises Refused: malformed, algorithm, type."""
    parts = text.split(".")
    if len(parts) != 3:
        raise Refused("malformed", "a signed text has three parts")
    try:
        header, payload, signature = json_object(unb64(parts[0])), json_object(unb64(parts[1])), unb64(parts[2])
    except ValueError as error:
        raise Refused("malformed", "a part of the signed text cannot be read") from error
    if header.get("alg") != "ES256":
        raise Refused("algorithm", f"signed with {header.get('alg')!r}; only ES256 is accepted")
    if "crit" in header:
        raise Refused("algorithm", "the header asks for something that is not understood (crit)")
    if header.get("typ") not in types:
        raise Refused("type", f"a document of type {header.get('typ')!r}, not {' or '.join(sorted(types))}")
    return Signed(header, payload, f"{parts[0]}.{parts[1]}".encode("ascii"), signature)


def keys_of(keys: Keys, issuer: object) -> Sequence[PublicKey]:
    """The keys of an issuer. Raises Refused("unknown_issuer")."""
    found: Sequence[PublicKey] = ()
    if isinstance(issuer, str):
        found = keys(issuer) if callable(keys) else keys.get(issuer, ())
    if not found:
        raise Refused("unknown_issuer", f"no key of the issuer {issuer!r} is known")
    return found
