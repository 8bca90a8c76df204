"""The procedure of a letter: its states. Its acts, and who may perform each, are in `acts.py`.

Sources: 信访工作条例 Arts 22–24 (register, transfer, objection), 30 (complaints about a unit), 34 (handling), 35–36
(review and recheck); 国办发〔2019〕51号 (rating in five grades). Time limits are in the registry, not here.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tongban.cases.merging import on_merge
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Group, Procedure
from tongban.desk import reception
from tongban.published import storing

from . import marking
from .acts import EDGES, STARTS_AGAIN
from .states import ALL, DONE, OPEN, STATES

__all__ = ["ALL", "DONE", "EDGES", "GROUPS", "LETTER", "OPEN", "STATES"]

GROUPS = (
    Group("submitted", _("待分办")),
    Group("dispatched", _("待受理")),
    Group("accepted", _("办理中")),
    Group("drafted", _("待复核")),
    Group("disputed", _("争议")),
    Group("review", _("复查复核")),
    Group("merged", _("已并案")),
    Group("done", _("已答复")),
)


def merged(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """The lead letter can be one, and is received for all: a booking of the merged one is given back."""
    on_merge(rows)
    reception.on_leaving(rows)


LETTER = Procedure(
    kind="letter",
    label=_("来信"),
    states=STATES,
    edges=EDGES,
    groups=GROUPS,
    initial="submitted",
    begins=frozenset({"submitted", "dispatched"}),
    handed_on="dispatched",
    given_back="returned",
    in_dispute="disputed",
    parting="ungroup",
    starts_again=STARTS_AGAIN,
    follow="/follow/",
    stored={
        "propose_publication": storing.on_asked,
        "see_publication": storing.on_seen,
        "agree_publication": storing.on_agreed,
        "object_publication": storing.on_refused,
        "publish": storing.on_publish,
        "republish": storing.on_publish,
        "unpublish": storing.on_unpublish,
        "merge": merged,
        "mark_against": marking.on_mark,
        "change_matter": marking.on_mark,
        **dict.fromkeys(reception.ACTS, reception.on_reception),
        "withdraw": reception.on_leaving,
        "correct_answer": storing.on_correct,
        "correct_answer_merged": storing.on_correct,
    },
)
