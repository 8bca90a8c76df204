"""Text in fewer bytes before it is sealed: what is sealed cannot be compressed any more.

Chinese takes three bytes in UTF-8 and two in GB 18030, which maps every character of Unicode; deflate then finds what
repeats. A letter shrinks to about half. What a packed value tells by its length is what the letter's length told,
nearly. Not for files: they are packed by their own formats.
"""

from __future__ import annotations

import zlib

PACKED = b"\x01"
"""Before a packed value; JSON never begins so."""
SHORTEST = 96
"""Shorter values gain nothing."""
_LEVEL, _WINDOW, _MEMORY = 1, 12, 5
"""Small tables: for texts of some kilobytes, setting up the usual ones takes longer than the work."""


def packed(plain: bytes) -> bytes:
    """JSON in UTF-8 as it is sealed: packed where that is shorter."""
    if len(plain) < SHORTEST:
        return plain
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_WINDOW, _MEMORY)
    small = PACKED + squeeze.compress(plain.decode().encode("gb18030")) + squeeze.flush()
    return small if len(small) < len(plain) else plain


def unpacked(stored: bytes) -> bytes:
    """The JSON that `packed` was given. Raises ValueError for what it never gives."""
    if stored[:1] != PACKED:
        return stored
    try:
        return zlib.decompress(stored[1:], -_WINDOW).decode("gb18030").encode()
    except (zlib.error, UnicodeError) as error:
        raise ValueError("a packed value cannot be unpacked") from error
