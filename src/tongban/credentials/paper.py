"""A certificate on paper: CWT signed as COSE_Sign1, packed by zlib, written in base45 for a QR code.

Sources: RFC 8392, 9052, 9053, 9285. It carries all its claims; whoever wants to hide some shows the SD-JWT VC. A
licence of twelve Chinese claims takes about 600 letters.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import cbor2

from .cose import read_cose, sign_cose
from .encoding import b45, unb45
from .errors import Refused
from .jws import Keys, keys_of
from .keys import SigningKey
from .status import check_status
from .verifying import LEEWAY, Verified, status_reference

PREFIX = "TB1:"
_ISS, _EXP, _NBF, _IAT, _STATUS = 1, 4, 5, 6, 65535
_TYPE, _CLAIMS = "vct", "claims"
MOST_BYTES = 64_000


def to_paper(
    claims: Mapping[str, Any],
    *,
    type: str,  # noqa: A002
    issuer: str,
    key: SigningKey,
    issued_at: int,
    expires_at: int | None = None,
    not_before: int | None = None,
    status: tuple[str, int] | None = None,
) -> str:
    """The letters of the QR code. Times in seconds since 1970."""
    content: dict[Any, Any] = {_ISS: issuer, _IAT: issued_at, _TYPE: type, _CLAIMS: dict(claims)}
    for name, value in ((_EXP, expires_at), (_NBF, not_before)):
        if value is not None:
            content[name] = value
    if status is not None:
        content[_STATUS] = {"status_list": {"idx": status[1], "uri": status[0]}}
    return PREFIX + b45(zlib.compress(sign_cose(cbor2.dumps(content), key), 9))


def from_paper(
    text: str,
    *,
    keys: Keys,
    now: int,
    type: str | None = None,  # noqa: A002
    status: Callable[[str], str] | None = None,
) -> Verified:
    """Accept what a QR code says, or raise Refused with the reason; as `verify`."""
    message = read_cose(_unpacked(text))
    content, issuer = message.content, message.content.get(_ISS)
    message.check(keys_of(keys, issuer))
    kind = content.get(_TYPE)
    if not isinstance(kind, str) or (type is not None and kind != type):
        raise Refused("type", f"a certificate of type {kind!r}")
    issued_at, expires_at = _times(content, now)
    reference = status_reference({"status": content[_STATUS]}) if _STATUS in content else None
    if status is not None and reference is not None:
        check_status(reference, status, keys, str(issuer), now)
    claims = content.get(_CLAIMS)
    if not isinstance(claims, dict):
        raise Refused("malformed", "the certificate has no claims")
    return Verified(claims, kind, str(issuer), message.kid, issued_at, expires_at, None, False, reference, 0)


def _unpacked(text: str) -> bytes:
    text = text.strip()
    if not text.startswith(PREFIX):
        raise Refused("malformed", f"a certificate on paper begins with {PREFIX}")
    if len(text) > MOST_BYTES:
        raise Refused("too_large", "the certificate is too large")
    unpack = zlib.decompressobj()
    try:
        raw = unpack.decompress(unb45(text.removeprefix(PREFIX)), MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise Refused("malformed", "the letters cannot be read") from error
    if not unpack.eof or unpack.unused_data:
        raise Refused(
            "too_large" if unpack.unconsumed_tail else "malformed", "the certificate is cut short, or too large"
        )
    return raw


def _times(content: Mapping[Any, Any], now: int) -> tuple[int | None, int | None]:
    found = {}
    for name in (_IAT, _NBF, _EXP):
        value = content.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Refused("malformed", "a time cannot be read")
        found[name] = None if value is None else int(value)
    if max(found[_IAT] or 0, found[_NBF] or 0) > now + LEEWAY:
        raise Refused("not_yet_valid", "the certificate is not valid yet")
    expires = found[_EXP]
    if expires is not None and expires <= now - LEEWAY:
        raise Refused("expired", "the certificate is no longer valid")
    return found[_IAT], expires
