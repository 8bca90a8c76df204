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
from .entry import mark

EXTRA_VERSION = 2
FOREIGN = "the extra data of the receipt are not those of this ledger"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a checked receipt says: the entry, the signed tree, and as far as they were shown the act and its words.

    `act` is what the entry commits to (which act, by which unit, when, its public part), `words` what is sealed within
    it.
    """

    entry: Mapping[str, Any]
    act: Mapping[str, Any] | None
    words: Mapping[str, Any] | None
    salt: bytes | None
    index: int
    checkpoint: Checkpoint

    @property
    def told(self) -> dict[str, Any] | None:
        """Act and words together, as pages show them; None where the receipt shows the entry alone."""
        return None if self.act is None else {**self.act, "words": self.words}

    @property
    def mark(self) -> str | None:
        """The act's mark in the statement of its month; None where the receipt does not show the act."""
        return mark(self.salt).hex() if self.salt is not None else None

    @property
    def statement(self) -> tuple[str, str, str] | None:
        """(kind, unit, month as YYYY-MM) of the statement that counts the act; None where it counts for nothing or is
        not shown."""
        if self.act is None or self.entry.get("act") == "step":
            return None
        return str(self.entry.get("kind", "")), str(self.act.get("unit", "")), str(self.act.get("at", ""))[:7]


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
        raise Malformed(FOREIGN) from None
    if not isinstance(text, str) or not isinstance(entry, dict):
        raise Malformed(FOREIGN)
    checkpoint = receipt.verify(leaf_hash(text.encode()), verifiers)
    act = extra.get("act")
    if act is None:
        return Opened(entry, None, None, None, receipt.index, checkpoint)
    salt = _unsealed(extra, act, entry.get("commit"))
    said = extra.get("words")
    words = None
    if said is not None:
        words = said.get("said") if isinstance(said, dict) else None
        _unsealed(said, words, act.get("words"))
    return Opened(entry, act, words, salt, receipt.index, checkpoint)


def _unsealed(holder: Any, value: Any, commit: Any) -> bytes:
    """The salt with which `value` was sealed. Raises Malformed without one, BadProof where `commit` is of something
    else."""
    try:
        salt = bytes.fromhex(holder["salt"])
        sealed = commitment_of(salt, value) if isinstance(value, dict) else ""
    except (ValueError, KeyError, TypeError):
        raise Malformed("the receipt shows words but not the salt they were sealed with") from None
    if sealed != commit:
        raise BadProof("the words in the receipt are not those that the ledger's entry commits to")
    return salt
