"""Publishing a letter and its answer: the masked proposal beside the original, and a person who has read it.

Not for masking or for the public pages: `letters/publishing.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.letters import publishing
from tongban.letters.procedure import LETTER

from . import offers, opening, story
from .acting import done, refuse_erased, refused, repeated, take_step
from .needs import ActForm
from .opening import Found

ANSWERED = ("answer", "approve_answer", "answer_merged", "approve_answer_merged")


class PublishForm(ActForm):
    """What will be public, and the promise that a person has read it."""

    read = forms.BooleanField(label=_("我已逐句看过，其中没有能认出个人的内容"), error_messages={"required": _("请逐句看过之后勾选。")})

    def __init__(self, edge: Edge, found: Found, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(edge, found, data, initial)
        for name in ("body", "answer"):
            text = self.fields[name]
            text.widget = forms.Textarea(attrs={**text.widget.attrs, "rows": "12"})
        self.order_fields([*(need.name for need in edge.needs), "read"])


def publish_page(request: HttpRequest, found: Found, form: PublishForm, proposal: publishing.Proposal, answer: str, status: int = 200) -> HttpResponse:
    """Original and proposal side by side."""
    originals = {"subject": found.case.subject, "body": found.case.body, "answer": answer}
    pairs = [(form[name], original) for name, original in originals.items()]
    context = {"found": found, "case": found.case, "form": form, "pairs": pairs, "masked": proposal.masked}
    return render(request, "letters/desk/publish.html", context, status=status)


@allows("official", FORM)
def desk_publish(request: HttpRequest, code: str) -> HttpResponse:
    """GET proposes; POST publishes what was confirmed. Refused, with the place in the text, where identifiers remain."""
    before = repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = opening.find(request, code)
    refuse_erased(found)
    edge = LETTER.decide("publish", found.case.state, frozenset(found.standing))
    if not offers.offers(found, "publish"):
        raise Refusal("not_allowed", _("这封来信不能公开：来信人选择了不公开，或者这类事项不公开，或者已经公开。"))
    asked = opening.ask_first(found)
    if asked is not None:
        return asked
    answer = story.last_words(story.acts_of(found.case), *ANSWERED)
    proposal = publishing.proposal(found.case, answer)
    if request.method != "POST":
        values = {"subject": proposal.subject, "body": proposal.body, "answer": proposal.answer}
        return publish_page(request, found, PublishForm(edge, found, initial=values), proposal, answer)
    form = PublishForm(edge, found, request.POST)
    if not form.is_valid():
        return publish_page(request, found, form, proposal, answer, 422)
    try:
        performed = take_step(found, form)
    except Refusal as refusal:
        now, _changes = refused(found, form, refusal)
        return publish_page(request, now, form, proposal, answer, refusal.status)
    return done(request, found, performed)
