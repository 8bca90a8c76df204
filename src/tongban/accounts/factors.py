"""Second factors in the vault: the secret of an authenticator app and the seed of recovery codes are sealed to their
official.

django-allauth asks its adapter to encrypt and decrypt them, with the text alone at hand. Which official they are of is
added where the row is loaded and stored, so that a secret moved to another official's row does not open. A passkey's
public key is no secret.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models.signals import post_init, pre_save

from tongban.vault import rotation
from tongban.vault.keyring import KeyRingError, ring

PURPOSE = b"mfa_authenticator.data"
FRESH, SEALED = "fresh:", "sealed:"
SECRETS = {"totp": ("secret",), "recovery_codes": ("seed", "migrated_codes")}
"""What of an authenticator's data is secret, by its type."""


class Owned(str):
    """A sealed secret as it lies in the database, with whose it is."""

    owner: bytes


class SealedFactors(DefaultMFAAdapter):
    """What allauth asks about second factors."""

    def encrypt(self, text: str) -> str:
        """Sealed to nobody as yet; storing the row seals it to its official."""
        return FRESH + _seal(text, b"")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises KeyRingError where the secret is another official's, was changed, or is in clear."""
        if not isinstance(encrypted_text, Owned):
            raise KeyRingError("a second factor's secret is not sealed to its official")
        return _open(encrypted_text.removeprefix(SEALED), encrypted_text.owner)


def _seal(text: str, owner: bytes) -> str:
    return base64.b64encode(ring().seal(text.encode(), PURPOSE + b"\x00" + owner)).decode()


def _open(text: str, owner: bytes) -> str:
    return ring().open(base64.b64decode(text), PURPOSE + b"\x00" + owner).decode()


def _owner(row: Authenticator) -> bytes:
    return f"{row.user_id}:{row.type}".encode()


def _owned(value: str, owner: bytes) -> str:
    """The secret, with whose it is; what was just encrypted is sealed to them first. What is in clear stays without an
    owner, and so is never taken for a secret."""
    if value.startswith(FRESH):
        value = SEALED + _seal(_open(value.removeprefix(FRESH), b""), owner)
    if not value.startswith(SEALED):
        return value
    held = Owned(value)
    held.owner = owner
    return held


def _own(row: Authenticator) -> None:
    names = SECRETS.get(row.type, ()) if "data" in row.__dict__ and isinstance(row.data, dict) else ()
    for name in names:
        value = row.data.get(name)
        if isinstance(value, list):
            row.data[name] = [_owned(item, _owner(row)) for item in value]
        elif isinstance(value, str):
            row.data[name] = _owned(value, _owner(row))


def _loaded(sender: type[Authenticator], instance: Authenticator, **_more: Any) -> None:
    if instance.pk is not None:
        _own(instance)


def _storing(sender: type[Authenticator], instance: Authenticator, **_more: Any) -> None:
    _own(instance)


def reseal() -> Iterator[int]:
    """Seal every secret anew that is not sealed with the newest key of the ring; yields 1 for each authenticator looked
    at."""
    for number in Authenticator.objects.filter(type__in=SECRETS).order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=number).first()
            if row is not None and _reseal(row):
                row.save(update_fields=["data"])
        yield 1


def _reseal(row: Authenticator) -> bool:
    changed = False
    for name in SECRETS[row.type]:
        value = row.data.get(name)
        if value is None:
            continue
        given = value if isinstance(value, list) else [value]
        fresh = [_newest(item) for item in given]
        if fresh != given:
            row.data[name], changed = (fresh if isinstance(value, list) else fresh[0]), True
    return changed


def _newest(item: str) -> str:
    if not isinstance(item, Owned) or ring().sealed_with_current(base64.b64decode(item.removeprefix(SEALED))):
        return item
    return SEALED + _seal(_open(item.removeprefix(SEALED), item.owner), item.owner)


def count() -> int:
    """How many authenticators have something sealed."""
    return int(Authenticator.objects.filter(type__in=SECRETS).count())


def connect() -> None:
    """Have rows say whose their secrets are, and a change of keys find them. Once, when the room is made ready."""
    post_init.connect(_loaded, sender=Authenticator, dispatch_uid="factors loaded")
    pre_save.connect(_storing, sender=Authenticator, dispatch_uid="factors stored")
    rotation.register("second factors", reseal, count)
