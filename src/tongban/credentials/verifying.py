"""Verifying a certificate, offline: signature, disclosures, times, holder, status. What is not understood is refused.

Sources: RFC 9901 §7, draft-ietf-oauth-sd-jwt-vc §3.4, draft-ietf-oauth-status-list §8.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from .encoding import b64, unb64
from .errors import Refused
from .jws import Keys, keys_of, read
from .keys import PublicKey
from .sdjwt import NEVER_HIDDEN, TYP
from .status import check_status

LONGEST = 256_000
DEEPEST = 16
LEEWAY = 60
"""Clocks may differ by so many seconds."""
PROOF_SECONDS = 300
"""A holder's proof is good for so long."""
_TYPES = frozenset({TYP, "vc+sd-jwt"})
"""Verifiers take the name of the early drafts too (draft §3.2.1)."""


class Disclosed(NamedTuple):
    """One disclosure: its text, the name of the claim (None: an element of a list), its value."""

    text: str
    name: str | None
    value: Any


@dataclass(frozen=True, slots=True)
class Verified:
    """A certificate that was accepted: only what was shown. `hidden` claims exist besides (decoys among them).

    `holder` is the key that it is bound to; `holder_proved` whether a presentation was signed with it, and then
    `audience` and `nonce` are what that signature was made for: to be compared by whoever did not say them to `verify`.
    """

    claims: Mapping[str, Any]
    type: str
    issuer: str
    kid: str
    issued_at: int | None
    expires_at: int | None
    holder: PublicKey | None
    holder_proved: bool
    status: tuple[str, int] | None
    hidden: int
    audience: str | None = None
    nonce: str | None = None


def verify(
    credential: str,
    *,
    keys: Keys,
    now: int,
    type: str | None = None,  # noqa: A002
    audience: str | None = None,
    nonce: str | None = None,
    holder: bool = False,
    status: Callable[[str], str] | None = None,
) -> Verified:
    """Accept a certificate or raise Refused with the reason.

    `keys`: an issuer → its public keys. `type`: the one type that is expected. `audience` and `nonce`, or `holder`: the
    holder has to prove the key. `status`: the address of a status list → its signed text; without it the status is not
    looked at, and the caller has to say so.
    """
    signed, texts, proof = parts_of(credential)
    document = read(signed, _TYPES)
    payload = document.payload
    issuer = payload.get("iss")
    key = document.check(keys_of(keys, issuer))
    assert isinstance(issuer, str)  # noqa: S101 -- keys_of knows no other
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise Refused("algorithm", "digests other than SHA-256")
    disclosed = disclosures_of(texts)
    opening = _Opening(disclosed)
    claims = opening.opened(payload, 0)
    if unused := len(disclosed) - opening.used:
        raise Refused("disclosure", f"{unused} disclosed claims do not belong to this certificate")
    kind = payload.get("vct")
    if not isinstance(kind, str) or (type is not None and kind != type):
        raise Refused("type", f"a certificate of type {kind!r}")
    issued_at, expires_at = _times(payload, now)
    bound = _holder_key(payload)
    wants_proof = holder or audience is not None or nonce is not None
    said: tuple[str | None, str | None] = (None, None)
    if proof:
        said = _check_proof(proof, credential[: len(credential) - len(proof)], bound, audience, nonce, now)
    elif wants_proof:
        raise Refused("holder", "the holder did not prove the key")
    reference = status_reference(payload)
    if status is not None and reference is not None:
        check_status(reference, status, keys, issuer, now)
    shown = {
        name: value
        for name, value in claims.items()
        if name not in ("_sd", "_sd_alg", "iss", "iat", "nbf", "exp", "vct", "cnf", "status")
    }
    return Verified(
        shown, kind, issuer, key.kid or str(document.header.get("kid", "")), issued_at, expires_at, bound, bool(proof),
        reference, opening.hidden, *said,
    )  # fmt: skip


def parts_of(credential: str) -> tuple[str, list[str], str]:
    """The signed text, the disclosures, and the holder's proof (empty where there is none). Raises Refused."""
    if len(credential) > LONGEST:
        raise Refused("too_large", "the certificate is too large")
    if not credential.isascii() or "~" not in credential:
        raise Refused("malformed", "not a certificate of this form")
    signed, *texts, proof = credential.split("~")
    if "" in texts:
        raise Refused("malformed", "an empty disclosure")
    return signed, texts, proof


_NO_NAMES = frozenset({"_sd", "..."})


def disclosures_of(texts: Sequence[str]) -> dict[str, Disclosed]:
    """Digest → disclosure. Raises Refused("disclosure")."""
    found: dict[str, Disclosed] = {}
    loads = orjson.loads
    for text in texts:
        try:
            value = loads(unb64(text))
        except ValueError as error:
            raise Refused("disclosure", "a disclosure cannot be read") from error
        size = len(value) if isinstance(value, list) else 0
        if size not in (2, 3) or not isinstance(value[0], str):
            raise Refused("disclosure", "a disclosure has a salt, a name and a value")
        name = None
        if size == 3:
            name = value[1]
            if not isinstance(name, str) or name in _NO_NAMES:
                raise Refused("disclosure", "a disclosure without a proper name")
        digest = b64(sha256(text.encode("ascii")).digest())
        if digest in found:
            raise Refused("disclosure", "a claim is disclosed twice")
        found[digest] = Disclosed(text, name, value[-1])
    return found


class _Opening:
    """Puts disclosed claims in the place of their digests (RFC 9901 §7.1, step 3)."""

    def __init__(self, disclosed: Mapping[str, Disclosed]) -> None:
        self._disclosed = disclosed
        self._seen: set[str] = set()
        self.used = 0
        self.hidden = 0

    def opened(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise Refused("malformed", "claims lie too deep in each other")
        if isinstance(value, dict):
            return self._object(value, depth)
        if isinstance(value, list):
            return self._list(value, depth)
        return value

    def _object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        made = {
            name: self.opened(inner, depth + 1) if isinstance(inner, dict | list) else inner
            for name, inner in value.items()
            if name != "_sd"
        }
        digests = value.get("_sd", [])
        if not isinstance(digests, list):
            raise Refused("malformed", "_sd is no list")
        if "..." in value:
            raise Refused("malformed", "a digest of a list's element stands outside a list")
        for digest in digests:
            one = self._take(digest)
            if one is None:
                continue
            if one.name is None or one.name in made or (depth == 0 and one.name in NEVER_HIDDEN):
                raise Refused("disclosure", f"{one.name!r} may not be disclosed here")
            inner = one.value
            made[one.name] = self.opened(inner, depth + 1) if isinstance(inner, dict | list) else inner
        return made

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        made = []
        for inner in value:
            if isinstance(inner, dict) and "..." in inner:
                if len(inner) != 1:
                    raise Refused("malformed", "a digest of a list's element with something beside it")
                one = self._take(inner["..."])
                if one is None:
                    continue
                if one.name is not None:
                    raise Refused("disclosure", "a named claim is disclosed as an element of a list")
                made.append(self.opened(one.value, depth + 1))
            else:
                made.append(self.opened(inner, depth + 1))
        return made

    def _take(self, digest: Any) -> Disclosed | None:
        if not isinstance(digest, str) or digest in self._seen:
            raise Refused("malformed", "a digest that is none, or stands twice")
        self._seen.add(digest)
        one = self._disclosed.get(digest)
        if one is None:
            self.hidden += 1
        else:
            self.used += 1
        return one


def _times(payload: Mapping[str, Any], now: int) -> tuple[int | None, int | None]:
    found: dict[str, int | None] = {}
    for name in ("iat", "nbf", "exp"):
        value = payload.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Refused("malformed", f"{name} is not a time")
        found[name] = None if value is None else int(value)
    if (found["nbf"] or 0) > now + LEEWAY or (found["iat"] or 0) > now + LEEWAY:
        raise Refused("not_yet_valid", "the certificate is not valid yet")
    if found["exp"] is not None and found["exp"] <= now - LEEWAY:
        raise Refused("expired", "the certificate is no longer valid")
    return found["iat"], found["exp"]


def _holder_key(payload: Mapping[str, Any]) -> PublicKey | None:
    bound = payload.get("cnf")
    if bound is None:
        return None
    if not isinstance(bound, dict) or not isinstance(bound.get("jwk"), dict):
        raise Refused("malformed", "the holder's key cannot be read")
    return PublicKey.from_jwk(bound["jwk"])


def _check_proof(
    proof: str, shown: str, bound: PublicKey | None, audience: str | None, nonce: str | None, now: int
) -> tuple[str, str]:
    """Whom it was made for, and the nonce. Raises Refused("holder")."""
    if bound is None:
        raise Refused("holder", "a proof of a key, but the certificate has no holder's key")
    try:
        document = read(proof, frozenset({"kb+jwt"}))
        document.check([PublicKey(bound.key)])
    except Refused as error:
        raise Refused("holder", f"the holder's proof: {error}") from error
    payload = document.payload
    wanted = b64(sha256(shown.encode("ascii")).digest())
    if not hmac.compare_digest(str(payload.get("sd_hash")), wanted):
        raise Refused("holder", "the holder's proof is about another presentation")
    for name, expected in (("aud", audience), ("nonce", nonce)):
        if not isinstance(payload.get(name), str) or (expected is not None and payload[name] != expected):
            raise Refused("holder", f"the holder's proof is for somebody else ({name})")
    at = payload.get("iat")
    if isinstance(at, bool) or not isinstance(at, int | float) or not now - PROOF_SECONDS <= at <= now + LEEWAY:
        raise Refused("holder", "the holder's proof is of another time")
    return payload["aud"], payload["nonce"]


def status_reference(payload: Mapping[str, Any]) -> tuple[str, int] | None:
    """(address of the status list, index), where the certificate has one. Raises Refused("malformed")."""
    status = payload.get("status")
    if status is None:
        return None
    entry = status.get("status_list") if isinstance(status, dict) else None
    uri, index = (entry.get("uri"), entry.get("idx")) if isinstance(entry, dict) else (None, None)
    if not isinstance(uri, str) or isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise Refused("malformed", "the reference to a status list cannot be read")
    return uri, index
