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

from tongban.cases import access, looks
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.letters.models import PublishedLetter
from tongban.letters.procedure import LETTER

from . import beside, offers, opening, story
from .needs import ActForm
from .opening import CONTACT, PURPOSES, Found
from .rows import NEXT, STATE_TONES, flags, names_of
from .tray import next_url


def contact(found: Found) -> dict[str, Any]:
    """The sender's particulars, for who has just looked at them; else whether there are any and may be shown."""
    private = found.case.private or {}
    given = {name: str(private.get(name) or "") for name in ("name", "phone", "email", "address")}
    may, has = found.may_see_contact, any(given.values())
    shown = may and has and CONTACT in opening.recent_purposes(found)
    return {"may": may, "has": has, "shown": given if shown else None}


def panel(found: Found, refused: ActForm | None) -> list[ActForm]:
    """A form for each act that is offered, the next step first; the refused one as it was filled in, even where it is offered no more."""
    step = NEXT.get(found.case.state, ())
    edges = sorted(offers.in_panel(found), key=lambda edge: edge.act not in step)
    forms = [refused if refused and refused.edge.act == edge.act else ActForm(edge, found) for edge in edges]
    return forms if refused is None or refused in forms else [refused, *forms]


def case_page(
    request: HttpRequest, found: Found, refused: ActForm | None = None, changes: Sequence[offers.Change] = (), status: int = 200
) -> HttpResponse:
    """The page. Where the official has to say first what they look for, only that is asked (and a refused form kept)."""
    case, now = found.case, timezone.now()
    context: dict[str, Any] = {
        "found": found, "case": case, "state": LETTER.state(case.state), "state_tone": STATE_TONES.get(case.state, "neutral"),
        "flags": flags(case, Case.objects.filter(lead_case=case).count()), "changes": changes, "refused": refused,
    }  # fmt: skip
    if not opening.look(found):
        context |= {"purposes": PURPOSES, "forms": [refused] if refused else []}
        return render(request, "letters/desk/purpose.html", context, status=status)
    acts = story.acts_of(case)
    merged = Case.objects.filter(lead_case=case).order_by("id") if not case.lead_case_id else Case.objects.none()
    context |= {
        "contact": contact(found),
        "handler": names_of([case.handler_id]).get(case.handler_id or 0, ""),
        "assists": list(case.assists.values_list("unit_id", flat=True)),
        "story": story.story(found, acts),
        "looks": story.looks_at(acts),
        "files": story.files_of(case).get(acts[0].pk, []) if acts else [],
        "deadlines": beside.deadlines(found, now),
        "duties": beside.duties(found),
        "similar": beside.similar(found),
        "unsent": beside.unsent(found),
        "fitting": beside.fitting(found),
        "repeats": beside.repeats(found),
        "merged": [other for other in merged[:20] if access.may_see(found.actor, other, found.registry)],
        "lead": visible_lead(found),
        "forms": panel(found, refused),
        "writing": offers.writing(found),
        "publish": offers.offers(found, "publish"),
        "merge": offers.offers(found, "merge"),
        "public_page": PublishedLetter.objects.filter(case=case).first() if case.published else None,
        "next_acts": NEXT.get(case.state, ()),
        "next_url": next_url(found),
    }
    return render(request, "letters/desk/case.html", context, status=status)


def visible_lead(found: Found) -> Case | None:
    """The letter that this one was merged into, if it exists for who looks."""
    lead = found.case.lead_case
    return lead if lead is not None and access.may_see(found.actor, lead, found.registry) else None


@allows("official", FORM)
def desk_case(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the letter. POST says what one looks for (`purpose`), or asks for the sender's contact (`contact`)."""
    found = opening.find(request, code)
    if request.method != "POST":
        return case_page(request, found)
    if found.case.erased_at:
        raise Refusal("wrong_state", _("这封来信的内容已经删除。"))
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
