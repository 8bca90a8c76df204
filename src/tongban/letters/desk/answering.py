"""Writing the answer: the letter beside the editor, templates, a draft that is kept, and the act that sends it.

A template is inserted without losing what was typed, and without JavaScript. Not for the other acts: `acting.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.inputs import clean_text
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.letters import filing
from tongban.letters.advice import noting
from tongban.letters.models import AnswerDraft, AnswerTemplate

from . import beside, offers, opening, story
from .acting import done, edge_for, keep_files, refuse_erased, refused, repeated, take_step
from .needs import ActForm
from .opening import Found


def templates_for(found: Found) -> list[AnswerTemplate]:
    """Templates of the case's unit and matter, and the general ones."""
    units = Q(unit_id=found.case.unit_id) | Q(unit__isnull=True)
    line = found.registry.line("matters", found.case.matter_id)
    return list(AnswerTemplate.objects.filter(units).filter(Q(matter_id__in=line) | Q(matter__isnull=True))[:50])


def first_words(found: Found) -> str:
    """What the editor starts with: one's own kept draft, else the drafted answer that waits or was sent back."""
    kept = AnswerDraft.objects.filter(case=found.case, official_id=found.official_id).first()
    acts = list(found.case.acts.filter(act="draft_answer").order_by("sequence"))
    if kept is not None and (not acts or kept.changed_at >= acts[-1].at):
        return str((kept.private or {}).get("text", ""))
    return story.last_words(acts, "draft_answer") if found.case.state in ("drafted", "accepted") else ""


def keep(found: Found, text: str) -> None:
    """Keep a draft, sealed. Raises Refusal where it is longer than an answer may be."""
    longest = max(need.longest for edge in offers.writing(found) for need in edge.needs)
    if len(text) > longest:
        raise Refusal("bad_input", _("答复最多 %(longest)d 个字，现在有 %(length)d 个字。") % {"longest": longest, "length": len(text)}, "text")
    AnswerDraft.objects.update_or_create(case=found.case, official_id=found.official_id, defaults={"private": {"text": text}})


def joined(text: str, template: AnswerTemplate) -> str:
    """The text with a template under it."""
    return f"{text.rstrip()}\n\n{template.text}" if text.strip() else template.text


class EditorForm(ActForm):
    """The editor: one text for whichever act sends it."""

    def __init__(self, edge: Edge, found: Found, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(edge, found, data, initial)
        text = self.fields["text"]
        text.widget = forms.Textarea(attrs={**text.widget.attrs, "rows": "18"})

    @property
    def files_in(self) -> str:
        """One set for the editor, whichever button sends: the files are kept like the draft."""
        return filing.waiting_in(self.found.case, self.found.official_id, "answer")


def answer_page(
    request: HttpRequest, found: Found, form: EditorForm, changes: Any = (), status: int = 200
) -> HttpResponse:
    """The letter on one side, the editor on the other."""
    case = found.case
    back = next((edge for edge in offers.offered(found) if edge.act == "send_back"), None)
    written = str(form["text"].value() or "")
    context = {
        "notes": noting.notes(case, written, [template.text for template in templates_for(found)]),
        "found": found, "case": case, "form": form, "writing": offers.writing(found), "changes": changes,
        "templates": templates_for(found), "send_back": ActForm(back, found) if back else None,
        "merged": Case.objects.filter(lead_case=case, state="merged").count(), "similar": beside.similar(found),
        "deadlines": beside.deadlines(found, timezone.now()), "second_eyes": found.registry.matters[case.matter_id].second_eyes,
        "files": story.files_of(case),
    }  # fmt: skip
    return render(request, "letters/desk/answer.html", context, status=status)


@allows("official", FORM)
def desk_answer(request: HttpRequest, code: str) -> HttpResponse:
    """GET opens the editor (`?template=` puts a template in). POST saves, inserts, or sends."""
    before = repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = opening.find(request, code)
    refuse_erased(found)
    writing = offers.writing(found)
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    if request.method == "POST":
        return _post(request, found, writing)
    if not writing:
        raise Refusal("wrong_state", _("现在不能答复这封来信：可能已经答复，或者须由其他岗位办理。"))
    text = first_words(found)
    template = _template(found, request.GET.get("template", ""))
    form = EditorForm(writing[0], found, initial={"text": joined(text, template) if template else text})
    return answer_page(request, found, form)


def _template(found: Found, number: str) -> AnswerTemplate | None:
    return next((item for item in templates_for(found) if str(item.pk) == number), None)


def _post(request: HttpRequest, found: Found, writing: list[Edge]) -> HttpResponse:
    wish = request.POST.get("do", "")
    by_act = {edge.act: edge for edge in writing}
    if wish in offers.WRITTEN and wish not in by_act:
        return _too_late(request, found, wish)
    if not writing:
        raise Refusal("wrong_state", _("现在不能答复这封来信：可能已经答复，或者须由其他岗位办理。"))
    form = EditorForm(by_act.get(wish, writing[0]), found, request.POST)
    typed = clean_text(request.POST.get("text", ""))
    if wish.startswith("remove:"):
        filing.remove(form.files_in, wish.removeprefix("remove:"))
    if not keep_files(request, form):
        return answer_page(request, found, form, status=422)
    if wish.startswith("remove:"):
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        return answer_page(request, found, EditorForm(writing[0], found, initial={"text": typed, "version": version, "nonce": nonce}))
    if wish == "check":
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        return answer_page(request, found, EditorForm(writing[0], found, initial={"text": typed, "version": version, "nonce": nonce}))
    if wish.startswith("insert:"):
        template = _template(found, wish.removeprefix("insert:"))
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        text = joined(typed, template) if template else typed
        kept = EditorForm(writing[0], found, initial={"text": text, "version": version, "nonce": nonce})
        return answer_page(request, found, kept)
    try:
        if wish == "save":
            keep(found, typed)
            messages.success(request, _("草稿已保存，只有您能看到。"))
            return HttpResponseRedirect(reverse("letters:desk_answer", args=[found.case.code]))
        if wish not in by_act:
            raise Refusal("bad_input", _("请选择保存草稿或者发出。"))
        if not form.is_valid():
            return answer_page(request, found, form, status=422)
        performed = take_step(found, form)
    except Refusal as refusal:
        form.is_valid()
        now, changes = refused(found, form, refusal)
        return answer_page(request, now, form, changes, refusal.status)
    AnswerDraft.objects.filter(case=found.case, official_id=found.official_id).delete()
    return done(request, found, performed)


def _too_late(request: HttpRequest, found: Found, act: str) -> HttpResponse:
    """The answer can no longer be sent (somebody else was first), or it is not this official's to send: the kernel is
    asked all the same, so that the person reads why, with the text still there."""
    form = EditorForm(edge_for(found, act), found, request.POST)
    if not form.is_valid() or not keep_files(request, form):
        return answer_page(request, found, form, status=422)
    try:
        performed = take_step(found, form)
    except Refusal as refusal:
        now, changes = refused(found, form, refusal)
        return answer_page(request, now, form, changes, refusal.status)
    return done(request, found, performed)
