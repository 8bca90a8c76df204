"""Issuing: claims into an SD-JWT VC whose holder chooses what to show.

Sources: RFC 9901 (SD-JWT) and draft-ietf-oauth-sd-jwt-vc. Each claim that may be hidden stands in the signed part as a
digest only; its words, with a salt of 128 bits, are a disclosure behind it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any

from .encoding import b64, json_bytes
from .jws import sign
from .keys import PublicKey, SigningKey

TYP = "dc+sd-jwt"
NEVER_HIDDEN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that a verifier must see (draft-ietf-oauth-sd-jwt-vc §3.2.2.2)."""
RESERVED = NEVER_HIDDEN | {"_sd", "_sd_alg", "...", "iat"}
SALT_BYTES = 16
Path = tuple[str | int, ...]


def issue(
    claims: Mapping[str, Any],
    *,
    type: str,  # noqa: A002 -- the word of the certificate's side
    issuer: str,
    key: SigningKey,
    issued_at: int,
    expires_at: int | None = None,
    not_before: int | None = None,
    disclosable: Iterable[str | Path] | None = None,
    holder: PublicKey | None = None,
    status: tuple[str, int] | None = None,
    subject: str | None = None,
    decoys: int = 0,
) -> str:
    """A certificate with all its disclosures. Times are seconds since 1970.

    `disclosable`: names of claims, or paths of names and places in lists, that the holder may hide; by default every
    claim. `holder`: the key that a presentation has to prove. `status`: (address of the status list, index). `decoys`:
    so many digests of nothing, so that the number of claims is not told. Raises ValueError for a reserved name or a
    path that leads nowhere.
    """
    if taken := RESERVED & set(claims):
        raise ValueError(f"{', '.join(sorted(taken))}: set by the issuer, not among the claims")
    _refuse_reserved(claims)
    disclosures: list[str] = []
    paths = [
        (path,) if isinstance(path, str) else tuple(path) for path in (claims if disclosable is None else disclosable)
    ]
    shown = _hide(dict(claims), paths, disclosures)
    payload: dict[str, Any] = {"iss": issuer, "iat": issued_at, "vct": type}
    for name, value in (("nbf", not_before), ("exp", expires_at), ("sub", subject)):
        if value is not None:
            payload[name] = value
    if holder is not None:
        payload["cnf"] = {"jwk": holder.jwk}
    if status is not None:
        payload["status"] = {"status_list": {"uri": status[0], "idx": status[1]}}
    payload |= shown
    if decoys:
        payload["_sd"] = sorted([*payload.get("_sd", ()), *(digest(secrets.token_urlsafe(24)) for _ in range(decoys))])
    if disclosures or decoys:
        payload["_sd_alg"] = "sha-256"
    return "~".join([sign({"typ": TYP}, payload, key), *disclosures, ""])


def digest(disclosure: str) -> str:
    """What stands in the signed part for a disclosure."""
    return b64(sha256(disclosure.encode("ascii")).digest())


def _hide(value: Any, paths: list[Path], disclosures: list[str]) -> Any:
    """The value with what the paths name replaced by digests; the deepest first, so that a
    hidden part may hide parts."""
    below: dict[str | int, list[Path]] = {}
    here = set()
    for path in paths:
        if len(path) == 1:
            here.add(path[0])
            below.setdefault(path[0], [])
        else:
            below.setdefault(path[0], []).append(path[1:])
    if isinstance(value, dict):
        return _hide_members(value, here, below, disclosures)
    if isinstance(value, list | tuple):
        return _hide_elements(list(value), here, below, disclosures)
    raise ValueError(f"nothing stands below {value!r}")


def _hide_members(
    value: dict[str, Any], here: Collection[str | int], below: dict[str | int, list[Path]], disclosures: list[str]
) -> dict[str, Any]:
    made = {}
    digests = []
    for name, kept in value.items():
        deeper = below.get(name)
        inner = _hide(kept, deeper, disclosures) if deeper else kept
        if name in here:
            hidden = _disclosure(name, inner)
            disclosures.append(hidden)
            digests.append(digest(hidden))
        else:
            made[name] = inner
    if lost := set(below) - set(value):
        raise ValueError(f"{sorted(map(str, lost))}: there is no such claim")
    return {**made, "_sd": sorted(digests)} if digests else made


def _hide_elements(
    value: list[Any], here: Collection[str | int], below: dict[str | int, list[Path]], disclosures: list[str]
) -> list[Any]:
    for place in below:
        if not isinstance(place, int) or not 0 <= place < len(value):
            raise ValueError(f"{place}: no such place in a list")
        deeper = below[place]
        if deeper:
            value[place] = _hide(value[place], deeper, disclosures)
        if place in here:
            disclosures.append(_disclosure(None, value[place]))
            value[place] = {"...": digest(disclosures[-1])}
    return value


def _disclosure(name: str | None, value: Any) -> str:
    salt = b64(os.urandom(SALT_BYTES))
    return b64(json_bytes([salt, value] if name is None else [salt, name, value]))


def _refuse_reserved(value: Any) -> None:
    if isinstance(value, Mapping):
        if "_sd" in value or "..." in value:
            raise ValueError("a claim is called _sd or “...”")
        _refuse_in(value.values())
    elif isinstance(value, list | tuple):
        _refuse_in(value)


def _refuse_in(values: Iterable[Any]) -> None:
    for inner in values:
        if not isinstance(inner, str):
            _refuse_reserved(inner)
