"""Keys on the curve P-256, and signatures ES256 in the form of JOSE and COSE (r ‖ s, 64 bytes).

Sources: RFC 7515, 7517, 7518 §3.4, 7638. Private keys come from the environment of whoever runs the house.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from .encoding import b64, unb64
from .errors import Refused

_ES256 = ec.ECDSA(hashes.SHA256())
_SIZE = 32


@dataclass(frozen=True)
class PublicKey:
    """A public key and its id (`kid`); without an id it is tried for every certificate of its issuer."""

    key: ec.EllipticCurvePublicKey
    kid: str = ""

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PublicKey:
        """From a JSON Web Key. Raises Refused("malformed") for another kind of key, or a point off the curve."""
        if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
            raise Refused("malformed", "a public key on P-256 is expected")
        try:
            x, y = unb64(str(jwk["x"])), unb64(str(jwk["y"]))
            if (len(x), len(y)) != (_SIZE, _SIZE):
                raise ValueError("a coordinate has 32 bytes")
            numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
            return cls(numbers.public_key(), str(jwk.get("kid", "")))
        except (KeyError, ValueError) as error:
            raise Refused("malformed", "not a point on P-256") from error

    @property
    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key."""
        numbers = self.key.public_numbers()
        made = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(numbers.x.to_bytes(_SIZE, "big")),
            "y": b64(numbers.y.to_bytes(_SIZE, "big")),
        }
        return {**made, "kid": self.kid} if self.kid else made

    @property
    def thumbprint(self) -> str:
        """RFC 7638: the same for the same key, whatever it is called."""
        jwk = self.jwk
        text = f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'
        return b64(hashlib.sha256(text.encode()).digest())

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature (64 bytes) is of this key over the message."""
        if len(signature) != 2 * _SIZE:
            return False
        r, s = int.from_bytes(signature[:_SIZE], "big"), int.from_bytes(signature[_SIZE:], "big")
        if not r or not s:
            return False
        try:
            self.key.verify(encode_dss_signature(r, s), message, _ES256)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key and the id under which its public part is published."""

    key: ec.EllipticCurvePrivateKey
    kid: str = ""

    @classmethod
    def generate(cls, kid: str = "") -> SigningKey:
        """A fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()), kid)

    @classmethod
    def from_text(cls, text: str, kid: str = "") -> SigningKey:
        """From what `text` gave: 32 bytes as base64url. Raises ValueError."""
        raw = unb64(text.strip())
        if len(raw) != _SIZE:
            raise ValueError("a private key on P-256 has 32 bytes")
        return cls(ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()), kid)

    @property
    def text(self) -> str:
        """The private key as base64url, for the environment."""
        return b64(self.key.private_numbers().private_value.to_bytes(_SIZE, "big"))

    @property
    def pem(self) -> bytes:
        """PKCS #8, for other programs."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key(), self.kid)

    def sign(self, message: bytes) -> bytes:
        """ES256: 64 bytes."""
        r, s = decode_dss_signature(self.key.sign(message, _ES256))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")
