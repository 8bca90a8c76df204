"""The page of one letter on the desk: the letter, what happened, what stands beside it, and what can be done now.

The look is recorded before a word is shown. The sender's name and contact are shown only after a look of their own.
Not for performing acts: `acting.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import looks
from tongban.cases.actform import ActForm
from tongban.cases.erasure import tombstone_of
from tongban.cases.guards import CONTACT
from tongban.cases.procedure import procedures
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.gate.door import loaded, parts

from . import beside, laid_out, offers, opening, panels, said, seen, story
from .opening import Found
from .parts import Particular
from .purposes import PURPOSES
from .rows import flags
from .tray import next_url


def contact(found: Found) -> dict[str, Any]:
    """The sender's particulars, for who has just looked at them; else whether there are any and may be shown."""
    private: dict[str, Any] = dict(found.case.private or {})
    given = {name: str(private.get(name) or "") for name in ("name", "phone", "email", "address")}
    more = [
        (one.label, str(loaded(one.value)(found.case))) for one in parts(Particular) if found.case.kind in one.kinds
    ]
    may, has = found.may_see_contact, any(given.values()) or any(value for _label, value in more)
    shown = may and has and CONTACT in opening.recent_purposes(found)
    return {"may": may, "has": has, "shown": {**given, "more": more} if shown else None}


def case_page(
    request: HttpRequest,
    found: Found,
    refused: ActForm | None = None,
    changes: Sequence[offers.Change] = (),
    status: int = 200,
) -> HttpResponse:
    """The page. Where the official has to say first what they look for, only that is asked (and a refused form
    kept)."""
    case = found.case
    context: dict[str, Any] = {
        "found": found,
        "case": case,
        "state": found.procedure.state(case.state),
        "state_tone": found.procedure.state(case.state).tone,
        "flags": flags(case, offers.merged_into(found, case)),
        "changes": changes,
        "refused": refused,
    }
    if not opening.look(found):
        context |= {"purposes": PURPOSES, "forms": [refused] if refused else []}
        return render(request, "desk/purpose.html", context, status=status)
    acts = found.acts
    context |= {
        "contact": contact(found),
        "story": story.story(found, acts),
        "tombstone": tombstone_of(case),
        "looks": story.looks_at(acts),
        "seen": seen.seen_before(found, acts),
        "said": said.said(found),
        "layout": laid_out.layout(found, refused),
        "left": beside.deadlines(found, timezone.now()).left,
        "main_panels": panels.standing_at(found, "main"),
        "side_panels": panels.standing_at(found, "side"),
        "several_kinds": len(procedures()) > 1,
        "next_url": next_url(found),
    }
    return render(request, "desk/case.html", context, status=status)


@allows("official", FORM)
def desk_case(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the letter. POST says what one looks for (`purpose`), or asks for the sender's contact (`contact`)."""
    found = opening.find(request, code)
    if request.method != "POST":
        return case_page(request, found)
    if found.case.erased_at:
        raise Refusal("wrong_state", _("这个件的内容已经删除。"))
    if "contact" in request.POST:
        if not found.may_see_contact:
            raise Refusal("not_allowed", _("只有主办单位的工作人员可以查看联系方式。"))
        looks.look(found.case, found.actor, CONTACT)
        return HttpResponseRedirect(f"{found.url}#contact")
    purpose = request.POST.get("purpose", "")
    if purpose not in dict(PURPOSES):
        raise Refusal("bad_input", _("请先选择查看目的。"), "purpose")
    looks.look(found.case, found.actor, purpose)
    return HttpResponseRedirect(found.url)
