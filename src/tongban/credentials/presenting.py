"""The holder's side: showing a certificate with only the claims that are chosen, bound to one
verifier where there is a key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from .encoding import b64
from .jws import read, sign
from .keys import SigningKey
from .sdjwt import TYP, Path
from .verifying import Disclosed, disclosures_of, parts_of

KB_TYP = "kb+jwt"


def present(
    credential: str,
    show: Iterable[str | Path],
    *,
    key: SigningKey | None = None,
    audience: str = "",
    nonce: str = "",
    now: int = 0,
) -> str:
    """The certificate with the disclosures of the named claims and of what they stand in.

    With `key` (the holder's) a proof for this `audience` and `nonce` is added. Raises Refused("malformed",
    "disclosure"), ValueError for a claim that it cannot show.
    """
    signed, disclosures, _proof = parts_of(credential)
    payload = read(signed, frozenset({TYP})).payload
    by_digest = disclosures_of(disclosures)
    wanted = {(path,) if isinstance(path, str) else tuple(path) for path in show}
    found: dict[Path, list[str]] = {}
    _walk(payload, (), (), by_digest, found)
    kept: set[str] = set()
    for path in wanted:
        hits = [
            way for place, way in found.items() if place[: len(path)] == path and (place == path or path not in found)
        ]
        if path not in found and not _stands_open(payload, path):
            raise ValueError(f"{'.'.join(map(str, path))}: this certificate has no such claim")
        kept.update(digest for way in hits for digest in way)
    chosen = [text for text in disclosures if any(by_digest[digest].text == text for digest in kept)]
    shown = "~".join([signed, *chosen, ""])
    if key is None:
        return shown
    proof = {"iat": now, "aud": audience, "nonce": nonce, "sd_hash": hash_of(shown)}
    return shown + sign({"typ": KB_TYP}, proof, SigningKey(key.key))


def hash_of(shown: str) -> str:
    """The hash by which a holder's proof is bound to exactly what is shown."""
    return b64(hashlib.sha256(shown.encode("ascii")).digest())


def _walk(
    value: Any, path: Path, way: tuple[str, ...], by_digest: dict[str, Disclosed], found: dict[Path, list[str]]
) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "_sd":
                for digest in inner:
                    if (one := by_digest.get(digest)) is not None and one.name is not None:
                        found[(*path, one.name)] = [*way, digest]
                        _walk(one.value, (*path, one.name), (*way, digest), by_digest, found)
            else:
                _walk(inner, (*path, name), way, by_digest, found)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            if isinstance(inner, dict) and (one := by_digest.get(inner.get("...", ""))) is not None:
                found[(*path, place)] = [*way, inner["..."]]
                _walk(one.value, (*path, place), (*way, inner["..."]), by_digest, found)
            else:
                _walk(inner, (*path, place), way, by_digest, found)


def _stands_open(value: Any, path: Path) -> bool:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
