"""The draft that comes with a form: what a page carries of it, sealed, and what it is good for when it is posted."""

from __future__ import annotations

from django.http import HttpRequest

from tongban.gate import cookies

from .drafts import AGE, BrowserDraft

TICKET = "tongban_form"


def ticket(draft: BrowserDraft) -> str:
    """What a form carries of the draft, sealed: so that the second half of a double click, which comes when the draft
    has become a case, is known to be the same form and gets the same receipt."""
    values = {name: value for name, value in draft.values.items() if name not in ("kept", "about")}
    values["waiting"] = [draft.files, len(draft.waiting())]
    return cookies.sealed(TICKET, values, int(AGE.total_seconds()))


def of_another(request: HttpRequest, draft: BrowserDraft) -> bool:
    """Whether the form that was posted belongs to another piece of writing than the one that this browser holds now: a
    page left open while something else was begun. What one person wrote there never joins what another writes."""
    carried, held = cookies.opened(TICKET, request.POST.get("form", "")).get("nonce"), draft.values.get("nonce")
    return bool(carried and held and carried != held)


def take_up(request: HttpRequest, draft: BrowserDraft) -> None:
    """Fill an empty draft with what the form carried; nothing where it carried nothing that this house sealed."""
    kept = cookies.opened(TICKET, request.POST.get("form", ""))
    if "waiting" in kept:
        draft.files, draft.carried = kept.pop("waiting")
    draft.values.update({name: value for name, value in kept.items() if name != cookies.UNTIL})
