"""Files that people add: checked by content, cleaned (`uploads/`), sealed on disk to their own row, served as downloads
only.

Not for showing files in a page: only pictures are, which the house itself has written anew, and only on the desk
(`desk/said.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongban.registry.names import listed
from tongban.vault.keyring import ring

from .models import Act, Attachment
from .refusal import Refusal
from .uploads import cleaner, kinds, quotas

PURPOSE = b"attachment"
NOTES = {
    "javascript": _("脚本"),
    "action": _("自动执行的动作"),
    "embedded": _("嵌入的文件或对象"),
    "external": _("指向外部的模板或对象"),
    "dde": _("调用其他程序的域"),
}
"""What may be in a document, by the notes of `uploads.cleaner`; with `removed:` before it, what was taken out."""
STATES = {
    "encrypted": _("此文件已加密，系统无法检查。请下载后谨慎打开。"),
    "unchecked": _("系统未能检查此文件。请下载后谨慎打开。"),
    "website": _("此文件是网站内容的原样记录，里面可能有恶意程序。只用专门的软件查看，不要解开。"),
    "signed": _("此文件带有数字签名，系统保持原样，未作清理。"),
}


def keep(name: str, content: bytes, draft: str, purpose: str = "", most: int = 0) -> Attachment:
    """Check, clean and keep a file under a draft's key; the act that the draft becomes takes it over. `purpose`: for
    which of several inputs it came; `most`: how many the draft may hold where it asks for more papers than the house
    takes at once. Raises Refusal."""
    if len(content) > settings.ATTACHMENT_MAX_BYTES:
        raise _refused(_("每个文件不能超过 %(mb)d MB。") % {"mb": settings.ATTACHMENT_MAX_BYTES // 2**20})
    if not content:
        raise _refused(_("文件是空的。"))
    kind = kinds.media_type(content)
    if kind is None:
        raise _refused(
            _("不能接收这种文件。可以上传图片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx）和纯文本。")
        )
    given = hashlib.sha256(content).digest()
    title = (Path(name.replace("\\", "/")).name.rsplit(".", 1)[0][:80] or "file") + kinds.ENDINGS[kind]
    waiting = list(Attachment.objects.filter(draft=draft, case=None))
    same = (item for item in waiting if item.name == title and item.purpose == purpose and _same(item, given))
    again = next(same, None)
    if again is not None:
        return again
    most = max(most, settings.ATTACHMENT_MAX_NUMBER)
    if len(waiting) >= most:
        raise _refused(_("一次最多上传 %(number)d 个文件。") % {"number": most})
    quotas.make_room(len(content))
    quotas.spend(len(content), (kinds.pixels(content) or 0) if kind in kinds.IMAGES else 0)
    try:
        clean = cleaner.clean(content, kind)
    except cleaner.TooMuch:
        quotas.spend_half()
        raise
    if len(clean.content) > 2 * settings.ATTACHMENT_MAX_BYTES:
        raise cleaner.refusal("too_much")
    return _stored(title, clean.content, draft, kind, given, clean.notes, purpose)


def keep_made(name: str, content: bytes, draft: str, kind: str, notes: Sequence[str]) -> Attachment:
    """Keep a file that the house itself made, as it is, under a draft's key: not checked and not cleaned, so `notes`
    say what it is (`STATES`). Never for what somebody sends. Raises Refusal where the disk is full."""
    quotas.make_room(len(content))
    return _stored(name, content, draft, kind, hashlib.sha256(content).digest(), notes, "")


def _stored(
    title: str, content: bytes, draft: str, kind: str, given: bytes, notes: Sequence[str], purpose: str
) -> Attachment:
    own = secrets.token_bytes(32)
    private = {"name": title, "own": own.hex(), "digest": _digest(own, given), "notes": list(notes)}
    private |= {"for": purpose} if purpose else {}
    item = Attachment(draft=draft, key=secrets.token_hex(16), media_type=kind, size=len(content), private=private)
    _written(item, content)
    return item


LOOKS = {
    "look:blank": _("图片是空白的。"),
    "look:small": _("图片太小，字可能看不清。"),
    "look:blurred": _("图片可能是模糊的，字看不清。"),
}
"""What a first look at a picture says of it (`uploads.legible`)."""


def hard_to_read(item: Attachment) -> str:
    """What whoever uploads a picture of a paper should look at again; empty where there is nothing to say."""
    return " ".join(str(LOOKS[note]) for note in (item.private or {}).get("notes", ()) if note in LOOKS)


def _refused(words: Any) -> Refusal:
    return Refusal("bad_input", words, "files")


def warning(item: Attachment) -> str:
    """What whoever opens a file should know of it first; empty where there is nothing to say."""
    notes = [str(note) for note in (item.private or {}).get("notes", ())]
    said = [str(STATES[note]) for note in notes if note in STATES]
    inside = [str(NOTES[note]) for note in notes if note in NOTES]
    gone = [str(NOTES[note.removeprefix("removed:")]) for note in notes if note.startswith("removed:")]
    if inside:
        said.append(_("此文件含有%(what)s，请下载后谨慎打开。") % {"what": listed(inside)})
    if gone:
        said.append(_("系统已去除其中的%(what)s。") % {"what": listed(gone)})
    return " ".join(said)


def _digest(own: bytes, given: bytes) -> str:
    """Of a file as it was sent; keyed with what is the file's own and goes with it: what is left after an erasure tells
    nobody which file it was."""
    return hmac.digest(own, given, "sha256").hex()


def _same(item: Attachment, given: bytes) -> bool:
    known = item.private or {}
    return bool(known) and hmac.compare_digest(known["digest"], _digest(bytes.fromhex(known["own"]), given))


def _bound_to(item: Attachment) -> bytes:
    """What is authenticated with a file: its key, and what only its own sealed row knows."""
    return b"\x00".join((PURPOSE, item.key.encode(), bytes.fromhex((item.private or {})["own"])))


def take_over(draft: str, act: Act) -> int:
    """Give the files of a draft to an act, sealed to its case from then on; returns how many. In the act's
    transaction."""
    items = list(Attachment.objects.select_for_update().filter(draft=draft, case=None).order_by("pk"))
    for item in items:
        item.private = item.private  # opened as a draft's before it becomes the case's
        item.case, item.act, item.draft = act.case, act, None
        item.save(update_fields=["private", "case", "act", "draft"])
    return len(items)


def copy(item: Attachment, act: Act) -> Attachment:
    """A copy of a file for an act of another case, sealed to that case. In the act's transaction. Raises
    FileNotFoundError once the file was erased."""
    content, own = content_of(item), secrets.token_bytes(32)
    given = hashlib.sha256(content).digest()
    private = {**(item.private or {}), "own": own.hex(), "digest": _digest(own, given)}
    made = Attachment(key=secrets.token_hex(16), media_type=item.media_type, size=item.size, private=private)
    made.case, made.act = act.case, act
    _written(made, content)
    return made


def copy_all(items: Sequence[Attachment], act: Act) -> list[Attachment]:
    """Copies of several files, all of them or none."""
    made: list[Attachment] = []
    try:
        for item in items:
            made.append(copy(item, act))
    except BaseException:
        for one in made:
            path_of(one.key).unlink(missing_ok=True)
        raise
    return made


def _written(item: Attachment, content: bytes) -> None:
    """Seal a file to its row and store both: of a disk that is full, or a database that is away, no half stays."""
    path = path_of(item.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(ring().seal(content, _bound_to(item)))
        item.save()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def path_of(key: str) -> Path:
    """Where the sealed file lies."""
    return Path(settings.ATTACHMENT_ROOT) / key[:2] / key


def content_of(attachment: Attachment) -> bytes:
    """The file itself. Raises FileNotFoundError once it was erased, and KeyRingError where it is not the file of this
    row."""
    if attachment.private is None:
        raise FileNotFoundError(attachment.key)
    return ring().open(path_of(attachment.key).read_bytes(), _bound_to(attachment))


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

    Resumable by nature: what has the newest key is passed over. A file is replaced whole, so a break leaves the old
    one.
    """
    keys = ring()
    for number in Attachment.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000):
        with transaction.atomic():
            item = Attachment.objects.select_for_update().filter(pk=number).exclude(private=None).first()
            path = path_of(item.key) if item is not None else None
            sealed = path.read_bytes() if path is not None and path.exists() else b""
            if item is not None and path is not None and sealed and not keys.sealed_with_current(sealed):
                fresh = path.with_suffix(".new")
                fresh.write_bytes(keys.seal(keys.open(sealed, _bound_to(item)), _bound_to(item)))
                fresh.replace(path)
        yield 1


def count() -> int:
    """How many files there are rows of."""
    return Attachment.objects.count()
