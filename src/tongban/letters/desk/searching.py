"""Finding a letter on the desk: by its code, by the sender's telephone or e-mail, by words in it.

Only among the letters that exist for who asks. A telephone number or an e-mail address is looked up by its keyed hash,
and only that hash stands in the address of the page, so that no log and no browser history keeps a person's number.
"""

from __future__ import annotations

import re

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tongban.cases import access, search
from tongban.cases.inputs import EMAIL, clean_text, normal_email, normal_phone
from tongban.cases.receipts import ALPHABET, CODE_LENGTH, plain
from tongban.gate.allow import FORM, actor_of, allows
from tongban.letters.procedure import LETTER
from tongban.registry import snapshot
from tongban.vault.keyring import ring

from . import paging
from .rows import SHOWN, rows

LONGEST = 100
_PHONE = re.compile(r"\+?[\d\s()（）-]{7,24}")
_INDEX = re.compile(r"[0-9a-f]{32}")


def as_code(text: str) -> str:
    """The tracking code that was typed, or an empty text where it cannot be one."""
    code = plain(text)
    return code if len(code) == CODE_LENGTH and all(letter in ALPHABET for letter in code) else ""


def as_contact(text: str) -> dict[str, str]:
    """The keyed hash of a telephone number or an e-mail address, by the name of its parameter; else empty."""
    email = normal_email(text)
    if EMAIL.fullmatch(email):
        return {"email": ring().blind(email, "email")}
    if _PHONE.fullmatch(text.strip()) and (phone := normal_phone(text)):
        return {"phone": ring().blind(phone, "phone")}
    return {}


def condition(q: str, contact: dict[str, str]) -> Q | None:
    """What is looked for, as a condition on cases; None where nothing is."""
    found = Q()
    for name, index in contact.items():
        found |= Q(**{f"{name}_index": index})
    if code := as_code(q):
        found |= Q(code=code)
    if found:
        return found
    ids = search.case_ids(q) if q else None
    return None if ids is None else Q(pk__in=ids)


@allows("official", FORM)
def desk_search(request: HttpRequest) -> HttpResponse:
    """A box, and what was found, newest first."""
    if request.method == "POST":
        q = clean_text(request.POST.get("q", ""))[:LONGEST]
        return HttpResponseRedirect(f"{reverse('letters:desk_search')}?{urlencode(as_contact(q) or {'q': q})}")
    actor, registry, now = actor_of(request), snapshot.current(), timezone.now()
    q = clean_text(request.GET.get("q", ""))[:LONGEST]
    contact = {name: value for name in ("phone", "email") if _INDEX.fullmatch(value := request.GET.get(name, ""))}
    wanted = condition(q, contact or as_contact(q))
    context = {"q": q, "contact": contact, "asked": wanted is not None, "show_unit": True}
    if wanted is not None:
        cases = access.cases_for(actor, registry).filter(wanted, kind=LETTER.kind)
        page = paging.page(cases.only(*SHOWN), (paging.RECENT,), request.GET.get("after", ""), request.GET.get("before", ""))
        here = "?" + urlencode(contact or {"q": q})
        context |= {
            "rows": rows(page.rows, actor, registry, now),
            "previous": f"{here}&before={page.previous}" if page.previous else "",
            "next": f"{here}&after={page.next}" if page.next else "",
        }
    return render(request, "letters/desk/search.html", context)
