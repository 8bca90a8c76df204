"""Checks a receipt of this ledger with nothing but the keys one trusts: no settings, no database, no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.merkle import Checkpoint, Receipt, leaf_hash
from tongban.merkle.errors import BadProof, Malformed
from tongban.merkle.notes import Verifier

from .entry import commitment as commitment_of

EXTRA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """What a checked receipt says: the entry, what it commits to (None where that was not shown), and the signed tree."""

    entry: Mapping[str, Any]
    private: Mapping[str, Any] | None
    index: int
    checkpoint: Checkpoint


def open_receipt(raw: bytes | str, verifiers: list[Verifier]) -> Opened:
    """Check a receipt with nothing but the keys one trusts. Raises LogError that says what is wrong."""
    receipt = Receipt.parse(raw)
    if receipt.extra is None:
        raise Malformed("the receipt does not hold its entry; this check needs it")
    try:
        extra = json.loads(receipt.extra)
        text = extra["entry"]
        entry = json.loads(text)
    except (ValueError, KeyError, TypeError):
        raise Malformed("the extra data of the receipt are not those of this ledger") from None
    if not isinstance(text, str) or not isinstance(entry, dict):
        raise Malformed("the extra data of the receipt are not those of this ledger")
    checkpoint = receipt.verify(leaf_hash(text.encode()), verifiers)
    private = extra.get("private")
    if private is not None:
        try:
            sealed = commitment_of(bytes.fromhex(extra["salt"]), private)
        except (ValueError, KeyError, TypeError):
            raise Malformed("the receipt shows words but not the salt they were sealed with") from None
        if sealed != entry.get("commit"):
            raise BadProof("the words in the receipt are not those that the ledger's entry commits to")
    return Opened(entry, private, receipt.index, checkpoint)
