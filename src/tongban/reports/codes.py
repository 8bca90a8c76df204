"""What a photo of a QR code says, so that whoever reports need not type it: read in the bounded child of the kernel's
uploads, shown to its writer, and never opened by anybody."""

from __future__ import annotations

from tongban.cases.uploads.cleaner import words_of_codes

LONGEST = 1000
"""Characters of one code that are taken over; a QR code holds at most 4,296."""


def read(content: bytes) -> list[str]:
    """The words of the QR codes on a picture, each on one line; empty where there are none."""
    found = (" ".join(words.split())[:LONGEST] for words in words_of_codes(content))
    return [words for words in found if words]
