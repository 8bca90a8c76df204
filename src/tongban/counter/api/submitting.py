"""A submission that a program sends, as the kernel takes it: cleaned, with the refusals of the form.

The busiest call of the house: one model, no query beyond the kernel's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.cases import attachments, filing
from tongban.cases.inputs import EMAIL, Asking, Files, clean_text, normal_phone
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission
from tongban.gate.door import loaded
from tongban.registry import snapshot

from ..drafts import ONLY_FILES
from ..parts import InputsStep, Writing
from ..writing import submission


def line(value: str) -> str:
    """Text on one line, cleaned."""
    return " ".join(clean_text(value).split())


def checked_contact(phone: str, email: str) -> tuple[str, str]:
    """Telephone (5 to 20 digits) and e-mail address, cleaned; the rule of the form. Raises Refusal."""
    phone, email = line(phone), line(email)
    if phone and not 5 <= len(normal_phone(phone)) <= 20:
        raise Refusal("bad_input", _("请检查电话号码。"), "phone")
    if email and not EMAIL.fullmatch(email):
        raise Refusal("bad_input", _("请检查电子邮箱地址。"), "email")
    return phone, email


def about(matter: str, against: str | None) -> None:
    """Refuses a matter with others below it, and a complaint about conduct that does not say about whom: without the
    unit it could reach the very people it is about (信访工作条例 Art. 30). Raises Refusal."""
    registry = snapshot.current()
    row = registry.matters.get(matter)
    if row is None:
        return
    if registry.children("matters", matter):
        raise Refusal("bad_input", _("请选择最下一级的事项。"), "matter")
    if row.conduct and against is None:
        raise Refusal("bad_input", _("请选择单位。"), "against")


def written(writing: Writing, given: Any, key: str, other: Case | None = None) -> Submission:
    """The submission of a body that `schemas.case_in` made; every input checks itself. `other` is the case that it is
    about. Raises Refusal naming the field."""
    asked = Asking(snapshot.current(), kind=writing.kind, now=timezone.now())
    values: dict[str, Any] = {"matter": "", "place": "", "against": None}
    if other is not None:
        values = {"matter": other.matter_id, "place": other.place_id, "against": other.against_id}
    values.update({name: getattr(given, name) for name in values if getattr(given, name, None) is not None})
    about(values["matter"], values["against"])
    answers = {name: value for name, value in getattr(given, "answers", {}).items() if name not in writing.keeps}
    wrong = loaded(writing.wrong)({**values, **answers}) if writing.wrong else ()
    if wrong:
        raise Refusal("bad_input", wrong[0].message, wrong[0].field, wrong)
    whole = writing.unfolded({**values, **answers})
    slots = [slot for step in whole.steps if isinstance(step, InputsStep) for slot in step.slots]
    purposes = _purposes(slots, getattr(given, "files", ()))
    for step in whole.steps:
        for item in step.asked if isinstance(step, InputsStep) else ():
            value = getattr(given, item.name, answers.get(item.name))
            values[item.name] = item.check(value, asked) if value not in (None, "", []) else None
            if item.required and values[item.name] in (None, "", []):
                raise item.wrong(_("请填写“%(label)s”。") % {"label": item.label})
    draft = _kept(writing.kind, getattr(given, "files", ()), key, purposes, whole.most_files)
    values.update(kind=writing.kind, language=given.language or get_language() or "zh-hans", draft=draft)
    return (writing.build or submission)(values)


def _purposes(slots: Sequence[Files], files: Any) -> list[str]:
    """What each file is for: the input for files that it names, or the only one. Raises Refusal where it names none of
    them, and where one that is required has no file."""
    names = {slot.name for slot in slots}
    found = []
    for file in files or ():
        name = getattr(file, "slot", "") or (slots[0].name if len(slots) == 1 else "")
        if name and name not in names:
            raise Refusal("bad_input", _("没有要交这种材料：%(name)s。") % {"name": name}, "files")
        found.append("" if name == ONLY_FILES else name)
    for slot in slots:
        if slot.required and ("" if slot.name == ONLY_FILES else slot.name) not in found:
            raise Refusal("bad_input", _("请选择文件：%(label)s。") % {"label": slot.label}, "files")
    return found


def _kept(kind: str, files: Any, key: str, purposes: Sequence[str], most: int) -> str | None:
    """Keep the files under a set of their own, named by the call's key; the opening act takes them over."""
    if not files:
        return None
    name = hashlib.sha256("\x00".join(("api files", kind, key)).encode()).hexdigest()
    try:
        filing.keep_sent(((file.name, file.content) for file in files), name, purposes, most)
    except Refusal:
        for item in filing.kept(name):
            attachments.discard(item)
        raise
    return name
