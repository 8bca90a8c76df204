"""Files that people add: checked by content, freed of EXIF, sealed on disk, served as downloads only.

Not for showing files in a page: they are never rendered by this house.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

import filetype
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tongban.vault.keyring import ring

from .models import Attachment
from .refusal import Refusal

PURPOSE = b"attachment"
IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "text/plain": ".txt",
    OFFICE["word/document.xml"]: ".docx", OFFICE["xl/workbook.xml"]: ".xlsx",
}  # fmt: skip
MOST_PIXELS = 60_000_000


def media_type(content: bytes) -> str | None:
    """The type of `content` by what is in it, or None where it is none that we take."""
    guessed = filetype.guess_mime(content[:8192])
    if guessed in IMAGES or guessed == "application/pdf":
        return str(guessed)
    if content[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError):
            return None
        return next((kind for part, kind in OFFICE.items() if part in names and not any("vbaProject" in n for n in names)), None)
    if guessed is None and b"\x00" not in content:
        for encoding in ("utf-8", "gb18030"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            return "text/plain" if text.lstrip()[:1] != "<" else None
    return None


def without_metadata(content: bytes, kind: str) -> bytes:
    """An image as it looks, turned upright, without EXIF, GPS, thumbnails or comments. Raises Refusal."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refusal("bad_input", _("图片太大，请缩小后再上传。"), "files")
            upright = ImageOps.exif_transpose(image)
            clean = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                upright = upright.convert("RGBA")
                clean = Image.new("RGBA", upright.size)
            clean.paste(upright)
            out = io.BytesIO()
            clean.save(out, IMAGES[kind], quality=88)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refusal("bad_input", _("图片已损坏，无法读取。"), "files") from error


def keep(name: str, content: bytes, draft: str) -> Attachment:
    """Check and keep a file under a draft's key; the act that the draft becomes takes it over. Raises Refusal."""
    if len(content) > settings.ATTACHMENT_MAX_BYTES:
        raise Refusal("bad_input", _("每个文件不能超过 %(mb)d MB。") % {"mb": settings.ATTACHMENT_MAX_BYTES // 2**20}, "files")
    if not content:
        raise Refusal("bad_input", _("文件是空的。"), "files")
    kind = media_type(content)
    if kind is None:
        raise Refusal("bad_input", _("不能接收这种文件。可以上传图片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx）和纯文本。"), "files")
    if kind in IMAGES:
        content = without_metadata(content, kind)
    digest = hashlib.sha256(content).hexdigest()
    stem = Path(name.replace("\\", "/")).name.rsplit(".", 1)[0][:80] or "file"
    again = next((item for item in Attachment.objects.filter(draft=draft, case=None, digest=digest) if item.name == stem + ENDINGS[kind]), None)
    if again is not None:
        return again
    if Attachment.objects.filter(draft=draft).count() >= settings.ATTACHMENT_MAX_NUMBER:
        raise Refusal("bad_input", _("一次最多上传 %(number)d 个文件。") % {"number": settings.ATTACHMENT_MAX_NUMBER}, "files")
    key = secrets.token_hex(16)
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(ring().seal(content, PURPOSE))
    return Attachment.objects.create(
        draft=draft, key=key, private={"name": stem + ENDINGS[kind]}, media_type=kind, size=len(content),
        digest=digest,
    )  # fmt: skip


def path_of(key: str) -> Path:
    """Where the sealed file lies."""
    return Path(settings.ATTACHMENT_ROOT) / key[:2] / key


def content_of(attachment: Attachment) -> bytes:
    """The file itself. Raises FileNotFoundError once it was erased."""
    return ring().open(path_of(attachment.key).read_bytes(), PURPOSE)


def discard(attachment: Attachment) -> None:
    """Delete the file; the row stays as a tombstone where it belongs to a case, else it goes too."""
    with transaction.atomic():
        _locked(attachment.pk)
        path_of(attachment.key).unlink(missing_ok=True)
        if attachment.case_id is None:
            attachment.delete()
        else:
            Attachment.objects.filter(pk=attachment.pk).update(private=None)


def _locked(number: int) -> None:
    """Holds the row until the transaction ends, so that a file is not sealed anew while it is deleted."""
    list(Attachment.objects.select_for_update().filter(pk=number).values_list("pk"))


def reseal() -> Iterator[int]:
    """Seal the files anew that are not sealed with the newest key of the ring; yields 1 for each file looked at.

    Resumable by nature: what has the newest key is passed over. A file is replaced whole, so a break leaves the old one.
    """
    keys = ring()
    for number, key in Attachment.objects.order_by("pk").values_list("pk", "key").iterator(chunk_size=2000):
        path = path_of(key)
        with transaction.atomic():
            _locked(number)
            sealed = path.read_bytes() if path.exists() else b""
            if sealed and not keys.sealed_with_current(sealed):
                fresh = path.with_suffix(".new")
                fresh.write_bytes(keys.seal(keys.open(sealed, PURPOSE), PURPOSE))
                fresh.replace(path)
        yield 1
