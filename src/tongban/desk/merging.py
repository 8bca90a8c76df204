"""并案: tying a letter to another about the same trouble, so that every sender gets the same answer.

Only letters that exist for who merges can be the lead. Whether the lead can be one is decided by the kernel.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import access
from tongban.cases.actform import ActForm
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.receipts import grouped, plain
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows

from . import beside, offers, opening
from .acting import done, refuse_erased, refused, repeated, take_step
from .forms import act_form
from .opening import Found
from .rows import left_of


def lead_by_code(found: Found, typed: str) -> Case | None:
    """The letter with this code, if it exists for who merges."""
    return access.cases_for(found.actor, found.registry).filter(code=plain(typed), kind=found.case.kind).first()


def merge_page(
    request: HttpRequest, found: Found, form: ActForm, lead: Case | None, changes: Any = (), status: int = 200
) -> HttpResponse:
    """Suggestions, a box for a code, and, once a lead letter is named, what merging does."""
    suggestions = [row for row in beside.repeats(found) if row.can_lead]
    context = {
        "found": found, "case": found.case, "form": form, "lead": lead, "suggestions": suggestions, "changes": changes,
        "lead_left": left_of(lead, timezone.now(), found.registry) if lead else None,
        "others": offers.merged_into(found, lead) if lead else 0,
    }  # fmt: skip
    return render(request, "desk/merge.html", context, status=status)


def merging_edge(found: Found) -> Edge:
    """The line of the table by which this official can merge the case now. Raises Refusal where there is none."""
    acts = dict.fromkeys(edge.act for edge in found.procedure.edges if edge.page == offers.MERGE)
    if not acts:
        raise Refusal("not_found", _("没有这种办理行为。"))
    ready = offers.with_page(found, offers.MERGE)
    return ready[0] if ready else found.procedure.decide(next(iter(acts)), found.case.state, frozenset(found.standing))


@allows("official", FORM)
def desk_merge(request: HttpRequest, code: str) -> HttpResponse:
    """GET suggests (`?lead=` shows the effect); POST merges into the letter whose code stands in `case`."""
    before = repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = opening.find(request, code)
    refuse_erased(found)
    edge = merging_edge(found)
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    if request.method != "POST":
        typed = request.GET.get("lead", "")
        lead = lead_by_code(found, typed) if typed else None
        form = act_form(edge, found, initial={"case": grouped(lead.code) if lead else typed})
        if typed and (lead is None or not beside.can_lead(found, lead)):
            form = act_form(
                edge, found, {"case": typed, "version": str(found.case.version), "nonce": form["nonce"].value()}
            )
            form.is_valid()
            form.refuse(_("不能并入这个件：没有找到、已经办结、自己已并案，或者性质不同。"), "case")
            lead = None
        return merge_page(request, found, form, lead)
    form = act_form(edge, found, request.POST)
    if not form.is_valid():
        return merge_page(request, found, form, None, status=422)
    lead = lead_by_code(found, form.cleaned_data["case"])
    try:
        if lead is None:
            raise Refusal("bad_input", _("没有找到这个件，请核对查询码。"), "case")
        performed = take_step(found, form, {"case": str(lead.pk)})
    except Refusal as refusal:
        now, changes = refused(found, form, refusal)
        return merge_page(request, now, form, None, changes, refusal.status)
    return done(request, found, performed, _("并案，并入 %(code)s") % {"code": grouped(lead.code)})
