"""What the tests of refusals share: two letters full of words, what doors plant, and every row of the house."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from tests.house.installed import rooms
from tongban.accounts.models import Official
from tongban.cases import attachments
from tongban.cases.actor import resident
from tongban.cases.models import Attachment, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.desk.models import Slot
from tongban.gate.door import doors

CONTACT = {"name": "王小明", "phone": "13800000000", "email": "xiaoming@example.org", "address": "北门巷七号"}
WORDS = (
    "夜里的秘密",
    "王小明的来信",
    "王小明",
    "13800000000",
    "xiaoming@example.org",
    "北门巷七号",
    "证据甲",
    "补充的秘密",
    "答复的秘密",
    "内部的秘密",
)


@dataclass
class World:
    """The letter that intruders are after, what hangs on it, and a letter of somebody else's."""

    case: Case
    secret: str
    slot: Slot
    file: Attachment
    victim: Official
    key_id: int
    other: Case
    other_secret: str
    words: tuple[str, ...] = WORDS
    addresses: dict[str, str] = field(default_factory=dict)
    """Route → address, of what doors planted."""


@dataclass
class Planted:
    """What a door has that intruders are after: words that nobody may read who may not, and the addresses at
    which it stands, by route.

    A door's tests bring it as `plant() -> Planted` in their module `planted`: `tests/DOOR/planted.py`, or for a door
    outside the house the module `planted` of its package.
    """

    words: tuple[str, ...] = ()
    addresses: dict[str, str] = field(default_factory=dict)


def planted() -> list[Planted]:
    """What the doors' tests plant, each a row or more of its own."""
    found = []
    for door in doors():
        package = apps.get_app_config(door.name).name
        name = f"tests.{door.name}.planted" if package.startswith("tongban.") else f"{package}.planted"
        if find_spec(name):
            found.append(import_module(name).plant())
    return found


LEFT_BY_BROWSERS = {"counter.Draft", "desk.ListExport", "desk.SavedView", "desk.AnswerTemplate", "accounts.Official"}
"""Tables in which whoever calls may leave something of their own: drafts, the time of one's own sign-in, that one took
one's own list out. Sessions are no room's."""


def everything() -> dict[str, list[Any]]:
    """Every row of every room, but for what a browser may leave of its own."""
    kept = {}
    for room in (*rooms(), apps.get_app_config("mfa")):
        for model in room.get_models():
            if model._meta.label in LEFT_BY_BROWSERS:
                continue
            rows = model._base_manager.values_list(*(column.attname for column in model._meta.concrete_fields))
            kept[model._meta.label] = sorted(map(repr, rows))
    kept["officials"] = list(Official.objects.order_by("pk").values_list("pk", "username", "password", "is_active"))
    return kept


NUMBERS = itertools.count()


@pytest.fixture
def world(
    letter: Callable[..., Any],
    official: Callable[..., Official],
    actor: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> Callable[..., World]:
    def make(complaint: bool) -> World:
        from allauth.mfa.models import Authenticator

        draft = f"draft-{Case.objects.count()}"
        attachments.keep("证据甲.txt", "夜里的秘密".encode(), draft)
        about = {"matter": "0901", "against": "610113-CG"} if complaint else {"matter": "0101"}
        case, receipt = letter(
            subject="王小明的来信", body="夜里的秘密", visibility="confidential", draft=draft, **CONTACT, **about
        )
        unit = "610113-GOV" if complaint else "610113-CG"
        handler = actor(unit, "handler", "the-handler")
        perform(case.pk, Step("supplement", resident(case.pk), {"text": "补充的秘密"}))
        perform(case.pk, Step("note", handler, {"text": "内部的秘密"}))
        perform(case.pk, Step("answer", handler, {"text": "答复的秘密", "at_once": True}))
        settle()
        case.refresh_from_db()
        assert case.unit_id == unit
        slot = Slot.objects.create(
            unit_id=unit, starts_at=timezone.now() - timedelta(hours=1), booked_case=case, booked_at=timezone.now()
        )
        victim = official(unit, "handler", "the-handler")
        key = Authenticator.objects.create(user=victim, type="webauthn", data={"name": "key", "credential": {}})
        other, other_receipt = letter(subject="别人的信", body="别人的事", place="610124")
        file = Attachment.objects.get(case=case)
        grown = planted()
        words = (*WORDS, *(word for plant in grown for word in plant.words))
        addresses = {route: address for plant in grown for route, address in plant.addresses.items()}
        return World(case, receipt.secret, slot, file, victim, key.pk, other, other_receipt.secret, words, addresses)

    return make
