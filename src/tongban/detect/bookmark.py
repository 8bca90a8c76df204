"""What a scan keeps of an unfinished file or table: where it stood and what it had counted, sealed with
the source's own content.

A tally holds cells to be looked at again, and the place in a table is a value of its key; neither may lie readable in a
file of state. Both are encrypted (AES-256-GCM) with a key made of the first piece of the file or table by scrypt:
whoever can read the source can go on, and nobody else learns anything. A source that begins otherwise than before gives
another key, so going on in a changed source fails by itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterable
from typing import Any

from .prose import TextTally
from .sources import BytesPiece, Piece, RecordsPiece, TableBatch, TextPiece
from .tally import Tally, unpacked

Counted = Tally | TextTally


def digest_of(piece: Piece) -> bytes:
    """A digest of the content and the form of a piece: columns, types, storage, cells. Raises TypeError for
    a piece without content."""
    made = hashlib.sha256()

    def put(parts: Iterable[Any]) -> None:
        made.update(
            "\x1e".join("\x00" if part is None else str(part) for part in parts).encode("utf-8", "surrogatepass")
            + b"\x1d"
        )

    put((type(piece).__name__, piece.source, piece.part))
    if isinstance(piece, TableBatch):
        put((*piece.columns, *piece.types.items(), piece.storage))
        for name in piece.columns:
            put(piece.column(name))
    elif isinstance(piece, RecordsPiece):
        put((*piece.columns, piece.delimiter))
        made.update(piece.raw)
    elif isinstance(piece, BytesPiece):
        made.update(piece.raw)
    elif isinstance(piece, TextPiece):
        put((piece.text,))
    else:
        raise TypeError(type(piece).__name__)
    return made.digest()


class Seal:
    """Encrypts and decrypts what is kept of one file or table. `salt` may be known to anybody."""

    def __init__(self, digest: bytes, salt: bytes = b"") -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.salt = salt or secrets.token_bytes(16)
        self._cipher = AESGCM(hashlib.scrypt(digest, salt=self.salt, n=2**14, r=8, p=1, dklen=32))

    def close(self, at: str, counted: Counted) -> str:
        """Place and counts as text for the file of state."""
        head = json.dumps({"at": at, "table": isinstance(counted, Tally)}).encode()
        nonce = secrets.token_bytes(12)
        return base64.b64encode(
            nonce + self._cipher.encrypt(nonce, zlib.compress(head + b"\n" + counted.packed(), 1), self.salt)
        ).decode()

    def open(self, sealed: str) -> tuple[str, Counted]:
        """What `close` made. Raises ValueError where the source is another, or the text is none of its."""
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(sealed, validate=True)
            head, _, rest = zlib.decompress(self._cipher.decrypt(raw[:12], raw[12:], self.salt)).partition(b"\n")
        except (InvalidTag, zlib.error) as error:
            raise ValueError("sealed with another source") from error
        told = json.loads(head)
        return str(told["at"]), unpacked(rest) if told["table"] else TextTally.unpacked(rest)


def fingerprint(path: str) -> list[int]:
    """Size and time of the last change of a file, and of what SQLite has written beside it;
    empty where there is none."""
    found: list[int] = []
    for name in (path, f"{path}-wal") if path else ():
        try:
            told = os.stat(name)
        except OSError:
            continue
        found += [told.st_size, told.st_mtime_ns]
    return found
