"""A copy of a certificate for a wallet: the same claims, bound to the wallet's key; provable on the ledger.

    {"act":"step","at":"2026-12-01","commit":"<64 hex>","kind":"wallet","v":2}

An entry when a copy is issued and another when its holder withdraws it; about which certificate and which key is
sealed, and whoever holds the case's secret opens it. Everything happens in one transaction, behind the lock of the
certificate's row, which an act that revokes takes as well: of a copy and a revocation one comes first, and the copy is
refused or revoked. What acts do to copies: `issuing.change`.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.credentials import PublicKey, issue
from tongban.ledger import entry as ledger_entry
from tongban.ledger import log
from tongban.ledger.opening import EXTRA_VERSION
from tongban.ledger.queue import enqueue
from tongban.merkle import Receipt
from tongban.workdays import shanghai_day

from .. import issuing, keys, lists, showing
from ..rows import Certificate
from . import offering, proving
from .errors import WalletError
from .rows import WalletCopy, WalletOffer

KIND = "wallet"
What = Literal["issued", "withdrawn"]


def copy_for(offer: WalletOffer, key: PublicKey, nonce: str, until: datetime, now: datetime) -> str:
    """The text of the copy; uses up token and nonce. Raises WalletError: invalid_token, invalid_nonce,
    credential_request_denied."""
    with transaction.atomic():
        held = Certificate.objects.select_for_update().get(pk=offer.certificate_id)
        spent = WalletOffer.objects.filter(pk=offer.pk, spent_at=None, token_until__gt=now).update(spent_at=now)
        if not spent:
            raise WalletError("invalid_token", "the token was used before")
        proving.use_nonce(nonce, until)
        if not offering.offerable(held, now):
            raise WalletError("credential_request_denied", "the certificate is not good any more")
        try:
            signs = keys.signing(held.unit_id, now)
        except keys.CertificateKeysError:
            raise WalletError("credential_request_denied", "the issuer cannot sign now") from None
        status_list, index = lists.draw(held.unit_id, now)
        kind = showing.kind_of(held)
        text = issue(
            held.claims,
            type=kind.type,
            issuer=keys.issuer_of(held.unit_id),
            key=signs,
            issued_at=_first_second(held.issued_at),
            expires_at=issuing.end_of(held.until),
            disclosable=[name for name in held.claims if not issuing.is_open(kind, name)],
            holder=key,
            status=(lists.address_of(held.unit_id, status_list.number), index),
            decoys=secrets.randbelow(issuing.DECOYS_UP_TO + 1),
        )
        row = WalletCopy(
            certificate=held, issued_at=now, status_list=status_list, status_index=index,
            seed=ledger_entry.new_seed(), private={"holder": key.thumbprint},
        )  # fmt: skip
        row.entry_key = enqueue([entry_of(row, "issued")])[0]
        row.save(force_insert=True)
    return text


def _first_second(at: datetime) -> int:
    """The beginning of that day: copies that said the second would be known by it as copies of one certificate."""
    return issuing.end_of(shanghai_day(at) - timedelta(days=1)) or 0


def withdraw(certificate: Certificate, key: str, now: datetime) -> None:
    """The holder takes one copy back: its entry of the list says invalid, that of the certificate and of other copies
    stays as it is. Twice is once. Raises Refusal."""
    with transaction.atomic():
        Certificate.objects.select_for_update().get(pk=certificate.pk)
        row = WalletCopy.objects.select_related("certificate").filter(certificate=certificate, key=key).first()
        if row is None or row.private is None:
            raise Refusal("not_allowed", _("没有这一份。"))
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = now
        row.withdrawal_key = enqueue([entry_of(row, "withdrawn")])[0]
        row.save(update_fields=["withdrawn_at", "withdrawal_key"])
        lists.put(row.status_list_id, {row.status_index: lists.INVALID}, now)


def erased(case: Case) -> None:
    """The case was erased: whose keys its copies are bound to is forgotten, and open offers with it. How the copies
    stand stays, as with certificates."""
    WalletOffer.objects.filter(certificate__case=case).delete()
    WalletCopy.objects.filter(certificate__case=case).update(private=None, seed=None)


# --- on the ledger ---------------------------------------------------------------


def committed(row: WalletCopy, what: What) -> dict[str, Any]:
    """What an entry's commitment covers."""
    at = row.issued_at if what == "issued" else row.withdrawn_at
    assert at is not None  # noqa: S101 -- the caller has set it
    return {
        "at": timezone.localtime(at).isoformat(timespec="seconds"),
        "certificate": row.certificate.number,
        "holder": (row.private or {})["holder"],
        "what": what,
    }


def entry_of(row: WalletCopy, what: What) -> dict[str, Any]:
    """The entry for a copy that has its seed."""
    said = committed(row, what)
    salt = ledger_entry.salt(bytes(row.seed or b""), what)
    return {"kind": KIND, "act": "step", "at": said["at"][:10], "commit": ledger_entry.commitment(salt, said)}


def receipt_for(row: WalletCopy, what: What) -> Receipt | None:
    """The proof, for whoever holds the case's secret. None while it waits for the log, and once erased."""
    queued = row.entry_key if what == "issued" else row.withdrawal_key
    index = log.index_of(bytes(queued)) if queued else None
    if index is None or row.seed is None:
        return None
    seal = ledger_entry.salt(bytes(row.seed), what).hex()
    extra = {"v": EXTRA_VERSION, "entry": log.entry_at(index).decode(), "salt": seal, "act": committed(row, what)}
    return log.receipt(index, json.dumps(extra, ensure_ascii=False, sort_keys=True).encode())
