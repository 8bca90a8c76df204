"""Following a case of any kind with its code and secret: where it stands, the answer, what can be done, the timeline,
an act of the sender.

The page is made from the case's procedure; a door adds panels and links (`parts.py`). How a browser proves that it
knows a secret, and how long that holds: `proven.py`. Who looked, files and one's own data: `own_data.py`.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases import erasure, filing
from tongban.cases.actform import ActForm
from tongban.cases.actor import resident
from tongban.cases.inputs.one import EMPTY
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.door import loaded, parts
from tongban.gate.rates import limited
from tongban.registry import snapshot

from . import story
from .about import openable
from .banner import banner
from .parts import FollowLink, FollowPanel, SenderWords, words_for
from .proven import opened_by, proven_case, remember

UNSENT = frozenset({"csrfmiddlewaretoken", "sure"})


@allows("public", FORM)
@limited("track")
def follow(request: HttpRequest) -> HttpResponse:
    """Code and secret. A wrong one is told in the same words whichever it is."""
    code, error = request.POST.get("code") or request.GET.get("code", ""), ""
    if request.method == "POST":
        found = opened_by(code, request.POST.get("secret", ""))
        if found is not None:
            return remember(request, redirect("counter:case", found.code), found)
        error = _("查询码或密码不对。请对照回执再输入一次；不分大小写，可不填横线。")
    return render(request, "counter/follow.html", {"code": code[:40], "error": error}, status=422 if error else 200)


@allows("resident")
def case(request: HttpRequest, code: str) -> HttpResponse:
    """The case and everything on it."""
    return _page(request, proven_case(request, code))


def _entry(found: Case, told: story.Told, above: story.Told | None) -> dict[str, Any]:
    """One entry of the timeline; words that stand above are not said twice."""
    same = above is not None and told.act.pk == above.act.pk
    return {
        "when": told.when,
        "title": told.title,
        "who": told.who,
        "text": "" if same else told.text,
        "kind": told.edge.tone,
        "note": "\n".join([*told.lines, _("内容见上")] if same else told.lines),
        "attachments": [] if same else _files(found, told),
    }


def _said_head(said: story.Told, asking: bool, words: SenderWords) -> str:
    """Whose words stand out on the page, and what they are."""
    if asking:
        return _("%(unit)s问您") % {"unit": said.who}
    if said.edge.answers:
        return str(words.answer) % {"unit": said.who}
    return str(said.title)


def _files(found: Case, told: story.Told) -> list[dict[str, Any]]:
    return [
        {"name": item.name, "url": reverse("counter:file", args=[found.code, item.key]), "size": item.size}
        for item in told.files
    ]


def _forms(found: Case, can: list[Edge], failed: ActForm | None, words: SenderWords) -> list[dict[str, Any]]:
    """What the sender can do now: a form for each act, what waits for them first and open."""
    registry, forms = snapshot.current(), []
    for edge in story.offered(found, can):
        if edge.page:  # a panel has its form
            continue
        form = failed if failed is not None and failed.edge.act == edge.act else None
        shown = form or ActForm(edge, found, resident(found.pk), registry)
        more = words.acts.get(edge.act, "")
        forms.append({"edge": edge, "form": shown, "open": form is not None, "due": edge.unfolded, "more": more})
    return sorted(forms, key=lambda item: not item["due"])


def _page(
    request: HttpRequest, found: Case, failed: ActForm | None = None, message: Any = "", status: int = 200
) -> HttpResponse:
    can, words = story.possible(found), words_for(found.kind)
    told = story.told(found)
    said = story.in_words(found, told)
    state = procedure_of(found).state(found.state)
    asking = state.paused and state.waits_for == "sender"
    context = {
        "case": found,
        "kind": procedure_of(found).label,
        "words": words,
        "now": banner(found, can, words),
        "said": said,
        "asking": asking,
        "said_head": _said_head(said, asking, words) if said is not None else "",
        "said_files": _files(found, said) if said is not None else [],
        "timeline": [_entry(found, entry, said) for entry in reversed(told)],
        "forms": _forms(found, can, failed, words),
        "message": message,
        "looks": Act.objects.filter(case=found, act="look").count(),
        "tombstone": erasure.tombstone_of(found),
        "merged": found.lead_case_id is not None,
        "kept": story.kept(found),
        "panels": _panels(found, can),
        "links": _links(found, can),
        "openable": openable(found),
    }
    return render(request, "counter/case.html", context, status=status)


def _panels(found: Case, can: list[Edge]) -> list[dict[str, Any]]:
    """What doors show of this case: the template of each panel with what it needs."""
    shown = []
    for panel in parts(FollowPanel):
        context = loaded(panel.context)(found, can) if panel.context and panel.is_for(found.kind) else {}
        if panel.is_for(found.kind) and context is not None:
            shown.append({"template": panel.template, **context})
    return shown


def _links(found: Case, can: list[Edge]) -> list[tuple[str, Any]]:
    return [pair for part in parts(FollowLink) if part.is_for(found.kind) for pair in loaded(part.links)(found, can)]


@allows("resident", POST)
@limited("submit")
def case_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """An act of the sender."""
    found = proven_case(request, code)
    if act not in story.by_sender(procedure_of(found)):
        raise Http404
    edge = procedure_of(found).edge(act, found.state)
    if edge is None:
        return _page(request, found, None, _("件的状态已经变化，现在不能进行这项操作。"), 409)
    who = resident(found.pk)
    form = ActForm(edge, found, who, snapshot.current(), request.POST)
    if not form.is_valid():
        return _page(request, found, form, "", 422)
    waiting = form.files_in or secrets.token_hex(32)
    problems = filing.keep(request.FILES.getlist("files"), waiting) if edge.files else []
    if problems:
        return _page(request, found, form, "；".join(problems), 422)
    if _asks_first(edge, found, form) and "sure" not in request.POST:
        return _are_you_sure(request, found, form)
    step = Step(act, who, form.payload(), version=form.shown_version, nonce=form.shown_nonce)
    try:
        perform(found.pk, step, waiting if filing.kept(waiting).exists() else None)
    except Refusal as refusal:
        found.refresh_from_db()
        form.renew(found)
        form.refuse(refusal.message, refusal.field)
        return _page(request, found, form, refusal.message, refusal.status)
    messages.success(request, _("%(done)s，已记入办理过程。") % {"done": edge.told})
    return redirect("counter:case", found.code)


def _asks_first(edge: Edge, found: Case, form: ActForm) -> bool:
    """Whether an act is asked about before it is done: one that cannot be taken back, and that could be done now."""
    stale = not edge.quiet and form.shown_version is not None and form.shown_version != found.version
    return bool(edge.confirm or edge.danger) and not stale and edge in story.possible(found)


def _are_you_sure(request: HttpRequest, found: Case, form: ActForm) -> HttpResponse:
    """The page that asks: what will be done, what was written, yes or back. Files that came wait for the yes."""
    lines = [
        {"label": item.label, "text": item.show(value)}
        for item in form.edge.inputs
        if (value := form.payload().get(item.name)) not in EMPTY
    ]
    words = words_for(found.kind)
    given = [(name, value) for name, values in request.POST.lists() if name not in UNSENT for value in values]
    context = {"case": found, "words": words, "form": form, "lines": lines, "given": given}
    return render(request, "counter/sure.html", {**context, "more": words.acts.get(form.edge.act, "")})
