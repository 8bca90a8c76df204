"""When a case may be erased, and by whom: a rule of the house for every kind of case, asked by the kernel.

Erased is what the sender asked to have erased, or what has been kept long enough; never while the sender can still have
the decision looked at again, or while that is being done. Officials erase by two: one proposes with a reason, another
confirms. The worker erases by the clock alone. Sources: 个人信息保护法 Arts 19, 47; 信访工作条例 Arts 35, 36.
Not for deleting: `retention.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.accounts.names import role_name
from tongban.detect import scan_text
from tongban.registry.names import unit_name
from tongban.workdays import shanghai_day

from . import deadlines, relations
from .models import Act, Case
from .procedure import Context, Outcome
from .refusal import Refusal

ASKED, PROPOSED = "erasure_asked", "erasure_proposed"
"""Where a case's private part keeps that its sender asked for erasure, and which official proposed it."""
RESIDENT = frozenset({"resident"})
GROUNDS = {"asked": _("依据：提交人申请删除"), "kept_long_enough": _("依据：保存期限届满")}
PERSONAL = frozenset(
    {"resident_id", "mobile", "bank_card", "email", "passport", "travel_permit", "iban", "wechat", "qq", "ssn", "minor"}
    | {"password", "secret_key", "private_key"}
)
"""Kinds of findings of the scanner that never stand in words which are kept or public."""

Ground = Literal["asked", "kept_long_enough"]


def ground(context: Context) -> Ground | None:
    """Why the case may be erased, as far as the sender's request and the time of keeping go."""
    case = context.case
    if case.retain_until is not None and case.retain_until < shanghai_day(context.now):
        return "kept_long_enough"
    return "asked" if (case.private or {}).get(ASKED) else None


def contestable(context: Context) -> bool:
    """Whether the sender can still ask that the decision be looked at again. Where no limit is set for asking, they can
    for as long as the case is kept. Where the review is a case of its own, the guard of its opening says until when."""
    if relations.can_be_reviewed(context.case, context.registry, context.now):
        return True
    for edge in context.procedure.open_to(context.case.state, RESIDENT):
        if edge.within is None:
            continue
        last = deadlines.end_of_asking(edge.within, context.case, context.registry)
        if last.awaiting is not None or (last.at is not None and context.now <= last.at):
            return True
        if last.at is None and ground(context) != "kept_long_enough":
            return True
    return False


def without_ground(context: Context) -> Refusal | None:
    """Refuses where there is nothing for which the case could be erased now, whoever asks."""
    phase = context.procedure.state(context.case.state).phase
    if phase == "work":
        return Refusal("wrong_state", _("这个件还在办理，不能删除。"))
    if phase == "in_force":
        return Refusal("wrong_state", _("这个件的决定还有效，不能删除。"))
    if context.related is not None and any(case.is_open for case in context.related.those_about):
        return Refusal("wrong_state", _("针对这个件的申请还在办理，不能删除。"))
    found = ground(context)
    if context.actor.kind == "system" and found != "kept_long_enough":
        return Refusal("not_allowed", _("保存期限没有届满，不能删除。"))
    if found is None:
        return Refusal("not_allowed", _("提交人没有申请删除，保存期限也没有届满，不能删除。"))
    if contestable(context):
        return Refusal("not_allowed", _("提交人还可以申请复查或复核，申请期限届满以后才能删除。"))
    return None


def refused(context: Context) -> Refusal | None:
    """The rule on `erase`: a ground, and for officials a proposal by somebody else."""
    found = without_ground(context)
    if found is not None or context.actor.kind == "system":
        return found
    proposed = proposal(context.case)
    if proposed is None:
        return Refusal("not_allowed", _("删除须由两人办理：请先由一位工作人员提出并说明理由。"))
    if proposed.get("official") == context.actor.official_id:
        return Refusal("not_allowed", _("删除须由另一位工作人员确认，提出的人不能自己确认。"))
    return None


def proposal(case: Case) -> dict[str, Any] | None:
    """Who proposed to erase the case, in the name of which post, and why; None where nobody did."""
    found = (case.private or {}).get(PROPOSED)
    return found if isinstance(found, dict) else None


# --- what the acts do -----------------------------------------------------------------------------------------------


def ask(context: Context) -> Outcome:
    """The sender asks: kept on the case, so that officials may act on it."""
    return Outcome(set={"private": {**(context.case.private or {}), ASKED: context.now.isoformat()}})


def propose(context: Context) -> Outcome:
    """An official proposes, with a reason that the tombstone will keep."""
    unit, role = context.post or ("", "")
    said = {"official": context.actor.official_id, "unit": unit, "role": role, "reason": context.payload["reason"]}
    return Outcome(set={"private": {**(context.case.private or {}), PROPOSED: said}})


def erase(context: Context) -> Outcome:
    """What stays of the deletion: why, on whose proposal (unit and role, never the person), and the reason given."""
    found = proposal(context.case) if context.actor.kind == "official" else None
    kept: dict[str, Any] = {"ground": ground(context)}
    if found is not None:
        kept |= {"proposed_unit": found["unit"], "proposed_role": found["role"], "reason": found["reason"]}
    return Outcome(kept=kept)


# --- words that outlive what is erased ------------------------------------------------------------------------------


def reason_without_names(context: Context) -> Refusal | None:
    """The reason for erasing outlives what is erased, so that no personal data may stand in it."""
    reason, sender = context.payload.get("reason"), context.case.sender
    if reason is None:
        return None
    if any(found.type in PERSONAL for found in scan_text(reason)) or (len(sender) >= 2 and sender in reason):
        return Refusal("bad_input", _("删除的理由会长期保留，请不要写姓名、号码等个人信息。"), "reason")
    return None


def tombstone(act: Act) -> str:
    """What stays to be read of an erased case, one thing a line: by whom it was erased, on what ground and why. Unit
    and role only, never a person: the sender and colleagues read the same words."""
    kept = act.public or {}
    lines = []
    if kept.get("ground") in GROUNDS:
        lines.append(str(GROUNDS[kept["ground"]]))
    if kept.get("reason"):
        lines.append(gettext("理由：%(reason)s") % {"reason": kept["reason"]})
    if kept.get("proposed_unit"):
        post = {"unit": unit_name(kept["proposed_unit"]), "role": role_name(kept["proposed_role"])}
        lines.append(gettext("提出：%(unit)s %(role)s") % post)
    if act.unit_id:
        lines.append(gettext("确认：%(unit)s %(role)s") % {"unit": unit_name(act.unit_id), "role": role_name(act.role)})
    return "\n".join(lines)


def tombstone_of(case: Case) -> str:
    """The words for a case; empty where it was not erased."""
    act = Act.objects.filter(case=case, act="erase").order_by("-sequence").first() if case.erased_at else None
    return tombstone(act) if act is not None else ""
