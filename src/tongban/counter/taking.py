"""Files that come with a page of writing: taken in, refused with words, shown beside their input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from tongban.cases import attachments
from tongban.cases.attachments import hard_to_read
from tongban.cases.inputs import Files
from tongban.cases.refusal import Refusal
from tongban.gate.door import loaded

from .drafts import ONLY_FILES
from .parts import InputsStep

if TYPE_CHECKING:
    from .steps import Page


def slot_shown(page: Page, slot: Files) -> dict[str, Any]:
    """An input for files as its page shows it."""
    files = page.draft.waiting_for(slot.name)
    looks = [hard_to_read(one) if slot.legible else "" for one in files]
    most = min(settings.ATTACHMENT_MAX_NUMBER, slot.most)
    return {"takes": slot, "files": list(zip(files, looks, strict=True)), "most": most}


def take_files(page: Page, step: InputsStep) -> tuple[list[str], list[str]]:
    """Keep the files that came; what could not be taken, and what was read out of the others."""
    problems: list[str] = []
    read: list[str] = []
    for slot in step.slots:
        for file in page.request.FILES.getlist(slot.name):
            try:
                content = _take(page, slot, file)
                if step.reads:
                    read += loaded(step.reads)(content)
            except Refusal as refusal:
                problems.append(f"{file.name}：{refusal.message}")
    return problems, read


def _take(page: Page, slot: Files, file: Any) -> bytes:
    """Keep one file for an input; returns its content. Raises Refusal: also for a picture of a paper that is blank."""
    if file.size and file.size > settings.ATTACHMENT_MAX_BYTES:
        most = settings.ATTACHMENT_MAX_BYTES // 2**20
        raise Refusal("bad_input", _("每个文件不能超过 %(mb)d MB。") % {"mb": most}, slot.name)
    if len(page.draft.waiting_for(slot.name)) >= slot.most:
        raise Refusal("bad_input", _("一次最多上传 %(number)d 个文件。") % {"number": slot.most}, slot.name)
    purpose = "" if slot.name == ONLY_FILES else slot.name
    content: bytes = file.read()
    item = attachments.keep(file.name or "file", content, page.draft.files, purpose, page.writing.most_files)
    page.draft.look_again()
    if slot.legible and "look:blank" in (item.private or {}).get("notes", ()):
        attachments.discard(item)
        page.draft.look_again()
        raise Refusal("bad_input", _("图片是空白的，请重新拍一张。"), slot.name)
    return content
