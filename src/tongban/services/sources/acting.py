"""For whom somebody writes, and by what right: for oneself, by a mandate, or as the official at a counter who types for
a resident. Asked anew at every step that matters: a mandate can end, an official sign out, in the middle of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.refusal import Refusal
from tongban.gate import cookies
from tongban.gate.allow import actor_of
from tongban.registry.names import listed, matter_name

from .. import bundled
from . import person
from .person import Person, normal
from .rows import Mandate

HELPING = "tongban_helping"
HELPING_SECONDS = 60 * 60
"""So long an official types for one resident. House rule."""
ROLE = "clerk"


@dataclass(frozen=True, slots=True)
class Party:
    """`subject` is whom the application is for; `by` says who writes: `self`, `mandate` or `helper`; `hand` is who that
    is beside the subject (a name to be read), `mandate` the code of the mandate."""

    subject: Person
    by: str = "self"
    hand: str = ""
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """The resident at the counter, for whom this official types now. `session` is this one visit."""

    session: str
    unit: str
    subject: Person


def party(request: HttpRequest, values: Mapping[str, Any]) -> Party | None:
    """For whom this draft is written and by whom; None where nobody has shown who they are. Raises Refusal where the
    draft is written for somebody and this browser may not any more, or where an official types for a resident and this
    draft is not that resident's (it was thrown away and begun again)."""
    client = helped(request)
    if client is not None and not values.get("client"):
        wrong = _("您正在窗口为别人填写，这一份不是为那个人开始的。请回到“窗口代填”，从那里接着填。")
        raise Refusal("not_allowed", wrong)
    if values.get("client"):
        if client is None or client.session != values["client"]:
            raise Refusal("not_allowed", _("这份申请是窗口代填的，代填已经结束。请重新开始。"))
        return Party(client.subject, "helper", str(request.user))
    shown = person.shown(request)
    if values.get("mandate"):
        mandate, matter = taken(shown, str(values["mandate"]["code"])), str(values.get("matter") or "")
        missing = bundled.missing_from(mandate.items, matter) if mandate is not None else ()
        if missing and bundled.is_bundle(matter):
            raise Refusal("not_allowed", not_covered(matter, missing))
        if mandate is None or shown is None or missing:
            raise Refusal("not_allowed", _("委托已经到期、撤销，或者不包括这个事项；也可能要重新证明您是谁。"))
        return Party(giver_of(mandate), "mandate", shown.name, mandate.code)
    return Party(shown) if shown is not None else None


# --- mandates --------------------------------------------------------------------------------------------------------


def running() -> QuerySet[Mandate]:
    """The mandates that hold today."""
    today = timezone.localdate()
    return Mandate.objects.filter(since__lte=today, until__gte=today, revoked_at=None)


def taken(taker: Person | None, code: str) -> Mandate | None:
    """The mandate of this code, where it holds today and was given to this person."""
    return running().filter(code=code, taker=taker.blind).first() if taker is not None else None


def not_covered(bundle: str, missing: Sequence[str]) -> str:
    """Why a mandate does not do for a bundle, in words: it has to cover each of its items."""
    names = listed(gettext("“%(name)s”") % {"name": matter_name(one)} for one in missing)
    return gettext(
        "委托不包括：%(items)s，所以不能替人一起办“%(bundle)s”。请委托人把这些也写进委托，或者只申请委托里有的事项。"
    ) % {"items": names, "bundle": matter_name(bundle)}


def giver_of(mandate: Mandate) -> Person:
    """Who gave it."""
    said = (mandate.private or {}).get("giver") or {}
    return Person(str(said.get("id_number", "")), str(said.get("name", "")), "mandate")


# --- at a counter ----------------------------------------------------------------------------------------------------


def begin_help(response: HttpResponse, request: HttpRequest, unit: str, subject: Person) -> str:
    """Begin to type for a resident; the number of this visit. Whoever was helped before is forgotten with it."""
    session = secrets.token_hex(16)
    kept = {"official": request.user.pk, "unit": unit, "session": session, "name": subject.name,
            "id_number": subject.id_number}  # fmt: skip
    cookies.put_sealed(response, HELPING, kept, HELPING_SECONDS)
    return session


def end_help(response: HttpResponse) -> None:
    """Nobody is helped any more."""
    cookies.take_away(response, HELPING)


def helped(request: HttpRequest) -> Client | None:
    """The resident for whom the signed-in official types now; None where that is nobody, where somebody else has signed
    in since, or where the official holds no such post any more."""
    kept = cookies.read_sealed(request, HELPING)
    if not kept or not request.user.is_authenticated or request.user.pk != kept.get("official"):
        return None
    if (kept["unit"], ROLE) not in actor_of(request).posts:
        return None
    return Client(kept["session"], kept["unit"], Person(kept["id_number"], kept["name"], "counter"))


# --- sending ---------------------------------------------------------------------------------------------------------


def opener(request: HttpRequest, values: Mapping[str, Any]) -> Actor:
    """Who opens the application (`Writing.sender`): the official at a counter in their own name, everybody else as a
    newcomer. Raises Refusal where the right to write for somebody has ended."""
    for_another = values.get("client") or values.get("mandate") or helped(request) is not None
    found = party(request, values) if for_another else None
    if found is None:
        return NEWCOMER
    if normal(str(values.get("id_number") or "")) != normal(found.subject.id_number):
        raise Refusal("bad_input", _("身份证号不是被代办的人的号码，请改回来，或者重新开始。"), "id_number")
    if found.by != "helper":
        return NEWCOMER
    actor = actor_of(request)
    return Actor("official", actor.official_id, actor.posts, name=actor.name)


def record(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the application keeps of who wrote it (`extra`): nothing where that was the applicant."""
    if said.get("client"):
        return {"typed": {"by": "helper", "unit": said.get("client_unit") or ""}}
    if said.get("mandate"):
        kept = said["mandate"]
        return {
            "typed": {"by": "mandate", "mandate": kept["code"], "name": kept["name"], "id_number": kept["id_number"]}
        }
    return {}
