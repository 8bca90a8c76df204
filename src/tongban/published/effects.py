"""What publishing and taking down do to the case itself: effects that the table of any kind can name.

Pure. The public page is written by `storing.py`, in the same transaction.
"""

from __future__ import annotations

from typing import Any

from tongban.cases.models import Case
from tongban.cases.procedure import Context, Outcome

LOOKED_AT_ANEW = "published_anew"
"""Where a case's private part keeps that its public page waits for somebody to look at the corrected answer."""
KEPT = "publication"
"""Where it keeps how far the asking of its sender is (`objection.py`)."""


def _settled(case: Case) -> dict[str, Any]:
    """The private part without the mark of a corrected answer, and without what was asked of the sender."""
    return {name: value for name, value in (case.private or {}).items() if name not in (LOOKED_AT_ANEW, KEPT)}


def publish(context: Context) -> Outcome:
    """Puts the case on the public pages, masked, once a person has looked at the masked text."""
    return Outcome(set={"published": True, "private": _settled(context.case)})


def unpublish(context: Context) -> Outcome:
    """Takes the case off the public pages, with a reason. A text that its sender was asked about is none any more."""
    return Outcome(set={"published": False, "private": _settled(context.case)})


def corrected(case: Case, private: dict[str, Any]) -> dict[str, Any]:
    """`private`, what a correction of the answer leaves as the case's private part, with the mark that the public page
    waits to be looked at anew; as it was where the case is not public. A text that its sender was asked about is none
    any more; how often they objected stays. For the effect of the correcting act."""
    asked = private.get(KEPT)
    if asked:
        private = {**private, KEPT: {"state": "corrected", "objections": asked.get("objections", 0)}}
    return {**private, LOOKED_AT_ANEW: True} if case.published else private
