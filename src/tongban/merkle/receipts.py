"""Proofs of logging that are checked without a network (c2sp.org/tlog-proof, files `.tlog-proof`)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoint import Checkpoint, decimal, decode_hash
from .errors import Malformed
from .notes import Note, Verifier
from .proofs import verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PROOF = 63
LONGEST_RECEIPT = 2_000_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """Entry `index` is in the tree of `checkpoint`, as `proof` shows. `extra` is not authenticated by the format."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def __str__(self) -> str:
        lines = [HEADER]
        if self.extra is not None:
            lines.append("extra " + base64.b64encode(self.extra).decode())
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(item).decode() for item in self.proof]
        return "\n".join(lines) + "\n\n" + str(self.checkpoint)

    @classmethod
    def parse(cls, raw: bytes | str) -> Receipt:
        """From the file's bytes. Raises Malformed."""
        if len(raw) > LONGEST_RECEIPT:
            raise Malformed("a receipt this long is not read")
        try:
            text = raw.decode() if isinstance(raw, bytes) else raw
        except UnicodeDecodeError:
            raise Malformed("a receipt is UTF-8 text") from None
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines[0] != HEADER:
            raise Malformed(f"a receipt begins with the line {HEADER}")
        at, extra = 1, None
        if len(lines) > at and lines[at].startswith("extra "):
            try:
                extra = base64.b64decode(lines[at][6:], validate=True)
            except (binascii.Error, ValueError):
                raise Malformed("the extra data of the receipt is not base64") from None
            at += 1
        if len(lines) <= at or not lines[at].startswith("index "):
            raise Malformed("the receipt does not say the index of its entry")
        index = decimal(lines[at][6:], "the index")
        proof = tuple(decode_hash(line, "a hash of the proof") for line in lines[at + 1 :])
        if len(proof) > LONGEST_PROOF:
            raise Malformed(f"an inclusion proof has at most {LONGEST_PROOF} hashes")
        return cls(index, proof, Note.parse(note), extra)

    def verify(self, leaf: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
        """The signed checkpoint that holds the entry with this leaf hash. Raises BadSignature, BadProof, Malformed."""
        checkpoint = self.checkpoint.opened(verifiers)
        verify_inclusion(leaf, self.index, checkpoint.size, self.proof, checkpoint.root)
        return checkpoint
