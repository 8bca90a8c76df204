"""The head of a log at one size (c2sp.org/tlog-checkpoint): origin, size, root, as the body of a signed note."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from .errors import Malformed
from .hashing import HASH_BYTES
from .proofs import MOST


def decimal(text: str, what: str) -> int:
    """A decimal without sign or leading zeroes. Raises Malformed."""
    if (
        not text.isascii()
        or not text.isdigit()
        or (len(text) > 1 and text[0] == "0")
        or len(text) > 19
        or int(text) >= MOST
    ):
        raise Malformed(f"{what} is not a plain decimal number: {text[:30]!r}")
    return int(text)


def decode_hash(text: str, what: str) -> bytes:
    """A hash in standard base64. Raises Malformed: also where it does not have 32 bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what} is not base64") from None
    if len(raw) != HASH_BYTES:
        raise Malformed(f"{what} has {len(raw)} bytes instead of {HASH_BYTES}")
    if base64.b64encode(raw).decode() != text:
        raise Malformed(f"{what} is not canonical base64")
    return raw


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin`, `size` in entries, `root` of 32 bytes; extension lines are kept and mean nothing here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise Malformed("a checkpoint needs an origin on one line")
        if len(self.root) != HASH_BYTES:
            raise Malformed(f"the root has {len(self.root)} bytes instead of {HASH_BYTES}")
        if not 0 <= self.size < MOST:
            raise Malformed("the size of a log is between 0 and 2^63")

    @property
    def body(self) -> str:
        """The text that is signed, with its last newline."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """From the text of a note. Raises Malformed."""
        if not body.endswith("\n"):
            raise Malformed("a checkpoint ends with a newline")
        lines = body[:-1].split("\n")
        if len(lines) < 3 or not all(lines):
            raise Malformed("a checkpoint has three lines at least, none of them empty")
        return cls(lines[0], decimal(lines[1], "the size"), decode_hash(lines[2], "the root"), tuple(lines[3:]))
