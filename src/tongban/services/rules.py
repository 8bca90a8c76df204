"""Why an act that the tables allow cannot be done now: pure guards, each after its article."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.cases.procedure import Context, Guard
from tongban.cases.refusal import Refusal
from tongban.workdays import shanghai_day

TOLD = "told_missing"
EXTENDED = "extended"
CHECKED_AT = "promise_checked_at"
WEIGHED = "parties_weighed"
"""How what interested parties said was weighed (`parties/`); empty again once there is more to weigh."""


WORK = "application"
"""Under which name the private part of a case keeps what the work on it adds; what was sent never changes."""


def sent(case: Case) -> dict[str, Any]:
    """What was sent beside the words: `facts`, `valid_months`, `form`, … (`writing.py`). Empty once erased."""
    return dict((case.private or {}).get("extra") or {})


def worked(case: Case) -> dict[str, Any]:
    """What the work on an application added."""
    return dict((case.private or {}).get(WORK) or {})


def told_once(context: Context) -> Refusal | None:
    """What is missing is told once (行政许可法 Art. 32 (4); 优化营商环境条例 Art. 36)."""
    if worked(context.case).get(TOLD):
        return Refusal("not_allowed", _("已经一次性告知过需要补正的内容，不能再要求补正；请受理后审查。"))
    return None


def opinions_in(context: Context) -> Refusal | None:
    """While a unit that was asked has not given its opinion, the lead unit does not decide."""
    parts = context.related.parts if context.related is not None else ()
    waiting = [part for part in parts if part.kind == "opinion" and part.state == "asked"]
    if waiting:
        names = "、".join(context.registry.units[part.unit_id].name for part in waiting)
        return Refusal("not_yet", _("还在等这些单位的意见：%(units)s。") % {"units": names})
    return None


def both(*guards: Guard) -> Guard:
    """A guard of several: the first that refuses."""

    def guard(context: Context) -> Refusal | None:
        return next((found for one in guards if (found := one(context)) is not None), None)

    return guard


def extended_once(context: Context) -> Refusal | None:
    """Ten days more, once, with the head's approval (行政许可法 Art. 42)."""
    if worked(context.case).get(EXTENDED):
        return Refusal("not_allowed", _("已经延长过一次。"))
    if context.case.answer_due_at is None:
        return Refusal("not_yet", _("这个件还没有时限，请先载入日历。"))
    if context.registry.limit("application_extra", context.case.matter_id, context.case.place_id) is None:
        return Refusal("not_allowed", _("这个事项的时限不能延长。"))
    return None


def units_once(context: Context) -> Refusal | None:
    """A unit is asked once, and never the lead unit itself."""
    parts = context.related.parts if context.related is not None else ()
    asked = {part.unit_id for part in parts if part.kind == "opinion"}
    for unit in context.payload.get("units") or ():
        if unit == context.case.unit_id:
            return Refusal("bad_input", _("本单位不用征求自己的意见。"), "units")
        if unit in asked:
            return Refusal("bad_input", _("已经征求过这个单位的意见。"), "units")
    return None


def no_renewal_waits(context: Context) -> Refusal | None:
    """While a renewal asked for in time waits, the permit does not run out: silence renews it (行政许可法 Art. 50)."""
    others = context.related.those_about if context.related is not None else ()
    if any(one.kind == "renewal" and one.state == "lodged" for one in others):
        return Refusal("not_yet", _("延续申请还没有决定。"))
    return None


def can_be_renewed(context: Context) -> Refusal | None:
    """Renewal is asked thirty days before the end (行政许可法 Art. 50); what has no end is not renewed."""
    about = context.related.about if context.related is not None else None
    if about is None or about.in_force_until is None:
        return Refusal("not_allowed", _("这个件没有有效期，不用延续。"))
    return None


def over_its_day(context: Context) -> Refusal | None:
    """Silence renews only when the last day is over."""
    about = context.related.about if context.related is not None else None
    if about is None or about.in_force_until is None or shanghai_day(context.now) <= about.in_force_until:
        return Refusal("not_yet", _("有效期还没有届满。"))
    return None


def promise_unchecked(context: Context) -> Refusal | None:
    """Only what was granted on a promise has one to check, and once."""
    if not sent(context.case).get("promised"):
        return Refusal("not_allowed", _("这个申请没有采用告知承诺。"))
    if worked(context.case).get(CHECKED_AT):
        return Refusal("conflict", _("承诺已经核查过。"))
    return None
