"""Why an act on a letter cannot be done although the table allows it: the guards that `procedure.py` names.

Pure functions of the case, the actor, the registry and the inputs. The kernel, the buttons of the desk, the sender's
page and both APIs ask the same ones (`cases.guards.refusal`). What holds for cases of every kind is in
`cases/guards.py`.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.guards import all_of, by_the_unit_above, leaf_matter
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.desk import blanks

NOT_ACCEPTED = frozenset({"submitted", "dispatched"})


def two_persons(context: Context) -> bool:
    """Whether an answer in this case is drafted by one official and sent by another."""
    return context.registry.second_eyes(context.case.matter_id, context.case.unit_id)


# --- answering ------------------------------------------------------------------------------------------------------


def places_filled(context: Context) -> Refusal | None:
    """No answer goes out with a place of its template still open. What the system writes repeats an answer or is
    history."""
    text = context.payload.get("text")
    if text is None or context.actor.kind == "system":
        return None
    found = blanks.unfilled(text)
    if not found:
        return None
    shown = "、".join(found[:8]) + ("…" if len(found) > 8 else "")
    return Refusal("bad_input", _("还有没有填写的地方：%(places)s。请填好或删去后再提交。") % {"places": shown}, "text")


def one_person(context: Context) -> Refusal | None:
    """An answer goes out at once only where neither matter nor unit asks for a second person; an import is history."""
    if context.actor.kind != "system" and two_persons(context):
        return Refusal("not_allowed", _("这个事项的答复须经复核，请提交复核。"))
    return None


def accepted_first(context: Context) -> Refusal | None:
    """A simple matter may be answered at once, but not by accident: whoever has not accepted the letter says so
    (信访工作条例 Art. 23: acceptance is told within 15 days)."""
    given = context.payload
    if (
        context.actor.kind == "system"
        or context.case.state not in NOT_ACCEPTED
        or "text" not in given
        or given.get("at_once")
    ):
        return None
    return Refusal(
        "bad_input", _("这封来信还没有受理。请先受理；能够当即答复的，请勾选“不另行受理，直接答复”。"), "at_once"
    )


def another_person(context: Context) -> Refusal | None:
    """The second pair of eyes are not the first: whoever drafted cannot approve."""
    drafter = (context.case.private or {}).get("drafter")
    if drafter is not None and drafter == context.actor.official_id:
        return Refusal("not_allowed", _("复核须由另一位工作人员进行。"))
    return None


def corrected_by_another(context: Context) -> Refusal | None:
    """Where an answer needs two persons, so does its correction: one proposes it, another sends it."""
    if not two_persons(context):
        return None
    proposer = (context.case.private or {}).get("correction")
    if proposer is None:
        return Refusal("not_allowed", _("这个事项的答复须经复核，请先提出更正，再由另一位工作人员复核发出。"))
    if proposer == context.actor.official_id:
        return Refusal("not_allowed", _("复核须由另一位工作人员进行。"))
    return None


def correction_proposed(context: Context) -> Refusal | None:
    """Where one person is enough, nothing is proposed first."""
    if not two_persons(context):
        return Refusal("not_allowed", _("这个事项的更正不需要复核，可以直接更正答复。"))
    return places_filled(context)


# --- the rest -------------------------------------------------------------------------------------------------------


def renamed_matter(context: Context) -> Refusal | None:
    """Another matter; where a unit is named with it, the rule on marking holds as well."""
    found = leaf_matter(context)
    given = context.payload.get("against")
    if found is None and given is not None and given != context.case.against_id:
        found = by_the_unit_above(context)
    return found


answerable = all_of(places_filled, one_person, accepted_first)
approvable = all_of(another_person, places_filled)
correctable = all_of(corrected_by_another, places_filled)
