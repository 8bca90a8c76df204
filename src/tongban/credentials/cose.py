"""COSE_Sign1 with ES256 (RFC 9052, 9053): what a signed CWT is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cbor2

from .errors import Refused
from .keys import PublicKey, SigningKey

_TAG, _ALG, _CRIT, _KID, _ES256 = 18, 1, 2, 4, -7


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a signed message, before its signature was checked: never to be believed without `check`."""

    header: Mapping[Any, Any]
    content: dict[Any, Any]
    kid: str
    to_sign: bytes
    signature: bytes

    def check(self, keys: Sequence[PublicKey]) -> PublicKey:
        """The key that signed it. Raises Refused("signature")."""
        for key in keys:
            if (not key.kid or not self.kid or key.kid == self.kid) and key.verifies(self.to_sign, self.signature):
                return key
        raise Refused("signature", "the signature is not of this issuer, or the message was changed")


def sign_cose(payload: bytes, key: SigningKey, header: Mapping[int, Any] | None = None) -> bytes:
    """A tagged COSE_Sign1 message."""
    protected = cbor2.dumps({_ALG: _ES256, **({_KID: key.kid.encode()} if key.kid else {}), **(header or {})})
    signature = key.sign(_to_sign(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, {}, payload, signature]))


def read_cose(raw: bytes) -> Message:
    """Take a message apart. Raises Refused: malformed, algorithm."""
    try:
        signed = cbor2.loads(raw)
        value = signed.value if isinstance(signed, cbor2.CBORTag) and signed.tag == _TAG else None
        if (
            not isinstance(value, list | tuple)
            or len(value) != 4
            or not isinstance(value[1], Mapping)
            or _ALG in value[1]
        ):
            raise Refused("malformed", "not a COSE_Sign1 message")
        protected, _unprotected, payload, signature = value
        if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
            raise Refused("malformed", "not a COSE_Sign1 message")
        header, content = cbor2.loads(protected), cbor2.loads(payload)
    except (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise Refused("malformed", "the message cannot be read") from error
    if not isinstance(header, dict) or not isinstance(content, dict):
        raise Refused("malformed", "the message cannot be read")
    if header.get(_ALG) != _ES256 or _CRIT in header:
        raise Refused("algorithm", "only ES256 is accepted")
    kid = header.get(_KID)
    name = kid.decode("utf-8", "replace") if isinstance(kid, bytes) else ""
    return Message(header, content, name, _to_sign(protected, payload), signature)


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])
