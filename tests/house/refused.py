"""What the two rooms of refusals share: two letters full of words, every row of the house, and how often PostgreSQL asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tongban.accounts.models import Official
from tongban.cases import attachments
from tongban.cases.actor import resident
from tongban.cases.models import Attachment, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.letters.models import Slot

CONTACT = {"name": "王小明", "phone": "13800000000", "email": "xiaoming@example.org", "address": "北门巷七号"}
WORDS = ("夜里的秘密", "王小明的来信", "王小明", "13800000000", "xiaoming@example.org", "北门巷七号", "证据甲", "补充的秘密", "答复的秘密", "内部的秘密")


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
    values: dict[str, str] = field(default_factory=dict)


def everything() -> dict[str, list[Any]]:
    """Every row of the house, but for what a browser may leave of its own: sessions, drafts, one's own sign-in."""
    kept = {}
    for room in ("cases", "letters", "registry", "ledger", "accounts", "mfa", "scorecards"):
        for model in apps.get_app_config(room).get_models():
            if model._meta.label in ("letters.Draft", "accounts.Official"):
                continue
            rows = model._base_manager.values_list(*(column.attname for column in model._meta.concrete_fields))
            kept[model._meta.label] = sorted(map(repr, rows))
    kept["officials"] = list(Official.objects.order_by("pk").values_list("pk", "username", "password", "is_active"))
    return kept


NUMBERS = itertools.count()
AGAIN = connection.vendor == "postgresql"
"""Doors and the table of acts know no database. On PostgreSQL everybody knocks once more, but at one of the two letters and one of
them at length, and the table is held against some of the states: what differs there is how rows are read and written."""


@pytest.fixture
def world(letter: Callable[..., Any], official: Callable[..., Official], actor: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[..., World]:
    def make(complaint: bool) -> World:
        from allauth.mfa.models import Authenticator

        draft = f"draft-{Case.objects.count()}"
        attachments.keep("证据甲.txt", "夜里的秘密".encode(), draft)
        about = {"matter": "0901", "against": "610113-CG"} if complaint else {"matter": "0101"}
        case, receipt = letter(subject="王小明的来信", body="夜里的秘密", visibility="confidential", draft=draft, **CONTACT, **about)
        unit = "610113-GOV" if complaint else "610113-CG"
        handler = actor(unit, "handler", "the-handler")
        perform(case.pk, Step("supplement", resident(case.pk), {"text": "补充的秘密"}))
        perform(case.pk, Step("note", handler, {"text": "内部的秘密"}))
        perform(case.pk, Step("answer", handler, {"text": "答复的秘密"}))
        settle()
        case.refresh_from_db()
        assert case.unit_id == unit
        slot = Slot.objects.create(unit_id=unit, starts_at=timezone.now() - timedelta(hours=1), booked_case=case, booked_at=timezone.now())
        victim = official(unit, "handler", "the-handler")
        key = Authenticator.objects.create(user=victim, type="webauthn", data={"name": "key", "credential": {}})
        other, other_receipt = letter(subject="别人的信", body="别人的事", place="610124")
        file = Attachment.objects.get(case=case)
        return World(case, receipt.secret, slot, file, victim, key.pk, other, other_receipt.secret)

    return make
