"""The words between a log and a witness (c2sp.org/tlog-witness): the request, the answer, and the decision. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoint import Checkpoint, decimal, decode_hash
from .errors import BadProof, BadSignature, LogError, Malformed
from .notes import MOST_SIGNATURES, Note, Signature, Verifier
from .proofs import verify_consistency

LONGEST_PROOF = 63


@dataclass(frozen=True, slots=True)
class Request:
    """`old`: the size the witness is thought to have cosigned last; the proof from there; the new checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(item).decode() for item in self.proof)]
        return "\n".join(lines) + "\n\n" + str(self.checkpoint)

    @classmethod
    def parse(cls, raw: bytes) -> Request:
        """From the body of a POST. Raises Malformed."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise Malformed("a request is UTF-8 text") from None
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or not lines[0].startswith("old "):
            raise Malformed("a request is `old N`, the proof, an empty line and the checkpoint")
        if len(lines) - 1 > LONGEST_PROOF:
            raise Malformed(f"a consistency proof has at most {LONGEST_PROOF} hashes")
        return cls(
            decimal(lines[0][4:], "the old size"),
            tuple(decode_hash(line, "a hash of the proof") for line in lines[1:]),
            Note.parse(note),
        )


class Refused(LogError):
    """The witness does not cosign. `status` is the answer's HTTP status, `size` what it cosigned last (409)."""

    def __init__(self, status: int, text: str, size: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.size = size


def origin_of(request: Request) -> str:
    """The log that a request is about. Raises Refused (400)."""
    try:
        return Checkpoint.parse(request.checkpoint.text).origin
    except Malformed as error:
        raise Refused(400, str(error)) from None


def decide(request: Request, trusted: Sequence[Verifier], last: Checkpoint | None) -> Checkpoint:
    """The checkpoint to cosign, given the keys trusted for its origin and the last one cosigned. Raises Refused.

    In the order of the specification: 404 unknown origin, 403 signature, 400 old size, 409 conflict, 422 proof.
    """
    origin = origin_of(request)
    keys = [key for key in trusted if key.name == origin]
    if not keys:
        raise Refused(404, f"the log {origin} is not watched here")
    try:
        checkpoint = request.checkpoint.opened(keys)
    except BadSignature as error:
        raise Refused(403, str(error)) from None
    if request.old > checkpoint.size:
        raise Refused(400, f"the old size {request.old} is larger than the checkpoint's {checkpoint.size}")
    known = last.size if last is not None else 0
    if request.old != known:
        raise Refused(409, f"{known} was cosigned last, not {request.old}", known)
    if last is not None and checkpoint.size == known and checkpoint.root != last.root:
        raise Refused(409, f"two different roots for {known} entries: the log is forked", known)
    try:
        if last is None:
            verify_consistency(0, checkpoint.size, request.proof, _empty(), checkpoint.root)
        else:
            verify_consistency(known, checkpoint.size, request.proof, last.root, checkpoint.root)
    except (BadProof, Malformed) as error:
        raise Refused(422, str(error)) from None
    return checkpoint


def _empty() -> bytes:
    from .hashing import EMPTY_ROOT

    return EMPTY_ROOT


def read_cosignatures(raw: bytes, checkpoint: Note, verifier: Verifier) -> list[Signature]:
    """The verified cosignatures by `verifier` in a witness's answer; others are passed over. Raises LogError."""
    try:
        lines = raw.decode().split("\n")
    except UnicodeDecodeError:
        raise Malformed("the witness's answer is not UTF-8") from None
    if lines.pop() or not lines or len(lines) > MOST_SIGNATURES:
        raise Malformed("the witness's answer is not a list of signature lines")
    found = []
    for signature in map(Signature.parse, lines):
        if verifier.matches(signature):
            verifier.verify(checkpoint.text, signature)
            found.append(signature)
    if not found:
        raise BadSignature(f"the answer holds no cosignature of {verifier.name}")
    return found
