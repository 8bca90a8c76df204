"""Writing that begins with words said in the box of the home page, and with the matter and place chosen there.

What the text begins with: `begun.py`. Not for the box itself: `portal/ask.py`, `gate/asking.py`.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongban.gate import asking, cookies
from tongban.gate.allow import POST, allows
from tongban.gate.rates import limited
from tongban.registry import snapshot

from . import about, steps
from .drafts import BrowserDraft
from .parts import Writing, writing_of


@allows("public", POST)
@limited("upload")
def carry(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin writing with the words said in the box, and with the matter and the place where they were chosen there. An
    unfinished draft is never thrown away unasked: `new` says so."""
    writing = writing_of(kind)
    if writing is None or about.only_about(kind):
        raise Http404
    kept = asking.kept(request)
    words = request.POST.get("words", "")[: asking.LONGEST] or (kept.text if kept is not None else "")
    values = {"about": words, **_chosen(request, writing)}
    draft = BrowserDraft(request, writing)
    response = redirect("counter:new", kind)
    if _written(draft):
        if draft.values.get("about") != words and "new" not in request.POST:
            return render(request, "counter/carry.html", {"writing": writing, "words": words, **values})
        if "new" in request.POST:
            draft.forget(response)
            request.COOKIES.pop(cookies.named(writing.cookie), None)
            draft = BrowserDraft(request, writing)
    elif draft.values.get("about") != words:
        draft.values.update(matter=None, place=None, against=None)
    draft.values.update(values)
    page = steps.Page(request, writing, writing.steps[0], draft, snapshot.current())
    response["Location"] = page.address(steps.first_open(page, to_go_through=True))
    return draft.save(response)


def _written(draft: BrowserDraft) -> bool:
    """Whether more was written than the words that came from here, and what was chosen for them."""
    chosen = ("nonce", "about", "kept", "matter", "place", "against", "done")
    return any(value for name, value in draft.values.items() if name not in chosen) or bool(draft.waiting())


def _chosen(request: HttpRequest, writing: Writing) -> dict[str, str]:
    """The matter and the place that came along, where there are such."""
    registry, found = snapshot.current(), {}
    matter, place = registry.matters.get(request.POST.get("matter", "")), request.POST.get("place", "")
    if matter is not None and matter in registry.leaves(writing.kind):
        found["matter"] = matter.code
    if place in registry.places:
        found["place"] = place
    return found
