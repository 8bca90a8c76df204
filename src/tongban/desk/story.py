"""What has happened to a case, for officials: every act with the names of those who performed it, and the looks apart.

What an act says is the kernel's (`cases/story.py`); here is the page. Not for residents: their timeline names units and
roles, never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.accounts.names import role_name
from tongban.cases import access, attachments
from tongban.cases import story as kernel
from tongban.cases.inputs import CaseChoice
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Edge
from tongban.cases.waiting import TONES
from tongban.registry.names import unit_name

from .offers import ANSWER, MERGE, actor_name
from .opening import Found
from .purposes import PURPOSE_WORDS

WHY = {
    "duty": gettext_lazy("按责任清单直接转办"),
    "coordinating": gettext_lazy("责任清单没有对应单位，等待分办"),
    "above": gettext_lazy("由上级单位办理"),
    "import": gettext_lazy("历史数据导入"),
    "about": gettext_lazy("按所针对的件确定办理单位"),
    "part": gettext_lazy("作为另一件的一部分，由指定的单位办理"),
}
"""Why a case was opened at the unit that has it, as routing keeps it in the opening act."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment in the story."""

    name: str
    url: str
    size: int
    warning: str = ""
    media_type: str = ""


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
    """One look at the case."""

    when: datetime
    who: str
    unit: str
    purpose: str


def files_of(case: Case) -> dict[int, list[File]]:
    """The attachments of a case by act."""
    found: dict[int, list[File]] = {}
    for item in Attachment.objects.filter(case=case).exclude(private=None).order_by("id"):
        address = reverse("desk:file", args=[case.code, item.key])
        found.setdefault(item.act_id or 0, []).append(
            File(item.name, address, item.size, attachments.warning(item), item.media_type)
        )
    return found


def who(act: Act) -> str:
    """Name, unit and role of who performed an act."""
    name = actor_name(act)
    if act.actor != "official" or act.unit_id is None:
        return name
    return _("%(name)s（%(unit)s %(role)s）") % {
        "name": name,
        "unit": unit_name(act.unit_id),
        "role": role_name(act.role),
    }


def words(edge: Edge | None, act: Act, seen: dict[str, Case]) -> str:
    """What an act says: its particulars, one a line, and its text. What was filled in on a page that a door brings (the
    public text of a publication) stands there and is not repeated."""
    lines = []
    if edge is not None:
        if "" in edge.sources and act.public.get("why") in WHY:
            lines.append(str(WHY[act.public["why"]]))
        if edge.page in ("", ANSWER, MERGE):
            lines += kernel.lines_for_desk(edge, act, seen)
    if "in_time" in act.public:
        lines.append(
            _("用时 %(days)d 天，按时") % act.public
            if act.public["in_time"]
            else _("用时 %(days)d 天，超时") % act.public
        )
    if act.text:
        lines.append(act.text)
    return "\n".join(lines)


def named_cases(found: Found, acts: Sequence[Act]) -> dict[str, Case]:
    """The cases that acts name (a lead case), by their numbers, as far as they exist for who looks. One statement."""
    named: set[str] = set()
    for act in acts:
        edge = found.procedure.named(act.act)
        for item in edge.inputs if edge is not None else ():
            if isinstance(item, CaseChoice) and (value := kernel.value_of(act, item.name)):
                named.add(str(value))
    if not named:
        return {}
    rows = access.cases_for(found.actor, found.registry).filter(pk__in=named).only("code")
    return {str(case.pk): case for case in rows}


def story(found: Found, acts: Sequence[Act]) -> list[Entry]:
    """The timeline without the looks, newest last."""
    files, told = files_of(found.case), [act for act in acts if act.act != "look"]
    seen, old = named_cases(found, told), kernel.superseded(found.procedure, told)
    entries = []
    for act in told:
        edge = found.procedure.named(act.act)
        tone = TONES.get(str(act.public.get("rung"))) or (edge.tone if edge is not None else "neutral")
        title = kernel.title(edge, sender=False, corrected=act.pk in old) if edge is not None else act.act
        note = _("内部，提交人看不到内容") if edge is not None and edge.internal else ""
        entries.append(Entry(act.at, title, who(act), words(edge, act, seen), tone, note, files.get(act.pk, ())))
    return entries


def looks_at(acts: Sequence[Act]) -> list[Look]:
    """Who looked at the case and what for, newest first."""
    return [
        Look(act.at, actor_name(act), unit_name(act.unit_id), purpose_words(act))
        for act in reversed(acts)
        if act.act == "look"
    ]


def purpose_words(act: Act) -> str:
    """The purpose of a look, in the language of the page where it is one of ours."""
    purpose = str((act.private or {}).get("purpose", ""))
    return str(PURPOSE_WORDS.get(purpose, purpose))
