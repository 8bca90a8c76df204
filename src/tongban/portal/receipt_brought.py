"""What somebody brings to have a receipt checked: the file, its text, the PDF, a page's address, or a photo of the QR
code. Each is turned into a receipt's text or the number of an entry.

Pictures and PDFs are opened by the bounded child process alone (`cases/uploads/`), counted like any upload, and kept by
nobody. Not for checking: `ledger/opening.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.cases.uploads import cleaner, kinds, quotas

LARGEST_TEXT = 400_000
ENTRY = re.compile(r"(?:https?://[^\s/]+)?(/ledger/entry/)([0-9]{1,18})/?")


@dataclass(frozen=True, slots=True)
class Brought:
    """`text` is a receipt to be checked, `index` an entry that an address names; else `problem` says what to do."""

    text: bytes | str = ""
    index: int | None = None
    problem: str = ""


def from_text(typed: str) -> Brought:
    """What was pasted: a receipt's text, or the address of an entry."""
    plain = typed[:LARGEST_TEXT].replace("\r\n", "\n").strip()
    return _address(plain) or Brought(plain + "\n")


def from_file(file: UploadedFile[Any]) -> Brought:
    """What was chosen: a receipt file, a PDF with one in it, or a picture with a QR code."""
    if (file.size or 0) > settings.ATTACHMENT_MAX_BYTES:
        return Brought(problem=_("文件太大，最多 %(most)d MB。") % {"most": settings.ATTACHMENT_MAX_BYTES // 2**20})
    raw = file.read(settings.ATTACHMENT_MAX_BYTES)
    kind = kinds.media_type(raw)
    try:
        if kind == kinds.PDF:
            quotas.spend(len(raw), 0)
            enclosed = cleaner.enclosed_in(raw)
            return Brought(enclosed) if enclosed else Brought(problem=_no_receipt())
        if kind in kinds.IMAGES and kind is not None:
            quotas.spend(len(raw), kinds.pixels(raw) or 0)
            return _of_codes(cleaner.codes_in(raw, kind))
    except Refusal as refused:
        return Brought(problem=str(refused.message))
    return Brought(raw[:LARGEST_TEXT])


def _of_codes(words: list[str]) -> Brought:
    for one in words:
        found = _address(one.strip())
        if found is not None:
            return found
    if any(one.startswith(f"{settings.ORIGIN}{reverse('counter:follow')}") for one in words):
        return Brought(
            problem=_(
                "这是查进度的二维码，里面有密码，请不要发给别人。要查进度，用手机直接扫它；要核对，请用“台账回执”里的"
                "文件。"
            )
        )
    if words:
        return Brought(problem=_("这个二维码不是本站台账的。"))
    return Brought(problem=_("照片里没有找到二维码。请对准二维码，拍清楚些再试。"))


def _address(text: str) -> Brought | None:
    """The entry that an address names; None where it is none. Another site's is told apart."""
    found = ENTRY.fullmatch(text)
    if found is None:
        return None
    if text.startswith("http") and not text.startswith(f"{settings.ORIGIN}{found[1]}"):
        return Brought(problem=_("这个网址不是本站台账的。"))
    return Brought(index=int(found[2]))


def _no_receipt() -> str:
    """A PDF without a receipt in it."""
    return _("这份 PDF 里没有回执。请用本站下载的原文件；打印后扫描的、另存过的都不行，可以改用上面的二维码或网址。")
