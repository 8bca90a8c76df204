"""That a register was asked, proved: what the ledger's entry of a pull says and commits to, and its receipt.

    {"act":"step","at":"2026-12-01","commit":"<64 hex>","kind":"pull","source":"population","v":2}

Anybody counts how often a register was asked, and its owner compares that with its own log; whoever holds the receipt
sees what the entry is about. Not for acts of cases: `cases/proofs.py`.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from tongban.ledger import entry as ledger_entry
from tongban.ledger import log
from tongban.ledger.opening import EXTRA_VERSION
from tongban.merkle import Receipt

from .person import normal
from .rows import Pull

KIND = "pull"


def committed(row: Pull, id_number: str) -> dict[str, Any]:
    """What the entry's commitment covers."""
    private = row.private or {}
    return {
        "at": timezone.localtime(row.at).isoformat(timespec="seconds"),
        "by": row.by,
        "consent": private.get("consent", ""),
        "facts": list(private.get("facts") or ()),
        "key": row.key,
        "matter": row.matter_id,
        "person": normal(id_number),
        "source": row.source_id,
    }


def entry_of(row: Pull, id_number: str) -> dict[str, Any]:
    """The ledger's entry of a pull that has its salt."""
    salt = ledger_entry.salt(bytes(row.salt or b""))
    return {
        "kind": KIND,
        "act": "step",
        "at": timezone.localdate(row.at).isoformat(),
        "source": row.source_id,
        "commit": ledger_entry.commitment(salt, committed(row, id_number)),
    }


def receipt_for(row: Pull, id_number: str) -> Receipt | None:
    """The proof that a register was asked about this person, for that person alone. None while the entry waits for the
    log, and once erased."""
    index = log.index_of(bytes(row.entry_key)) if row.entry_key else None
    if index is None or not row.salt:
        return None
    seal = ledger_entry.salt(bytes(row.salt)).hex()
    extra = {"v": EXTRA_VERSION, "entry": log.entry_at(index).decode(), "salt": seal, "act": committed(row, id_number)}
    return log.receipt(index, json.dumps(extra, ensure_ascii=False, sort_keys=True).encode())
