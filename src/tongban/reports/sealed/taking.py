"""Taking a sealed report: the address is read, sealed and forgotten within one call; what is stored opens with a key
that the house does not have."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tongban.cases.receipts import ALPHABET
from tongban.ledger import queue
from tongban.webaddr import Address, found_in, full_hash, parse

from ..models import SealedReport
from . import counting, envelope

LONGEST = 2000


@lru_cache(maxsize=4)
def _key(text: str) -> envelope.Public | None:
    try:
        return envelope.public(text)
    except envelope.BadKey:
        return None


def key() -> envelope.Public | None:
    """The key of the body that the city names; None where it names none: then nothing is taken."""
    return _key(settings.CHILD_SAFETY_KEY) if settings.CHILD_SAFETY_KEY else None


def body() -> str:
    """What the body is called on the page."""
    found = key()
    return settings.CHILD_SAFETY_BODY or (found.name if found is not None else "")


def take(text: str) -> SealedReport:
    """Seal the first address in `text` and store the envelope. Raises BadAddress where there is none, LookupError where
    no body is named."""
    to = key()
    if to is None:
        raise LookupError("no body is named")
    found = found_in(text[:LONGEST])
    return keep(to, content_of(found[0].address if found else parse(text[:LONGEST])))


def content_of(address: Address) -> dict[str, object]:
    """What the body finds in an envelope."""
    return {
        "address": address.href,
        "hashes": [full_hash(one).hex() for one in address.expressions()],
        "day": timezone.localdate().isoformat(),
    }


def keep(to: envelope.Public, content: dict[str, object]) -> SealedReport:
    """Seal and store, and count it on the ledger: in one transaction."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(12))
    number = "-".join(digits[at : at + 4] for at in (0, 4, 8))
    with transaction.atomic():
        queue.enqueue([counting.entry("taken", timezone.now())])
        return SealedReport.objects.create(
            number=number, envelope=envelope.seal(to, content), key_id=to.id.hex(), received_at=timezone.now()
        )
