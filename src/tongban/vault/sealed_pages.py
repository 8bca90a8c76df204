"""A run of bytes as sealed pages of one size, so that a part is read without opening the rest, and sizes tell
nothing but the whole length.

Every page is sealed under the key ring with the name of its file and its number, so that pages can neither be moved nor
swapped. The last page is filled up: to `PAGE` where there are several, else to the next of `CLASSES`. Not for what is
kept in them, nor for where.
"""

from __future__ import annotations

from .keyring import KeyRing

PAGE = 16_384
CLASSES = (1_024, 2_048, 4_096, 8_192, PAGE)


def _purpose(kind: str, name: str, number: int) -> bytes:
    return f"{kind}\x00{name}\x00{number}".encode()


def seal_pages(ring: KeyRing, kind: str, name: str, content: bytes) -> list[bytes]:
    """The sealed pages of `content`. `kind` names the table, `name` is random and the file's own."""
    if len(content) <= PAGE:
        content = content.ljust(next(size for size in CLASSES if size >= len(content)), b"\x00")
    pages = [
        content[start : start + PAGE].ljust(PAGE, b"\x00") if start else content[:PAGE]
        for start in range(0, len(content), PAGE)
    ]
    return [ring.seal(page, _purpose(kind, name, number)) for number, page in enumerate(pages)]


def open_page(ring: KeyRing, kind: str, name: str, number: int, sealed: bytes) -> bytes:
    """One page. Raises KeyRingError where it was changed, moved, or its key is gone."""
    return ring.open(sealed, _purpose(kind, name, number))


def reseal_page(ring: KeyRing, kind: str, name: str, number: int, sealed: bytes) -> bytes | None:
    """The page under the newest key; None where it has that already."""
    return (
        None
        if ring.sealed_with_current(sealed)
        else ring.seal(open_page(ring, kind, name, number, sealed), _purpose(kind, name, number))
    )


def pages_of(first: int, last: int) -> range:
    """The numbers of the pages in which the bytes from `first` to before `last` stand."""
    return range(first // PAGE, (last - 1) // PAGE + 1) if last > first else range(0)
