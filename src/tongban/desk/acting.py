"""Performing an act from the desk: from a filled form to the kernel, and the kernel's answer back to the person.

Not for deciding: `cases.writer.perform` does. One view serves every act that has a button in the table.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases import access, filing
from tongban.cases.actform import ActForm
from tongban.cases.models import Act
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.receipts import plain
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed, Step, perform
from tongban.gate.allow import POST, actor_of, allows
from tongban.registry import snapshot

from . import offers, opening
from .case import case_page
from .forms import act_form
from .models import AnswerDraft
from .offers import Change
from .opening import Found


def refuse_erased(found: Found) -> None:
    """Nothing is done any more on a case whose content was deleted. Raises Refusal."""
    if found.case.erased_at:
        raise Refusal("wrong_state", _("这个件的内容已经删除，不能再办理。"))


def edge_for(found: Found, act: str) -> Edge:
    """The line of the table for an act from the case's state, or any line for it where it is closed now (so that the
    form can be shown again with what was typed). Raises Refusal where the act was never this official's."""
    try:
        return found.procedure.decide(act, found.case.state, frozenset(found.standing))
    except Refusal as refusal:
        known = found.procedure.named(act)
        if refusal.code != "wrong_state" or known is None:
            raise
        return known


def repeated(request: HttpRequest, code: str) -> HttpResponse | None:
    """The answer to a form that this very official sent before (a double click, a reload): it is done, and once.

    Asked before the case is looked for, because the first click may have sent the case to another unit.
    """
    nonce, official = request.POST.get("nonce", ""), actor_of(request).official_id
    if not nonce or official is None:
        return None
    act = Act.objects.select_related("case").filter(nonce=nonce, official_id=official, case__code=plain(code)).first()
    if act is None or access.is_barred(actor_of(request), act.case, snapshot.current()):
        return None
    messages.success(request, _("这一步先前已经办好：%(act)s。") % {"act": offers.act_words(act.case, act.act)})
    still = access.may_see(actor_of(request), act.case, snapshot.current())
    return HttpResponseRedirect(reverse("desk:case", args=[act.case.code]) if still else reverse("desk:tray"))


def keep_files(request: HttpRequest, form: ActForm) -> bool:
    """Keep the files that came with a form; what was wrong with one stands at the form, and then False."""
    files = request.FILES.getlist("files")
    if files and not (form.takes_files and form.files_in):
        problems = [_("这一步不能附文件。")]
    else:
        problems = filing.keep(files, form.files_in)
    form.is_valid()
    for problem in problems:
        form.refuse(problem)
    return not problems


def take_step(found: Found, form: ActForm, payload: dict[str, Any] | None = None) -> Performed:
    """Perform the form's act with what was filled in (or with `payload`), and the files that wait for it. Raises
    Refusal."""
    refuse_erased(found)
    given = form.payload() if payload is None else payload
    step = Step(form.edge.act, found.actor, given, version=form.shown_version, nonce=form.shown_nonce)
    return perform(found.case.pk, step, form.files_in if form.takes_files else None)


def done(request: HttpRequest, found: Found, performed: Performed, words: Any = None) -> HttpResponse:
    """Say that it was done, and go to the case, or to the tray where the case is no longer this official's."""
    if not performed.case.is_open:
        AnswerDraft.objects.filter(case=performed.case).delete()
    act = performed.act.act if performed.act else ""
    edge = procedure_of(performed.case).named(act)
    told = str(edge.done) if edge is not None and not words else ""
    label = words or offers.act_words(performed.case, act)
    messages.success(request, told or _("已办理：%(act)s。") % {"act": label})
    return HttpResponseRedirect(found.url if opening.again(found) else reverse("desk:tray"))


def refused(found: Found, form: ActForm, refusal: Refusal) -> tuple[Found, list[Change]]:
    """Put the refusal into the form. Gives the case as it is now and what others did meanwhile. Raises the refusal
    again where the case no longer exists for this official."""
    now = opening.again(found)
    if now is None:
        raise refusal
    changes: list[Change] = []
    if refusal.code in ("stale", "wrong_state"):
        changes = list(offers.changed_since(now.case, form.shown_version))
        form.renew(now.case)
    form.refuse(refusal.message, refusal.field)
    return now, changes


@allows("official", POST)
def desk_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Perform `act`; on refusal the same page, the form filled, the reason at its field, and the refusal's status."""
    before = repeated(request, code)
    if before is not None:
        return before
    found = opening.find(request, code)
    if not any(edge.button for edge in found.procedure.edges if edge.act == act):
        raise Http404
    refuse_erased(found)
    form = act_form(edge_for(found, act), found, request.POST)
    if not form.is_valid() or not keep_files(request, form):
        return case_page(request, found, form, status=422)
    try:
        performed = take_step(found, form)
    except Refusal as refusal:
        now, changes = refused(found, form, refusal)
        return case_page(request, now, form, changes, refusal.status)
    return done(request, found, performed)
