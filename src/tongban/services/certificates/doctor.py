"""What `tongban doctor` says of certificates."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from tongban.gate.parts import Level

from . import keys
from .kinds import KindsError, kinds
from .rows import IssuingKey


def check() -> Iterator[tuple[Level, str, str]]:
    """Keys that can be read, rows that are the house's own, kinds that are described rightly."""
    try:
        secrets = keys.secrets_now()
    except keys.CertificateKeysError as error:
        yield "danger", str(error), "tongban keys certificates new NAME"
        return
    rows = list(IssuingKey.objects.all())
    if rows and secrets[0].name == keys.DERIVED and not settings.DEMO:
        yield (
            "warning",
            "certificates are signed with keys derived from the vault's index key, which is never rotated",
            "put a secret of their own into TONGBAN_CERTIFICATE_KEYS: tongban keys certificates new 2026",
        )
    false = [str(row) for row in rows if not row.genuine]
    if false:
        yield (
            "danger",
            f"keys that this house did not write: {', '.join(false[:5])}",
            "look who can write to the database",
        )
    try:
        count = len(kinds())
    except (KindsError, KeyError, ValueError) as error:
        yield "danger", f"kinds of certificates: {error}", "correct certificates.toml in the data folder"
        return
    yield "ok", f"certificates: {count} kinds, keys of {len({row.unit_id for row in rows})} units", ""
