"""The keys that units sign certificates with, and those that are published.

`TONGBAN_CERTIFICATE_KEYS` names secrets, newest first, separated by commas: `NAME:SECRET` is good for every unit, each
of which gets a key of its own derived from it (HKDF-SHA256 over the unit's code); `UNIT@NAME:SECRET` is one unit's own
private key. SECRET are 32 bytes of base64url (`tongban keys certificates new`). The first that fits a unit signs. Where
the variable is empty, keys are derived from the vault's index key.

A unit's public key is stored when it first signs (`rows.IssuingKey`) and stays published after its secret has left the
environment, so that old certificates stay good. Not for the ledger's keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tongban.credentials import PublicKey, SigningKey
from tongban.credentials.encoding import b64, unb64
from tongban.gate import former
from tongban.vault.keyring import ring

from .rows import IssuingKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The number of points on P-256 (SEC 2, 2.4.2)."""
DERIVED = "0"
"""The name of the secret that is the vault's."""
_NAMED = re.compile(r"(?:(?P<unit>[0-9A-Za-z-]{1,32})@)?(?P<name>[0-9A-Za-z.-]{1,24}):(?P<secret>[0-9A-Za-z_-]{43})")


class CertificateKeysError(ValueError):
    """TONGBAN_CERTIFICATE_KEYS cannot be read."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of the environment; `unit` is empty for one that every unit's key is derived from."""

    name: str
    unit: str
    raw: bytes

    def __repr__(self) -> str:
        return f"Secret({self.name!r}, {self.unit!r})"


@lru_cache(maxsize=8)
def parsed(text: str) -> tuple[Secret, ...]:
    """The secrets as the variable says them. Raises CertificateKeysError, which says the place that is wrong, never the
    secret."""
    found: list[Secret] = []
    for place, part in enumerate(filter(None, (one.strip() for one in text.split(","))), start=1):
        said = _NAMED.fullmatch(part)
        if said is None:
            raise CertificateKeysError(
                f"TONGBAN_CERTIFICATE_KEYS, entry {place}: NAME:SECRET or UNIT@NAME:SECRET is expected"
            )
        try:
            raw = unb64(said["secret"])
        except ValueError:
            raise CertificateKeysError(
                f"TONGBAN_CERTIFICATE_KEYS, entry {place}: the secret is not base64url"
            ) from None
        if said["name"] == DERIVED:
            raise CertificateKeysError(f"TONGBAN_CERTIFICATE_KEYS, entry {place}: the name {DERIVED} is taken")
        if any((one.name, one.unit) == (said["name"], said["unit"] or "") for one in found):
            raise CertificateKeysError(f"TONGBAN_CERTIFICATE_KEYS, entry {place}: the name {said['name']} stands twice")
        found.append(Secret(said["name"], said["unit"] or "", raw))
    return tuple(found)


def secrets_now() -> tuple[Secret, ...]:
    """The secrets of this deployment, newest first; the vault's last, where there is no other for every unit."""
    said = parsed(settings.CERTIFICATE_KEYS)
    if any(not one.unit for one in said):
        return said
    return (*said, Secret(DERIVED, "", ring().derive("certificates")))


@lru_cache(maxsize=4096)
def _key(secret: Secret, unit: str) -> SigningKey:
    if secret.unit:
        return SigningKey.from_text(b64(secret.raw), f"{secret.name}.own")
    seed = HKDF(hashes.SHA256(), 48, None, f"tongban certificate key\x00{unit}".encode()).derive(secret.raw)
    number = int.from_bytes(seed, "big") % (ORDER - 1) + 1  # FIPS 186-5, A.2.1: 128 bits more than the order has
    return SigningKey.from_text(b64(number.to_bytes(32, "big")), secret.name)


def signing_key(unit: str) -> SigningKey:
    """The key that a unit signs with now. Raises CertificateKeysError."""
    return _key(next(one for one in secrets_now() if one.unit in ("", unit)), unit)


def signing(unit: str, at: datetime | None = None) -> SigningKey:
    """The same, its public part stored and thereby published; in the transaction of what is signed. Raises
    CertificateKeysError, also where this key was withdrawn or the stored one is another."""
    key = signing_key(unit)
    row = IssuingKey.objects.filter(unit=unit, kid=key.kid).first()
    if row is None:
        jwk = key.public.jwk
        row = IssuingKey(unit_id=unit, kid=key.kid, x=jwk["x"], y=jwk["y"], since=at or timezone.now())
        row.seal()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return key
        except IntegrityError:  # somebody was quicker
            row = IssuingKey.objects.get(unit=unit, kid=key.kid)
    if row.withdrawn_at or not row.genuine or row.x != key.public.jwk["x"]:
        raise CertificateKeysError(
            f"the key {key.kid} of {unit} was withdrawn, or its name stands for another key: give a new name"
        )
    return key


def published() -> dict[str, list[PublicKey]]:
    """Unit → its public keys, retired ones too, the newest first; withdrawn and false rows are left out."""
    found: dict[str, list[PublicKey]] = {}
    for row in IssuingKey.objects.filter(withdrawn_at=None):
        if row.genuine:
            found.setdefault(row.unit_id, []).append(PublicKey.from_jwk(row.jwk))
    return found


def keys_of_unit(unit: str) -> list[PublicKey]:
    """The published keys of one unit."""
    rows = IssuingKey.objects.filter(unit=unit, withdrawn_at=None)
    return [PublicKey.from_jwk(row.jwk) for row in rows if row.genuine]


def withdraw(unit: str, kid: str, now: datetime | None = None) -> bool:
    """Withdraw a key whose secret became known: everything signed with it is refused from now on. False where there is
    no such key."""
    row = IssuingKey.objects.filter(unit=unit, kid=kid, withdrawn_at=None).first()
    if row is None:
        return False
    row.withdrawn_at = now or timezone.now()
    row.seal()
    row.save()
    return True


def new_secret() -> str:
    """A fresh secret, as the variable takes it."""
    return SigningKey.generate().text


# --- addresses ---------------------------------------------------------------

ISSUER_PATH = "/issuer/"


def issuer_of(unit: str, origin: str = "") -> str:
    """Who a unit's certificates say has issued them: under the house's present address, or under a former one."""
    return f"{origin or settings.ORIGIN}{ISSUER_PATH}{unit}"


def unit_of(issuer: str) -> str:
    """The unit behind such an address, present or former; empty for another house's."""
    _origin, path = former.own(issuer)
    return path.removeprefix(ISSUER_PATH) if path.startswith(ISSUER_PATH) else ""


def keys_of(issuer: str) -> list[PublicKey]:
    """The keys of an issuer, as `credentials.verify` asks for them."""
    unit = unit_of(issuer)
    return keys_of_unit(unit) if unit else []
