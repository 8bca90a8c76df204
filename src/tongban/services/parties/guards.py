"""Why an act about interested parties cannot be done now: pure guards, each after its article (行政许可法)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.workdays import shanghai_day

from ..appointments import APPOINTED, ASK_BY, GROUND
from ..rules import WEIGHED, worked

KIND = "interested"
SPOKEN, HEARD, SHEET = "spoken", "heard", "sheet_made"
"""What the sealed part of a party's case keeps: that they spoke, that their hearing was held, that a sheet was made."""


def parties_of(context: Context) -> list[Case]:
    """The interested parties of an application who still count: those found by mistake do not."""
    parts = context.related.parts if context.related is not None else ()
    return [part for part in parts if part.kind == KIND and part.state != "not_needed"]


def ask_by(case: Case) -> datetime | None:
    """Until when this party can ask for a hearing; None before they were told."""
    said = worked(case).get(ASK_BY)
    return datetime.fromisoformat(said) if said else None


# --- on the application ----------------------------------------------------------------------------------------------


def can_name(context: Context) -> Refusal | None:
    """Somebody is named with a way to reach them, and not twice; without the law's days nobody could be told until
    when (Arts 36, 47)."""
    case, said = context.case, context.payload
    if context.registry.limit("hearing_ask", case.matter_id, case.place_id) is None:
        return Refusal("not_yet", _("这个事项没有设定要求听证的期限，请管理员先设定。"))
    if not said:
        return None
    if not any(said.get(name) for name in ("email", "phone", "address")):
        return Refusal("bad_input", _("请至少写一种联系办法：邮箱、电话或者地址。"), "address")
    if said["party"] == case.sender:
        return Refusal("bad_input", _("这是申请人本人，不是利害关系人。"), "party")
    if any(part.sender == said["party"] for part in parties_of(context)):
        return Refusal("bad_input", _("已经告知过这个利害关系人。"), "party")
    if len(case.sender) >= 2 and case.sender in said["text"]:
        return Refusal("bad_input", _("请不要写申请人的姓名：这些话会给利害关系人看。"), "text")
    return None


def parties_heard(context: Context) -> Refusal | None:
    """Nothing is decided while a party was not told, can still ask for a hearing, or waits for one; the applicant has
    been told of the same right, and what was said has been weighed (Arts 36, 47, 48)."""
    parties = parties_of(context)
    if not parties:
        return None
    return _missing(context, parties) or _right_of_the_applicant(context) or _unweighed(context, parties)


def _missing(context: Context, parties: list[Case]) -> Refusal | None:
    untold = sum(part.state == "to_tell" for part in parties)
    if untold:
        words = _("还有 %(n)d 名利害关系人没有告知到，请先送达告知书并登记（行政许可法第三十六条）。")
        return Refusal("not_yet", words % {"n": untold})
    waiting = sum(part.state == "hearing" for part in parties)
    if waiting:
        words = _("%(n)d 名利害关系人要求的听证还没有举行，不能作出决定（行政许可法第四十七条）。")
        return Refusal("not_yet", words % {"n": waiting})
    ends = [end for part in parties if part.state == "told" and (end := ask_by(part)) and context.now <= end]
    if ends:
        words = _("利害关系人到 %(day)s 都可以要求听证，请过后再作决定（行政许可法第四十七条）。")
        return Refusal("not_yet", words % {"day": shanghai_day(max(ends)).isoformat()})
    return None


def _right_of_the_applicant(context: Context) -> Refusal | None:
    said = worked(context.case)
    if said.get(ASK_BY) or said.get(GROUND) == "hearing":
        return None
    return Refusal("not_yet", _("有利害关系人的，也要告知申请人有要求听证的权利（行政许可法第四十七条）。"))


def something_said(parties: list[Case]) -> bool:
    """Whether a party said something, or a hearing was held for one."""
    return any(worked(part).get(SPOKEN) or worked(part).get(HEARD) for part in parties)


def _unweighed(context: Context, parties: list[Case]) -> Refusal | None:
    if not something_said(parties) or worked(context.case).get(WEIGHED):
        return None
    return Refusal("not_yet", _("利害关系人提了意见：请先写明怎样考虑了这些意见（行政许可法第三十六条）。"))


def can_weigh(context: Context) -> Refusal | None:
    """What is weighed was said first."""
    if not something_said(parties_of(context)):
        return Refusal("not_allowed", _("还没有利害关系人的意见。"))
    return None


# --- on the party's own case -----------------------------------------------------------------------------------------


def may_ask(context: Context) -> Refusal | None:
    """A hearing is asked for, or not wanted, within the five days (Art. 47)."""
    end = ask_by(context.case)
    if end is not None and context.now > end:
        return Refusal("not_allowed", _("要求听证的期限已过。"))
    return None


def delivered_rightly(context: Context) -> Refusal | None:
    """What was delivered is a sheet that was made, and not before it was."""
    made = worked(context.case).get(SHEET)
    if not made:
        return Refusal("not_yet", _("请先制作告知书，交给利害关系人以后再登记。"))
    day = context.payload.get("delivered")
    if day and date.fromisoformat(day) < shanghai_day(datetime.fromisoformat(made)):
        return Refusal("bad_input", _("不能早于制作告知书的那一天。"), "delivered")
    return None


def time_is_over(context: Context) -> Refusal | None:
    """Silence counts once the five days are over."""
    end = ask_by(context.case)
    if end is None or context.now <= end:
        return Refusal("not_yet", _("要求听证的期限还没有过。"))
    return None


def nothing_said(context: Context) -> Refusal | None:
    """A message that did not arrive told nobody; whoever has answered was told."""
    return Refusal("not_allowed", _("利害关系人已经答复。")) if worked(context.case).get(SPOKEN) else None


def about_a_hearing(context: Context) -> Refusal | None:
    """Only what concerns a hearing is told to a party, never another appointment of the application."""
    whole = context.related.part_of if context.related is not None else None
    if whole is None or worked(whole).get(GROUND) != "hearing":
        return Refusal("not_allowed", _("这不是听证。"))
    return None


def was_waited_for(context: Context) -> Refusal | None:
    """What came of a hearing is told to those who knew of it, or asked for it."""
    if worked(context.case).get(APPOINTED) or context.case.state == "hearing":
        return about_a_hearing(context)
    return Refusal("not_allowed", _("没有要告知的听证。"))
