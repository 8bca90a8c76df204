"""Writing a case of any kind: its steps, the page to check, sending. Each step is kept in the draft.

What the steps ask: `steps.py`. What follows the sending: `sent.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tongban.cases import attachments, receipts
from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_for
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.gate.allow import FORM, allows
from tongban.gate.door import loaded
from tongban.gate.rates import limited
from tongban.registry import snapshot

from . import about, carried, proven, steps
from .drafts import ONLY_FILES, BrowserDraft
from .forms import from_draft
from .parts import InputsStep, Writing, writing_of
from .proven import proven_case, still_proven

JUST_SENT = timedelta(seconds=proven.RECEIPT_SECONDS)
COLUMNS = frozenset({"subject", "body", "visibility", "name", "phone", "email", "address"})
"""Inputs for which a case has a place of its own."""
UNSAID: tuple[Any, ...] = (None, False, "", [])


@allows("public", FORM)
@limited("upload")
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """The first step."""
    return _answered(request, _writing(kind), "")


@allows("public", FORM)
@limited("upload")
def step(request: HttpRequest, kind: str, step: str) -> HttpResponse:
    """Another step; the first has no name in its address."""
    return _answered(request, _writing(kind), step)


def _writing(kind: str) -> Writing:
    writing = writing_of(kind)
    if writing is None:
        raise Http404
    return writing


def _page(request: HttpRequest, writing: Writing, name: str | None) -> steps.Page:
    """A request on the step of this name (empty: the first), or on the page to check (None)."""
    draft = BrowserDraft(request, writing)
    if request.method == "POST" and not draft.exists:
        carried.take_up(request, draft)
    page = steps.Page(request, writing, None, draft, snapshot.current())
    if name is not None:
        page.step = next((one for one in page.writing.steps if not name or one.name == name), None)
        if page.step is None:
            raise Http404
    return page


def _answered(request: HttpRequest, writing: Writing, name: str) -> HttpResponse:
    page = _page(request, writing, name)
    step = page.step
    if carried.of_another(request, page.draft):
        return _of_another(request, writing)
    if "case" in request.POST and step is page.writing.steps[0]:
        return _begun_about(page, request.POST["case"])
    if about.only_about(writing.kind) and "case" not in page.draft.values:
        return redirect("counter:follow")
    earlier = steps.first_open(page, before=step)
    return redirect(page.address(earlier)) if earlier is not None else steps.respond(page)


def _of_another(request: HttpRequest, writing: Writing) -> HttpResponse:
    return render(request, "counter/another.html", {"writing": writing}, status=409)


def _begun_about(page: steps.Page, code: str) -> HttpResponse:
    """Begin what is about a case that this browser has proved to be its user's: with its matter and place."""
    case = proven_case(page.request, code)
    if not about.may_be_opened(page.writing.kind, case):
        return redirect("counter:case", case.code)
    kept = {"case": case.code, "matter": case.matter_id, "place": case.place_id, "against": case.against_id}
    return page.draft.save(redirect(page.address(page.writing.steps[0])), **kept)


@allows("public", FORM)
@limited("submit")
def check(request: HttpRequest, kind: str) -> HttpResponse:
    """All that will be sent, each with a way to change it; POST sends, with `save` keeps the draft."""
    page = _page(request, _writing(kind), None)
    if carried.of_another(request, page.draft):
        return _of_another(request, page.writing)
    if about.only_about(kind) and "case" not in page.draft.values:
        return redirect("counter:follow")
    missing = steps.first_open(page)
    if missing is not None:
        return redirect(page.address(missing))
    if request.method != "POST":
        return _shown(page)
    if "save" in request.POST:
        return page.draft.save(redirect(f"{page.address(None)}?saved"), kept=True)
    if "mail" in request.POST:
        return page.draft.save(redirect("counter:new_mail", kind))
    if page.changed:
        if request.POST.get("version") != page.mark:
            return _shown(page, status=409)
        page.move()
        missing = steps.first_open(page, to_go_through=True)
        if missing is not None:
            return page.draft.save(redirect(page.address(missing)))
    try:
        return _send(page)
    except Refusal as refusal:
        return page.draft.save(_shown(page, str(refusal.message), refusal.status))


def _shown(page: steps.Page, message: str = "", status: int = 200) -> HttpResponse:
    doubts = loaded(page.writing.doubts)(_collected(page)) if page.writing.doubts else {}
    rows = steps.rows(page, doubts=doubts)
    told: dict[str, Any] = {"rows": rows, "doubts": [row for row in rows if row.doubt], "message": message}
    told["doubted"] = doubts.get("", "")
    if page.writing.public:
        told["seen"] = loaded(page.writing.public)(_collected(page))
    return page.shown("counter/check.html", status, **told, **steps.facts(page))


def _collected(page: steps.Page) -> dict[str, Any]:
    """Everything that was written, checked, as `Writing.build` takes it."""
    draft = page.draft
    values: dict[str, Any] = {name: draft.values.get(name) for name in ("matter", "place", "against")}
    for one in page.writing.steps:
        if isinstance(one, InputsStep):
            form = from_draft(one, page.asked, draft.values)
            form.full_clean()
            values.update(form.cleaned_data)
            for slot in one.slots:
                values[slot.name] = steps.waiting(draft, slot) or None
    values.update((name, draft.values[name]) for name in page.writing.keeps if name in draft.values)
    values.update(kind=page.writing.kind, language=page.request.LANGUAGE_CODE, draft=draft.files)
    return values


def _send(page: steps.Page) -> HttpResponse:
    writing, draft = page.writing, page.draft
    sent, who = (writing.build or submission)(_collected(page)), NEWCOMER
    if writing.sender:
        who = loaded(writing.sender)(page.request, draft.values)
    if "case" in draft.values:
        other = still_proven(page.request, draft.values["case"])
        if other is None:
            return draft.save(redirect(f"{reverse('counter:follow')}?{urlencode({'code': draft.values['case']})}"))
        sent, who = replace(sent, about=other.pk), resident(other.pk)
    nonce = draft.values.get("nonce")
    if (
        draft.carried and not draft.waiting() and not _is_sent(sent, nonce)
    ):  # the draft's time was over, its files are gone
        step = next(one for one in writing.steps if isinstance(one, InputsStep) and one.files is not None)
        draft.carried = 0
        return draft.save(redirect(page.address(step)))
    _leave_out(page)
    case, receipt = submit(sent, who, nonce)
    if receipt.again and case.submitted_at < timezone.now() - JUST_SENT:
        return draft.forget(redirect("counter:follow"))
    if writing.after and not receipt.again:
        loaded(writing.after)(case)
    response = draft.forget(redirect("counter:sent"))
    return proven.remember(page.request, proven.hand_over(response, receipt, case), case)


def _leave_out(page: steps.Page) -> None:
    """Throw away the files of papers that are not asked for any more, since something else was answered: as hidden
    answers they never leave, and the page to check does not show them."""
    asked = {slot.name for step in page.writing.steps if isinstance(step, InputsStep) for slot in step.slots}
    for item in page.draft.waiting():
        if (item.purpose or ONLY_FILES) not in asked:
            attachments.discard(item)
            page.draft.look_again()


def _is_sent(sent: Submission, nonce: str | None) -> bool:
    """Whether this very form has become a case: the second half of a double click, whose files the case has by now."""
    return nonce is not None and Case.objects.filter(code=receipts.issue(nonce, sent.content()).code).exists()


def submission(values: Mapping[str, Any]) -> Submission:
    """What was written, as the kernel takes it: what a case has no place of its own for are inputs of the opening
    act, and what that does not ask for goes into the case's `extra`."""
    own = {name: values[name] for name in COLUMNS if values.get(name) is not None}
    fixed = {name: values[name] for name in ("kind", "matter", "place", "against", "language", "draft")}
    rest = {name: value for name, value in values.items() if name not in COLUMNS | fixed.keys()}
    opening = next(edge for edge in procedure_for(values["kind"]).edges if "" in edge.sources)
    asked = {name: value for name, value in rest.items() if opening.input(name) is not None and value not in UNSAID}
    extra = {name: value for name, value in rest.items() if opening.input(name) is None and value not in UNSAID}
    return Submission(**{"subject": "", "body": "", **own, **fixed}, inputs=asked, extra=extra)
