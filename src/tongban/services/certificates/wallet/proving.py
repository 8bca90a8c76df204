"""That a wallet has the key it names, now: nonces that this house gave out, each good for five minutes and one copy.

A nonce says itself until when it is good and that it is ours (HMAC), so that giving them out costs no row and no flood
of asking fills a table; only one that was used is remembered, until its end.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tongban.credentials import PublicKey, Refused, read_key_proof
from tongban.credentials.encoding import b64, unb64
from tongban.vault.keyring import ring

from .. import keys
from .errors import WalletError
from .rows import UsedNonce

NONCE_LASTS = timedelta(minutes=5)
_TAG, _SAID = 16, 24


def new_nonce(unit: str, now: datetime) -> str:
    """A nonce for this unit's certificates: until when (8 bytes), chance (16), our tag (16)."""
    said = int((now + NONCE_LASTS).timestamp()).to_bytes(8, "big") + secrets.token_bytes(16)
    return b64(said + _tag(unit, said))


def _tag(unit: str, said: bytes) -> bytes:
    return hmac.new(ring().derive("wallet nonces"), unit.encode() + b"\x00" + said, hashlib.sha256).digest()[:_TAG]


def _until(unit: str, nonce: str, now: datetime) -> datetime | None:
    """Until when a nonce of ours is good; None for others, and for one that has ended."""
    try:
        raw = unb64(nonce)
    except ValueError:
        return None
    said, tag = raw[:_SAID], raw[_SAID:]
    if len(raw) != _SAID + _TAG or not hmac.compare_digest(tag, _tag(unit, said)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(said[:8], "big"), UTC)
    return until if until > now else None


def proved_key(unit: str, proofs: Any, now: datetime) -> tuple[PublicKey, str, datetime]:
    """The key that the proofs of a request show, the nonce, and its end. Writes nothing. Raises WalletError:
    invalid_proof, invalid_nonce."""
    if not isinstance(proofs, dict) or set(proofs) != {"jwt"}:
        raise WalletError("invalid_proof", "proofs holds one member, jwt")
    if not isinstance(proofs["jwt"], list) or len(proofs["jwt"]) != 1:
        raise WalletError("invalid_proof", "proofs.jwt holds exactly one proof")
    try:
        found = read_key_proof(proofs["jwt"][0], issuer=keys.issuer_of(unit), now=int(now.timestamp()))
    except Refused as refused:
        raise WalletError("invalid_proof", f"{refused.reason}: {refused}") from None
    if found.nonce is None:
        raise WalletError("invalid_proof", "the key proof holds no nonce")
    until = _until(unit, found.nonce, now)
    if until is None:
        raise WalletError("invalid_nonce", "the nonce is not one of this issuer, or has ended")
    return found.key, found.nonce, until


def use_nonce(nonce: str, until: datetime) -> None:
    """Use it up, in the transaction of what it is for. Raises WalletError("invalid_nonce") where it was used before."""
    try:
        with transaction.atomic():
            UsedNonce.objects.create(digest=hashlib.sha256(nonce.encode()).hexdigest(), until=until)
    except IntegrityError:
        raise WalletError("invalid_nonce", "the nonce was used before") from None
