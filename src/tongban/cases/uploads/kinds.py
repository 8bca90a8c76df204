"""Which kind of file something is, told by its content, and how large a picture says it is. Decodes nothing."""

from __future__ import annotations

import io
import zipfile

import filetype
import imagesize

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
PDF, TEXT = "application/pdf", "text/plain"
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", PDF: ".pdf", TEXT: ".txt",
    OFFICE["word/document.xml"]: ".docx", OFFICE["xl/workbook.xml"]: ".xlsx",
}  # fmt: skip
MACROS = ("vbaproject", "xl/macrosheets/", "vbadata.xml")
"""Parts of an office file that are programs."""


def media_type(content: bytes) -> str | None:
    """The type of `content` by what is in it, or None where it is none that we take."""
    guessed = filetype.guess_mime(content[:8192])
    if guessed == "image/apng":  # a PNG that moves, or might
        guessed = "image/png"
    if guessed in IMAGES or guessed == PDF:
        return str(guessed)
    if content[:4] == b"PK\x03\x04":
        return _office(content)
    if guessed is None and b"\x00" not in content:
        for encoding in ("utf-8", "gb18030"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            return TEXT if text.lstrip()[:1] != "<" else None
    return None


class _InSmallPieces(io.BytesIO):
    """For readers of headers: a header that takes many pieces or a large one is made to keep a web worker busy."""

    left = 3_000
    largest = 1_000_000

    def read(self, size: int | None = -1) -> bytes:
        wanted = len(self.getbuffer()) - self.tell() if size is None or size < 0 else size
        self.left -= 1
        if self.left < 0 or wanted > self.largest:
            raise ValueError("a header of too many or too large pieces")
        return super().read(size)


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(_InSmallPieces(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if any(part in name for name in names for part in MACROS):
        return None
    return next((kind for part, kind in OFFICE.items() if part in names), None)


def pixels(content: bytes) -> int | None:
    """How many pixels a picture has by its header, which alone is read; None where the header does not say."""
    try:
        width, height = imagesize.get(_InSmallPieces(content))
    except Exception:  # whatever a damaged header raises
        return None
    return int(width) * int(height) if width > 0 and height > 0 else None
