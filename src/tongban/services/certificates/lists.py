"""Status lists of issuing units: an entry drawn by chance for each certificate, two bits that say how it stands, and
the signed text that is served.

Source: draft-ietf-oauth-status-list. Rows are locked while an entry is drawn or changed. Not for the meaning of a
change: `issuing.py`.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tongban.credentials import status_list, status_list_cwt
from tongban.credentials.status import INVALID, REPLACED, SUSPENDED, VALID
from tongban.credentials.status import StatusList as Entries
from tongban.gate import former

from . import keys
from .kinds import rules
from .rows import Certificate, StatusList
from .wallet.rows import WalletCopy

__all__ = [
    "INVALID",
    "REPLACED",
    "SUSPENDED",
    "VALID",
    "Form",
    "Served",
    "address_of",
    "draw",
    "put",
    "served",
    "standing",
]
BITS, STATUS = 2, "/status/"
Form = Literal["jwt", "cwt"]


def address_of(unit: str, number: int, origin: str = "") -> str:
    """Where a list is served: what certificates name; of old ones under an address that the house had before."""
    return f"{origin or settings.ORIGIN}{STATUS}{unit}/{number}"


def named(address: str) -> tuple[str, int, str] | None:
    """The unit, the number and the house's address in that of a list; None for another's."""
    origin, path = former.own(address)
    unit, _slash, number = path.removeprefix(STATUS).partition("/")
    known = path.startswith(STATUS) and number.isascii() and number.isdecimal() and len(number) < 9
    return (unit, int(number), origin) if known else None


def draw(unit: str, now: datetime) -> tuple[StatusList, int]:
    """A free entry of the unit's newest list, drawn by chance; a new list where three of four are taken. In the
    transaction of what takes it."""
    row = _newest(unit, now)
    while True:
        index = secrets.randbelow(row.size)
        taken = {"status_list": row.pk, "status_index": index}
        if not (Certificate.objects.filter(**taken).exists() or WalletCopy.objects.filter(**taken).exists()):
            break
    row.taken += 1
    row.save(update_fields=["taken"])
    return row, index


def _newest(unit: str, now: datetime) -> StatusList:
    """The list that has room, locked; its bits are not read."""
    rows = StatusList.objects.select_for_update().defer("bits").filter(unit=unit).order_by("-number")
    row = rows.first()
    if row is not None and row.taken < row.size * 3 // 4:
        return row
    number, size = (row.number + 1 if row is not None else 1), rules().entries
    try:
        with transaction.atomic():
            StatusList.objects.create(
                unit_id=unit, number=number, size=size, bits=bytes(size * BITS // 8), changed_at=now
            )
    except IntegrityError:  # somebody was quicker
        pass
    return rows.get(number=number)


def put(list_id: int, indexes: dict[int, int], now: datetime) -> None:
    """Set entries of a list: index → VALID, INVALID, SUSPENDED or REPLACED. In the transaction of the act."""
    row = StatusList.objects.select_for_update().get(pk=list_id)
    entries = Entries(0, BITS, bytes(row.bits))
    if all(entries[index] == status for index, status in indexes.items()):
        return
    for index, status in indexes.items():
        entries[index] = status
    row.bits = entries.raw
    row.changed_at = max(now, row.changed_at + timedelta(microseconds=1))
    row.save(update_fields=["bits", "changed_at"])


def standing(list_id: int, index: int) -> int:
    """How an entry stands."""
    row = StatusList.objects.get(pk=list_id)
    return Entries(0, BITS, bytes(row.bits))[index]


@dataclass(frozen=True, slots=True)
class Served:
    """A signed list: its bytes, and what names this very text."""

    body: bytes
    etag: str


_made: OrderedDict[tuple[str, int, Form, str], tuple[datetime, datetime, str, Served]] = OrderedDict()
"""(unit, number, form, address of the house) → when it had changed, when it was signed, with which key, the text; of
this process."""
MOST_MADE = 200


def served(unit: str, number: int, form: Form, now: datetime | None = None, origin: str = "") -> Served | None:
    """The list as it stands at this moment, signed; None where there is none. `origin`: for certificates that were
    issued when this was the house's address.

    One small look at the row says whether the text that was signed last still holds: so a revocation is in the next
    answer, and a list that nobody changes is signed once in a while.
    """
    now = now or timezone.now()
    row = StatusList.objects.defer("bits").filter(unit=unit, number=number).first()
    if row is None:
        return None
    key, told, which = keys.signing_key(unit), rules(), (unit, number, form, origin or settings.ORIGIN)
    kept = _made.get(which)
    if kept and kept[0] == row.changed_at and kept[2] == key.kid and now - kept[1] < told.signed_anew:
        return kept[3]
    row = StatusList.objects.get(pk=row.pk)  # with its bits, and when these had changed
    at = int(now.timestamp())
    signed = status_list if form == "jwt" else status_list_cwt
    text = signed(
        Entries(0, BITS, bytes(row.bits)),
        uri=address_of(unit, number, origin),
        issuer=keys.issuer_of(unit, origin),
        key=keys.signing(unit, now),
        issued_at=at,
        expires_at=at + int(told.list_good_for.total_seconds()),
        ttl=told.list_kept_for,
    )
    body = text.encode() if isinstance(text, str) else text
    made = Served(body, f'"{row.pk}-{row.changed_at.timestamp():.6f}-{at}-{key.kid}-{form}-{origin}"')
    _made[which] = (row.changed_at, now, key.kid, made)
    _made.move_to_end(which)
    while len(_made) > MOST_MADE:
        _made.popitem(last=False)
    return made


def forget() -> None:
    """For tests."""
    _made.clear()
