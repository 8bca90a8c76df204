"""更正答复: correcting an answer in the open. Both texts stand in the timeline, the first one marked as corrected.

The sender is told, senders of merged letters too; the figures stay as they were; the time to ask for a review runs
anew. A public page shows no answer until somebody has looked at the corrected one, and then says when it was corrected.
Not for who may correct: `guards.py`; not for masking: `published/masking.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongban.cases.deadlines import CORRECTED
from tongban.cases.models import Act
from tongban.cases.procedure import Context, Outcome
from tongban.published.effects import corrected

FIRST = frozenset({"answer", "approve_answer", "answer_merged", "approve_answer_merged"})
"""Acts by which an answer goes out for the first time."""
CORRECTED_ANSWER = frozenset({"correct_answer", "correct_answer_merged"})
ANSWERS = FIRST | CORRECTED_ANSWER
"""Acts whose words are the answer; the last of them holds."""
OPINIONS = frozenset({"answer_review", "answer_recheck", "correct_opinion"})
"""The same for the opinion of the unit above on a review."""


def propose(context: Context) -> Outcome:
    """Keeps who proposed, so that somebody else sends it."""
    return Outcome(set={"private": {**(context.case.private or {}), "correction": context.actor.official_id}})


def correct(context: Context) -> Outcome:
    """The corrected answer goes out. Nothing that is counted changes."""
    case = context.case
    private = {name: value for name, value in (case.private or {}).items() if name != "correction"}
    private[CORRECTED] = context.now.isoformat()
    return Outcome(set={"private": corrected(case, private)}, tell_resident=True)


def correct_opinion(context: Context) -> Outcome:
    """The corrected opinion of the unit above goes out; what is public is the first answer, so nothing is taken
    down."""
    private = {**(context.case.private or {}), CORRECTED: context.now.isoformat()}
    return Outcome(set={"private": private}, tell_resident=True)


def first_values(acts: Sequence[Act], names: frozenset[str]) -> dict[str, Any]:
    """What a correction starts with: the last words of the acts called `names`, and the reason of a proposal."""
    last = next((one for one in reversed(acts) if one.act in names and one.text), None)
    if last is None:
        return {}
    reason = str((last.private or {}).get("reason", "")) if last.act == "propose_correction" else ""
    return {"text": last.text, "reason": reason}
