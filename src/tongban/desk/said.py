"""What was said in a case, in the order in which it was said: the sender's words and supplements with their pictures,
what the unit asked and answered. It stands on the page of a case, and beside the answer while one writes it.

Not the story of a case: `story.py` has every act of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from tongban.cases import story as kernel
from tongban.registry.names import unit_name

from . import story
from .offers import ANSWER
from .opening import Found
from .story import File

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Kinds of file that are shown in the page: the house itself has written each of them anew (`cases/uploads`)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one act. `by` is `sender`, `question` (the unit's to the sender) or `answer`."""

    by: str
    title: str
    who: str
    when: datetime
    text: str
    files: Sequence[File] = field(default_factory=tuple)

    @property
    def pictures(self) -> list[File]:
        """Files to be looked at in the page."""
        return [file for file in self.files if file.media_type in PICTURES and not file.warning]

    @property
    def others(self) -> list[File]:
        """Files to be downloaded."""
        shown = self.pictures
        return [file for file in self.files if file not in shown]


def said(found: Found) -> list[Said]:
    """The sender's own text first; then whatever else the sender or the unit told each other. What was corrected since
    is left out."""
    case, acts = found.case, found.acts
    if case.erased_at or not acts:
        return []
    files, old = story.files_of(case), kernel.superseded(found.procedure, acts)
    rows = [Said("sender", str(found.procedure.label), "", case.submitted_at, case.body, files.get(acts[0].pk, ()))]
    for act in acts[1:]:
        edge = found.procedure.named(act.act)
        if edge is None or edge.shown != "words" or act.pk in old or not (act.text or files.get(act.pk)):
            continue
        answers = act.actor != "resident" and (edge.answers or edge.page == ANSWER)
        by = "sender" if act.actor == "resident" else "answer" if answers else "question"
        who = unit_name(act.unit_id) if act.actor == "official" and act.unit_id else ""
        title = str(edge.label) if by != "sender" else kernel.title(edge, sender=False)
        rows.append(Said(by, title, who or _("提交人"), act.at, act.text, files.get(act.pk, ())))
    return rows
