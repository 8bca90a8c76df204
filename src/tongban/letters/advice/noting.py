"""Notes on an answer before it is sent, in words. They are about the text; nothing is kept, and
nobody's work is graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.cases.models import Case
from tongban.detect import scan_text
from tongban.detect.findings import kinds
from tongban.text import Note, notes_on

PERSONAL = frozenset(
    {"resident_id", "mobile", "bank_card", "email", "passport", "travel_permit", "wechat", "qq", "plate"}
)


@dataclass(frozen=True, slots=True)
class Told:
    """One note in words: whether it asks for something, what is said, and what it is about."""

    open: bool
    words: str
    quote: str


def personal(text: str) -> list[tuple[int, int, str]]:
    """The personal data in an answer that an official may not have meant to send."""
    return [(found.start, found.end, found.type) for found in scan_text(text) if found.type in PERSONAL]


def type_name(name: str) -> str:
    """What a type of data is called, in the reader's language."""
    kind = kinds().get(name)
    if kind is None:
        return name
    return kind.en if (get_language() or "").startswith("en") else kind.zh


def words(note: Note) -> str:
    """A note as a sentence."""
    if note.kind == "personal":
        return _("答复里有个人信息：%(kind)s。请确认需要写在这里。") % {
            "kind": type_name(note.key.removeprefix("personal_"))
        }
    return {
        "question_met": _("这个问题有答复。"), "question_open": _("这个问题可能还没有答复。"),
        "basis_named": _("写明了依据。"), "basis_missing": _("没有写明依据的法律、文件或规定。"),
        "contact_named": _("写明了联系人或电话。"), "contact_missing": _("没有写明可以联系谁。"),
        "step_dated": _("写明了下一步和时间。"), "step_undated": _("写了下一步，没有写明时间。"),
        "step_missing": _("没有写明下一步做什么。"), "form_template": _("与模板几乎相同，没有针对这封来信。"),
        "form_empty": _("没有提到这封来信里的事情，像是套话。"),
    }.get(note.key, note.key)  # fmt: skip


def notes(case: Case, answer: str, templates: Sequence[str]) -> list[Told]:
    """The notes on an answer to a letter, what is open first; none for an empty answer."""
    if not answer.strip():
        return []
    found = notes_on(f"{case.subject}\n{case.body}", answer, templates, personal)
    told = [Told(note.is_open, words(note), note.quote[:200]) for note in found]
    return sorted(told, key=lambda one: not one.open)
