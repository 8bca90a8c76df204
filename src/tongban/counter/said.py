"""Writing that begins with words said in the box of the home page, and with the matter and place chosen there.

What the text begins with: `begun.py`. Not for the box itself: `portal/ask.py`, `gate/asking.py`.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongban.gate import asking, cookies
from tongban.gate.allow import POST, allows
from tongban.gate.door import loaded
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
    values: dict[str, Any] = {"about": words, **_chosen(request, writing)}
    values.update(loaded(writing.brings)(request, values) if writing.brings else {})
    draft = BrowserDraft(request, writing)
    response = redirect("counter:new", kind)
    if _written(draft):
        another = draft.values.get("about") != words or (writing.brings and not _same(draft, values))
        if another and "new" not in request.POST:
            context = {"writing": writing, "words": words, "along": "along" in request.POST, **values}
            return render(request, "counter/carry.html", context)
        if "new" in request.POST:
            draft.forget(response)
            request.COOKIES.pop(cookies.named(writing.cookie), None)
            draft = BrowserDraft(request, writing)
    elif draft.values.get("about") != words:
        draft.values.update(matter=None, place=None, against=None)
    gone_through = [*draft.values.get("done", ()), *values.pop("done", ())]
    draft.values.update(values, **({"done": gone_through} if gone_through else {}))
    page = steps.Page(request, writing, writing.steps[0], draft, snapshot.current())
    response["Location"] = page.address(steps.first_open(page, to_go_through=True))
    return draft.save(response)


def _written(draft: BrowserDraft) -> bool:
    """Whether more was written than the words that came from here, and what was chosen for them."""
    chosen = ("nonce", "about", "kept", "matter", "place", "against", "done", "version", "brought")
    return any(value for name, value in draft.values.items() if name not in chosen) or bool(draft.waiting())


def _same(draft: BrowserDraft, values: dict[str, Any]) -> bool:
    """Whether what was chosen elsewhere is what the unfinished draft is about."""
    return all(draft.values.get(name) == values[name] for name in ("matter", "place") if name in values)


def _chosen(request: HttpRequest, writing: Writing) -> dict[str, str]:
    """The matter and the place that came along, where there are such."""
    registry, found = snapshot.current(), {}
    matter, place = registry.matters.get(request.POST.get("matter", "")), request.POST.get("place", "")
    if matter is not None and matter in registry.leaves(writing.kind):
        found["matter"] = matter.code
    if place in registry.places:
        found["place"] = place
    return found
