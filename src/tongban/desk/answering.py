"""Writing the answer: the case beside the editor, templates, a draft that is kept, and the act that sends it.

A template is inserted without losing what was typed, and without JavaScript. Not for the other acts: `acting.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import filing, guards
from tongban.cases.actform import ActForm
from tongban.cases.inputs import Flag, Text, clean_text
from tongban.cases.models import Case
from tongban.cases.procedure import Context, Edge
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows

from . import beside, blanks, laid_out, offers, opening, panels, said
from .acting import done, edge_for, keep_files, refuse_erased, refused, repeated, take_step
from .forms import act_form
from .models import AnswerDraft, AnswerTemplate
from .opening import Found
from .wording import templates_for


def first_words(found: Found) -> str:
    """What the editor starts with: one's own kept draft, else the drafted answer that waits or was sent back."""
    procedure = found.procedure
    drafting = {edge.hands_over for edge in procedure.edges if edge.page == offers.ANSWER and edge.hands_over}
    drafts = list(found.case.acts.filter(act__in=drafting).order_by("sequence"))
    kept = AnswerDraft.objects.filter(case=found.case, official_id=found.official_id).first()
    if kept is not None and (not drafts or kept.changed_at >= drafts[-1].at):
        return str(dict(kept.private or {}).get("text", ""))
    waits = any(procedure.edge(act, found.case.state) is not None for act in drafting)
    return next((act.text for act in reversed(drafts) if act.text), "") if waits else ""


def keep(found: Found, text: str) -> None:
    """Keep a draft, sealed. Raises Refusal where it is longer than an answer may be."""
    texts = [item for edge in offers.writing(found) for item in edge.inputs if isinstance(item, Text)]
    longest = max(item.longest for item in texts)
    if len(text) > longest:
        raise Refusal(
            "bad_input",
            _("答复最多 %(longest)d 个字，现在有 %(length)d 个字。") % {"longest": longest, "length": len(text)},
            "text",
        )
    AnswerDraft.objects.update_or_create(
        case=found.case, official_id=found.official_id, defaults={"private": {"text": text}}
    )


def joined(text: str, template: AnswerTemplate, found: Found) -> str:
    """The text with a template under it, in which the unit's own name and phone are filled in."""
    unit = found.registry.units[found.case.unit_id]
    words = blanks.filled(template.text, unit.name, unit.phone)
    return f"{text.rstrip()}\n\n{words}" if text.strip() else words


class EditorForm(ActForm):
    """The editor: one text for whichever act sends it."""

    def __init__(self, edge: Edge, found: Found, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(edge, found.case, found.actor, found.registry, data, initial)
        text = self.fields["text"]
        text.widget = forms.Textarea(attrs={**text.widget.attrs, "rows": "18"})
        for flag in (item for item in edge.inputs if isinstance(item, Flag)):
            if not _asked_for(flag, edge, found):
                del self.fields[flag.name]

    @property
    def files_in(self) -> str:
        """One set for the editor, whichever button sends: the files are kept like the draft."""
        return filing.waiting_in(self.case, self.actor, "answer")


def takes_back(edge: Edge, found: Found) -> bool:
    """Whether an act of the panel sends the drafted answer back to be written anew: it leads from where it waits to
    where it was drafted."""
    drafting = {one.hands_over for one in offers.writing(found) if one.hands_over}
    lines = [line for act in drafting if (line := found.procedure.named(act)) is not None]
    return bool(edge.button and not edge.page and edge.target) and any(
        edge.target in line.sources and edge.target != line.target and line.target == found.case.state for line in lines
    )


def _asked_for(flag: Flag, edge: Edge, found: Found) -> bool:
    """Whether the guard of the act asks for this tick now: without it an answer would be refused for its sake."""
    written = {"text": _("答复")}
    context = Context(
        found.case, found.actor, written, timezone.now(), found.registry, found.procedure, frozenset(found.standing)
    )
    refusal = guards.refusal(edge, context)
    return refusal is not None and refusal.field == flag.name


def answer_page(
    request: HttpRequest, found: Found, form: EditorForm, changes: Any = (), status: int = 200
) -> HttpResponse:
    """The editor, and beside it what it answers: the sender's words and pictures, answers like it, the duty's basis."""
    case = found.case
    back = next((edge for edge in offers.offered(found) if takes_back(edge, found)), None)
    context = {
        "found": found, "case": case, "form": form, "writing": offers.writing(found), "changes": changes,
        "templates": templates_for(found), "send_back": act_form(back, found) if back else None,
        "merged": Case.objects.filter(lead_case=case, phase="work").count(),
        "head_panels": panels.standing_at(found, "answer-head", form),
        "panels": panels.standing_at(found, "answer", form),
        "form_panels": panels.standing_at(found, "answer-form", form),
        "deadlines": beside.deadlines(found, timezone.now()),
        "second_eyes": found.registry.second_eyes(case.matter_id, case.unit_id),
        "said": said.said(found), "duties": beside.duties(found), "label": laid_out.writing_label(found),
    }  # fmt: skip
    return render(request, "desk/answer.html", context, status=status)


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
        raise Refusal("wrong_state", _("现在不能答复这个件：可能已经答复，或者须由其他岗位办理。"))
    text = first_words(found)
    template = _template(found, request.GET.get("template", ""))
    form = EditorForm(writing[0], found, initial={"text": joined(text, template, found) if template else text})
    return answer_page(request, found, form)


def _written(found: Found, act: str) -> bool:
    """Whether an act is one that is written in the editor, now or in another state."""
    return any(edge.act == act and edge.page == offers.ANSWER for edge in found.procedure.edges)


def _template(found: Found, number: str) -> AnswerTemplate | None:
    return next((item for item in templates_for(found) if str(item.pk) == number), None)


def _post(request: HttpRequest, found: Found, writing: list[Edge]) -> HttpResponse:
    asked_for = request.POST.get("do", "")
    by_act = {edge.act: edge for edge in writing}
    if asked_for not in by_act and _written(found, asked_for):
        return _too_late(request, found, asked_for)
    if not writing:
        raise Refusal("wrong_state", _("现在不能答复这个件：可能已经答复，或者须由其他岗位办理。"))
    form = EditorForm(by_act.get(asked_for, writing[0]), found, request.POST)
    typed = clean_text(request.POST.get("text", ""))
    if asked_for.startswith("remove:"):
        filing.remove(form.files_in, asked_for.removeprefix("remove:"))
    if not keep_files(request, form):
        return answer_page(request, found, form, status=422)
    if asked_for.startswith("remove:"):
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        return answer_page(
            request, found, EditorForm(writing[0], found, initial={"text": typed, "version": version, "nonce": nonce})
        )
    if asked_for == "check":
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        return answer_page(
            request, found, EditorForm(writing[0], found, initial={"text": typed, "version": version, "nonce": nonce})
        )
    if asked_for.startswith("insert:"):
        template = _template(found, asked_for.removeprefix("insert:"))
        version, nonce = request.POST.get("version", ""), request.POST.get("nonce", "")
        text = joined(typed, template, found) if template else typed
        kept = EditorForm(writing[0], found, initial={"text": text, "version": version, "nonce": nonce})
        return answer_page(request, found, kept)
    try:
        if asked_for == "save":
            keep(found, typed)
            messages.success(request, _("草稿已保存，只有您能看到。"))
            return HttpResponseRedirect(reverse("desk:answer", args=[found.case.code]))
        if asked_for not in by_act:
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
