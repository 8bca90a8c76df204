"""离开这台电脑: clears what this browser holds of what its user sent, for those who write on a computer that others use
too."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tongban.gate import asking, cookies
from tongban.gate.allow import FORM, allows
from tongban.gate.door import parts
from tongban.gate.parts import LeftBehind

from . import proven, recovery_pages
from .drafts import BrowserDraft
from .parts import Writing

CLEARED = '"cache", "storage"'
"""Clear-Site-Data (W3C): pages kept for the back button, and what scripts stored. Not "cookies": that would sign the
person out of every other site under the same registrable domain."""


@allows("public", FORM)
def leave(request: HttpRequest) -> HttpResponse:
    """GET says what is cleared and, afterwards, what only the person can do; POST clears: every draft with its files,
    the proofs of secrets, the receipt, what was said in the box, what other rooms left (`LeftBehind`), the token of
    forms, and what the browser keeps of our pages."""
    if request.method != "POST":
        return render(request, "counter/leave.html", {"done": "done" in request.GET})
    response: HttpResponse = redirect(f"{reverse('counter:leave')}?done")
    for writing in parts(Writing):
        BrowserDraft(request, writing).forget(response)
    left = (part.cookie for part in parts(LeftBehind))
    for name in (proven.LETTERS, proven.RECEIPT, recovery_pages.COOKIE, asking.COOKIE, *left):
        cookies.take_away(response, name)
    if not request.user.is_authenticated:  # an official's own session ends by signing out
        cookies.take_away_named(response, settings.CSRF_COOKIE_NAME)
        cookies.take_away_named(response, "messages")
    response["Clear-Site-Data"] = CLEARED
    return response
