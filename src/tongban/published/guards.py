"""Why a case cannot be published although the table allows it: guards that the table of any kind can name.

Pure functions of the case, the actor, the registry and the inputs, as `cases/guards.py` asks them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal

from . import objection
from .effects import LOOKED_AT_ANEW
from .masking import TEXTS, personal_data_in


def may_be_public(context: Context) -> Refusal | None:
    """Public is what its sender agreed to, of a matter that may be public, never a complaint about conduct.
    Whatever was confirmed, checked identifiers never get through."""
    case = context.case
    if case.visibility != "public":
        return Refusal("not_allowed", _("提交人选择了不公开，不能公开。"))
    if not context.registry.matters[case.matter_id].publishable or case.against_id:
        return Refusal("not_allowed", _("这类事项不公开。"))
    if not context.payload:
        return None
    return personal_data_in(context.payload, case.sender, judged=context.actor.kind != "system")


def publishable(context: Context) -> Refusal | None:
    """A case is published once."""
    if context.case.published:
        return Refusal("conflict", _("已经公开。"))
    return may_be_public(context)


def republishable(context: Context) -> Refusal | None:
    """After a correction its public page gets the corrected answer, once somebody has looked at it."""
    if not context.case.published or not (context.case.private or {}).get(LOOKED_AT_ANEW):
        return Refusal("conflict", _("没有更正过的答复等待公开。"))
    return may_be_public(context)


def is_published(context: Context) -> Refusal | None:
    """Only what is public can be taken down."""
    if not context.case.published:
        return Refusal("conflict", _("没有公开。"))
    return None


# --- where the sender is asked first ----------------------------------------------------------------------------------


def askable(context: Context) -> Refusal | None:
    """Asked is about a case that could be published, once at a time, and after an objection once more."""
    case = context.case
    if case.published and not (case.private or {}).get(LOOKED_AT_ANEW):
        return Refusal("conflict", _("已经公开。"))
    if objection.is_asked(case):
        return Refusal("conflict", _("已经请提交人看过公开的文字，正在等提交人的意见。"))
    if objection.kept(case).get("objections", 0) >= objection.ROUNDS:
        return Refusal("not_allowed", _("提交人两次不同意公开，不能再公开。"))
    return may_be_public(context)


def _still_asked(context: Context) -> Refusal | None:
    """The sender answers about the text that their page showed, which is the one that is asked about."""
    if not objection.is_asked(context.case):
        return Refusal("conflict", _("现在没有等您同意公开的文字。"))
    given = context.payload.get("digest")
    if context.payload and given != objection.kept(context.case).get("digest"):
        return Refusal("stale", _("公开的文字已经改过，请看过现在的文字再决定。"))
    return None


def unseen(context: Context) -> Refusal | None:
    """The time begins once, for a sender who could not be told."""
    found = _still_asked(context)
    if found is None and objection.until(context.case) is not None:
        return Refusal("conflict", _("已经看过了。"))
    return found


def agreeable(context: Context) -> Refusal | None:
    """The sender agrees to what may still be public."""
    return _still_asked(context) or may_be_public(context)


def objectionable(context: Context) -> Refusal | None:
    """The sender can object for as long as the text has not appeared."""
    return _still_asked(context)


def _unopposed(context: Context) -> Refusal | None:
    """By itself appears what the sender was asked about and did not object to within the time, and no other text; and
    what an import tells of another site, where it was public before."""
    case, found = context.case, objection.kept(context.case)
    if not found and case.channel == "import":
        return None
    if found.get("state") == "objected":
        return Refusal("not_allowed", _("提交人不同意公开。"))
    ends = objection.until(case)
    if ends is None or context.now <= ends:
        return Refusal("not_yet", _("须先请提交人看过公开的文字；提交人同意，或者到期没有不同意，才能公开。"))
    if any(name in context.payload for name in TEXTS) and objection.digest(context.payload) != found.get("digest"):
        return Refusal("stale", _("公开的文字须与提交人看过的一致。"))
    return None


def unopposed(context: Context) -> Refusal | None:
    """A case appears once."""
    if context.case.published:
        return Refusal("conflict", _("已经公开。"))
    return may_be_public(context) or _unopposed(context)


def unopposed_again(context: Context) -> Refusal | None:
    """A public page gets the corrected answer."""
    return republishable(context) or _unopposed(context)
