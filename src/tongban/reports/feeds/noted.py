"""What a feed's signature says: a C2SP signed note (c2sp.org/signed-note). Pure: whoever takes a feed can check it.

The note's first line names the feed, so it can never be taken for a checkpoint: that begins with the log's origin.

    city.example/feeds/rpz
    serial 2570
    sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    size 1234
    rows 17
    made 2026-11-30T04:00:00Z
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.merkle import Note, Signer, Verifier
from tongban.merkle.errors import BadSignature, Malformed


@dataclass(frozen=True, slots=True)
class Signed:
    """What a feed's note says: its name, and of the text its SHA-256 in hex, its bytes and its rows."""

    name: str
    serial: int
    sha256: str
    size: int
    rows: int
    made: str

    def text(self) -> str:
        """What is signed."""
        return (
            f"{self.name}\nserial {self.serial}\nsha256 {self.sha256}\nsize {self.size}\nrows {self.rows}\n"
            f"made {self.made}\n"
        )

    def by(self, keys: Sequence[Signer]) -> Note:
        """Signed by each of the keys."""
        return Note(self.text(), tuple(key.sign(self.text()) for key in keys))


def opened(note: Note, keys: Sequence[Verifier]) -> Signed:
    """What a note says, where one of the keys has signed it. Raises BadSignature, Malformed."""
    if not note.signed_by(keys):
        raise BadSignature("the feed's signature is by nobody whose key is trusted here")
    name, *lines = note.text.splitlines()
    said = dict(line.split(" ", 1) for line in lines if " " in line)
    try:
        return Signed(name, int(said["serial"]), said["sha256"], int(said["size"]), int(said["rows"]), said["made"])
    except (KeyError, ValueError):
        raise Malformed("this is no note of a feed") from None
