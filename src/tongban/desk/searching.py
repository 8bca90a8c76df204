"""Finding a letter on the desk: by its code, by the sender's telephone or e-mail, by words in it.

Only among the letters that exist for who asks. By a telephone number or an e-mail address only who handles a letter
finds it, and each one found is recorded as a look that its sender sees. Neither words nor contacts stand in the
address of the page, so that no log and no browser history keeps them: what was typed is sealed there, for its
official alone and for an hour.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tongban.cases import access, looks, search
from tongban.cases.actor import Actor
from tongban.cases.guards import BY_CONTACT
from tongban.cases.inputs import EMAIL, clean_text, normal_email, normal_phone
from tongban.cases.models import Case
from tongban.cases.receipts import ALPHABET, CODE_LENGTH, plain
from tongban.gate.allow import FORM, actor_of, allows
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.vault.keyring import KeyRingError, ring

from . import paging
from .opening import shows_contact
from .rows import SHOWN, rows

LONGEST = 100
KEPT_SECONDS = 3600
MOST_BY_CONTACT = 50
"""Letters of one contact that are shown, and recorded as looked at, the newest."""
_PURPOSE = b"desk.searching"
_LENGTH = 512
"""What is sealed into an address has one length, so that the length says nothing of what was typed."""
_PHONE = re.compile(r"\+?[\d\s()（）-]{7,24}")


def as_code(text: str) -> str:
    """The tracking code that was typed, or an empty text where it cannot be one."""
    code = plain(text)
    return code if len(code) == CODE_LENGTH and all(letter in ALPHABET for letter in code) else ""


def as_contact(text: str) -> tuple[str, str] | None:
    """The kind ("phone", "email") and normalised value of the contact that was typed; None where it is none."""
    email = normal_email(text)
    if EMAIL.fullmatch(email):
        return "email", email
    if _PHONE.fullmatch(text.strip()) and (phone := normal_phone(text)):
        return "phone", phone
    return None


def sealed(q: str, official: int | None) -> str:
    """What was typed, for the address of the page: readable by this deployment alone, and for this official."""
    content = orjson.dumps([q, official, int(time.time())]).ljust(_LENGTH)
    return base64.urlsafe_b64encode(ring().seal(content, _PURPOSE)).decode().rstrip("=")


def opened(token: str, official: int | None) -> str | None:
    """What was typed; None where the token is another official's, too old, or none."""
    try:
        content = ring().open(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), _PURPOSE)
        q, whose, when = orjson.loads(content)
    except (KeyRingError, binascii.Error, ValueError):
        return None
    return str(q) if whose == official and time.time() - when < KEPT_SECONDS else None


def by_contact(kind: str, value: str, actor: Actor, registry: Snapshot) -> list[Case]:
    """The letters of a contact that this official handles, the newest first; each is recorded as looked at before it
    is shown."""
    ids = search.by_contact(kind, value, search.where(actor, registry))
    cases = access.cases_for(actor, registry).filter(pk__in=ids, erased_at__isnull=True).order_by("-id")
    found = [case for case in cases if shows_contact(actor, case, registry)][:MOST_BY_CONTACT]
    for case in found:
        looks.look(case, actor, BY_CONTACT)
    return found


def looked_up(q: str, actor: Actor, registry: Snapshot, after: str = "", before: str = "") -> paging.Page | None:
    """A page of what was found by a code, a contact or words; None where nothing can be looked for."""
    cases = access.cases_for(actor, registry).only(*SHOWN)
    if code := as_code(q):
        known = list(cases.filter(code=code))
        if known:
            return paging.Page(known)
    if contact := as_contact(q):
        return paging.Page(by_contact(*contact, actor, registry))
    found = search.find(q, search.where(actor, registry)) if q else None
    return paging.page_of(found, cases, after, before) if found is not None else None


@allows("official", FORM)
def desk_search(request: HttpRequest) -> HttpResponse:
    """A box, and what was found, newest first."""
    actor, registry, now = actor_of(request), snapshot.current(), timezone.now()
    if request.method == "POST":
        q = clean_text(request.POST.get("q", ""))[:LONGEST]
        return HttpResponseRedirect(f"{reverse('desk:search')}?{urlencode({'s': sealed(q, actor.official_id)})}")
    token = request.GET.get("s", "")
    typed = opened(token, actor.official_id) if token else ""
    page = (
        looked_up(typed, actor, registry, request.GET.get("after", ""), request.GET.get("before", ""))
        if typed
        else None
    )
    context: dict[str, Any] = {
        "q": typed or "",
        "contact": as_contact(typed) if typed else None,
        "asked": page is not None,
        "expired": typed is None,
        "show_unit": True,
    }
    if page is not None:
        here = "?" + urlencode({"s": token})
        context |= {
            "rows": rows(page.rows, actor, registry, now).html,
            "previous": f"{here}&before={page.previous}" if page.previous else "",
            "next": f"{here}&after={page.next}" if page.next else "",
        }
    return render(request, "desk/search.html", context)
