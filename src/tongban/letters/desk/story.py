"""What has happened to a letter, for officials: every act with the names of those who performed it, and the looks apart.

Not for residents: their timeline names units and roles, never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases import access
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Need
from tongban.cases.receipts import grouped
from tongban.gate.templatetags.tongban_names import grade_name, matter_name, role_name, unit_name
from tongban.letters.procedure import LETTER

from .offers import act_words, actor_name
from .opening import PURPOSE_WORDS, Found
from .rows import TONES, names_of

KINDS = {
    "answer": "success", "approve_answer": "success", "answer_merged": "success", "approve_answer_merged": "success",
    "answer_review": "success", "answer_recheck": "success", "publish": "success", "return_dispatch": "warning",
    "refuse": "warning", "send_back": "warning", "urge": "warning", "ask_review": "warning", "ask_recheck": "warning",
    "withdraw": "warning", "submit": "info", "supplement": "info", "reply": "info", "rate": "info", "accept": "info",
}  # fmt: skip
WHY = {
    "duty": gettext_lazy("按责任清单直接转办"), "coordinating": gettext_lazy("责任清单没有对应单位，等待分办"),
    "above": gettext_lazy("反映单位的来信，由上级单位办理"), "import": gettext_lazy("历史数据导入"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """An attachment in the story."""

    name: str
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as `tongban/parts/timeline.html` writes it."""

    when: datetime
    title: str
    who: str
    text: str
    kind: str
    note: str = ""
    attachments: Sequence[File] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the letter."""

    when: datetime
    who: str
    unit: str
    purpose: str


def acts_of(case: Case) -> list[Act]:
    """All acts of a case in order, with their officials."""
    return list(Act.objects.filter(case=case).select_related("official").order_by("sequence"))


def files_of(case: Case) -> dict[int, list[File]]:
    """The attachments of a case by act."""
    found: dict[int, list[File]] = {}
    for item in Attachment.objects.filter(case=case).exclude(private=None).order_by("id"):
        address = reverse("letters:desk_file", args=[case.code, item.key])
        found.setdefault(item.act_id or 0, []).append(File(item.name, address, item.size))
    return found


def who(act: Act) -> str:
    """Name, unit and role of who performed an act."""
    name = actor_name(act)
    if act.actor != "official" or act.unit_id is None:
        return name
    return _("%(name)s（%(unit)s %(role)s）") % {"name": name, "unit": unit_name(act.unit_id), "role": role_name(act.role)}


def _value(need: Need, value: Any, officials: dict[int, str], leads: dict[str, str]) -> str:
    if need.kind == "unit":
        return unit_name(value)
    if need.kind == "units":
        return "、".join(unit_name(code) for code in value)
    if need.kind == "matter":
        return matter_name(value)
    if need.kind == "grade":
        return grade_name(value)
    if need.kind == "official":
        return officials.get(int(value), "")
    if need.kind == "case":
        return leads.get(str(value), "")
    if need.name == "rung":
        return str(dict(Case.RUNGS).get(value, value))
    return str(value)


def words(act: Act, officials: dict[int, str], leads: dict[str, str]) -> str:
    """What an act says: its particulars, one a line, and its text."""
    edge, private, lines = LETTER.named(act.act), act.private or {}, []
    if act.act == "submit" and act.public.get("why") in WHY:
        lines.append(str(WHY[act.public["why"]]))
    for need in edge.needs if edge is not None else ():
        value = act.public.get(need.name, private.get(need.name))
        if need.name == "text" or need.kind == "flag" or act.act == "publish" or value in (None, "", []):
            continue
        shown = _value(need, value, officials, leads)
        if shown:
            lines.append(_("%(label)s：%(value)s") % {"label": need.label, "value": shown})
    if "in_time" in act.public:
        lines.append(_("用时 %(days)d 天，按时") % act.public if act.public["in_time"] else _("用时 %(days)d 天，超时") % act.public)
    if act.text:
        lines.append(act.text)
    return "\n".join(lines)


def story(found: Found, acts: Sequence[Act]) -> list[Entry]:
    """The timeline without the looks, newest last."""
    files = files_of(found.case)
    told = [act for act in acts if act.act != "look"]
    officials = names_of([int((act.private or {})["official"]) for act in told if act.act == "assign" and act.private])
    merges = [str((act.private or {}).get("case", "")) for act in told if act.act == "merge"]
    seen = access.cases_for(found.actor, found.registry).filter(pk__in=[pk for pk in merges if pk])
    leads = {str(pk): grouped(code) for pk, code in seen.values_list("pk", "code")} if merges else {}
    entries = []
    for act in told:
        kind = TONES.get(str(act.public.get("rung")), "neutral") if act.act == "escalate" else KINDS.get(act.act, "neutral")
        note = _("内部，来信人看不到内容") if act.act in ("note", "urge") else ""
        entries.append(Entry(act.at, act_words(act.act), who(act), words(act, officials, leads), kind, note, files.get(act.pk, ())))
    return entries


def looks_at(acts: Sequence[Act]) -> list[Look]:
    """Who looked at the letter and what for, newest first."""
    return [
        Look(act.at, actor_name(act), unit_name(act.unit_id), purpose_words(act))
        for act in reversed(acts)
        if act.act == "look"
    ]


def purpose_words(act: Act) -> str:
    """The purpose of a look, in the language of the page where it is one of ours."""
    purpose = str((act.private or {}).get("purpose", ""))
    return str(PURPOSE_WORDS.get(purpose, purpose))


def last_words(acts: Sequence[Act], *names: str) -> str:
    """The text of the last act that is one of `names`; empty where there is none."""
    return next((act.text for act in reversed(acts) if act.act in names and act.text), "")
