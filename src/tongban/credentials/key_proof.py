"""The proof of a wallet that it holds a key, before a certificate is bound to that key (OpenID4VCI 1.0, appendix F.1).

Stateless: whether the nonce is one that was given out, and not used before, the issuer says. Not for the holder's proof
when a certificate is shown: `verifying.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeGuard

from .errors import Refused
from .jws import read
from .keys import PublicKey

TYPES = frozenset({"openid4vci-proof+jwt", "application/openid4vci-proof+jwt"})
LONGEST = 16_384
OLDEST = 300
LEEWAY = 60
"""Seconds: a proof is made for one request; clocks may differ by so much."""
_OTHER_KEYS = frozenset({"kid", "x5c", "trust_chain", "key_attestation"})
"""Ways to name a key that are not supported. Two keys in one header would let the one be checked and the other bound.
An attestation would have to be checked as well, so it is refused rather than passed over."""


@dataclass(frozen=True, slots=True)
class KeyProof:
    """A proof that was accepted: the key, without a name of its own, and the nonce that it was made for."""

    key: PublicKey
    nonce: str | None
    issued_at: int


def read_key_proof(text: object, *, issuer: str, now: int) -> KeyProof:
    """Accept a proof of possession for this issuer or raise Refused: malformed, too_large, algorithm, type, signature,
    holder (made for somebody else, or at another time)."""
    if not isinstance(text, str) or not text.isascii():
        raise Refused("malformed", "a key proof is a signed text")
    if len(text) > LONGEST:
        raise Refused("too_large", "the key proof is too large")
    document = read(text, TYPES)
    jwk = document.header.get("jwk")
    if not isinstance(jwk, dict) or _OTHER_KEYS & set(document.header):
        raise Refused("malformed", "the header names the key as jwk, and in no other way")
    key = PublicKey(PublicKey.from_jwk(jwk).key)
    document.check([key])
    payload = document.payload
    if payload.get("aud") != issuer:
        raise Refused("holder", "the key proof is for another issuer (aud)")
    at = payload.get("iat")
    if not _is_time(at) or not now - OLDEST <= at <= now + LEEWAY:
        raise Refused("holder", "the key proof is of another time (iat)")
    end, begin = payload.get("exp"), payload.get("nbf")
    if end is not None and (not _is_time(end) or end <= now - LEEWAY):
        raise Refused("holder", "the key proof has ended (exp)")
    if begin is not None and (not _is_time(begin) or begin > now + LEEWAY):
        raise Refused("holder", "the key proof is not valid yet (nbf)")
    nonce = payload.get("nonce")
    if nonce is not None and not isinstance(nonce, str):
        raise Refused("malformed", "the nonce is no text")
    return KeyProof(key, nonce, int(at))


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
