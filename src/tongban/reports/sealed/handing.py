"""A report of harm to children that came by the ordinary way: one act seals its address to the named body's key, and
erases what the house had of it: words, address, contact, files, notices, the search, what tied it to other reports.

What stays is a case without content: that there was one. Reports that were merged into it go the same way. Refused
while something public stands on it: a decision is lifted first, by the acts of its own table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongban.cases import wiping
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Edge, Outcome, State
from tongban.cases.refusal import Refusal
from tongban.cases.standings import HANDLERS, SYSTEM
from tongban.webaddr import BadAddress, parse

from . import taking

HANDED = State(
    "handed_over", _("已移交（已封存）"), _("已经加密交给专门的机关，本平台没有留下内容"), "over", group="done"
)
NEVER_HELD = "turned_down"
"""The state of a decision that the second person did not agree to: it was never public."""


def _site(case: Case) -> str:
    return str(((case.private or {}).get("extra") or {}).get("site") or "")


def can_be_handed_over(context: Context) -> Refusal | None:
    """There is a body to hand it to, an address to seal, and nothing public about it."""
    if taking.key() is None:
        return Refusal("not_allowed", _("本平台还没有指定接收的机关，不能移交。请立即报警，不要截图、不要转发。"))
    try:
        parse(_site(context.case))
    except BadAddress:
        return Refusal("not_allowed", _("举报里没有网址，不能封存移交。请立即报警，不要截图、不要转发。"))
    parts = context.related.parts if context.related is not None else ()
    if any(part.state != NEVER_HELD for part in parts):
        return Refusal("wrong_state", _("这个举报上已有处置决定，请先解除或者由第二人退回。"))
    return None


def handed(context: Context) -> Outcome:
    """Nothing is written beside the act: no word, no address."""
    return Outcome(set={"answered_at": context.now})


def seal(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Seal the address of each case, then erase the case and the decisions on it that never held. In the transaction of
    the act: what cannot be sealed is not erased."""
    to = taking.key()
    for case, _act, _context in rows:
        if to is None:
            raise Refusal("not_allowed", _("本平台还没有指定接收的机关，不能移交。请立即报警，不要截图、不要转发。"))
        with transaction.atomic():
            taking.keep(to, taking.content_of(parse(_site(case))))
            wiping.wipe(case)
            for part in Case.objects.select_for_update().filter(part_of=case, state=NEVER_HELD, erased_at=None):
                wiping.wipe(part)


def edges(states: Collection[State], merged: Collection[str]) -> tuple[Edge, ...]:
    """The lines: an official's, wherever nothing was decided, and the system's on what was merged into the report."""
    without = ("decided", "proposed", *merged, HANDED.name)
    return (
        Edge(
            "hand_over", frozenset(state.name for state in states if state.name not in without), HANDED.name, HANDLERS,
            _("移交侵害未成年人线索"), _("已经加密交给专门的机关，内容已从本平台删除"), effect=handed,
            guard=can_be_handed_over, danger=True, bulk=True, with_merged="hand_over_merged", tone="warning",
            done=_("已封存移交，本平台上的网址、文字和附件已删除。请不要再打开、保存或者转述。"),
            confirm=_("网址会加密交给指定的机关，这个举报的文字、网址、附件和联系方式随即从本平台删除，不能恢复。"),
        ),
        Edge(
            "hand_over_merged", frozenset(merged), HANDED.name, SYSTEM, _("移交侵害未成年人线索"),
            _("已经加密交给专门的机关，内容已从本平台删除"), effect=handed, button=False, tone="warning",
        ),
    )  # fmt: skip
