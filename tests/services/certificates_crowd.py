"""A small city whose item gives a card, for tests that commit: nothing of it is written into the record, which is never
emptied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.conftest import fill_registry, matters_serve
from tongban.accounts.models import Official
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.services import reading
from tongban.services.models import Item

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
UNIT, MATTER, PLACE = "610113-CG", "0101", "610113"


def small_city():
    fill_registry()
    matters_serve("application")
    for step in ("application_accept", "application", "application_legal"):
        rows.TimeLimit.objects.create(step=step, days=20, unit="working", basis="《行政许可法》", trust="V")
    snapshot.touch()
    Official.objects.create_user("handler", password="x")
    Item.objects.create(matter_id=MATTER, type="confirmation", certificate="senior")
    reading.forget()
    reading.touch()


def handler():
    return Actor("official", Official.objects.get(username="handler").pk, ((UNIT, "handler"),), "handler")


def opened():
    """An application that was accepted."""
    item = reading.current().items[MATTER]
    extra = {"facts": {"born": "1958-03-02"}, "item": item.since.isoformat()}
    sent = Submission("application", MATTER, PLACE, "优待证", "", visibility="confidential", name="李明", extra=extra)
    case = submit(sent, NEWCOMER, now=NOON)[0]
    return perform(case.pk, Step("accept", handler(), at=NOON + timedelta(hours=1))).case


def granted(case):
    return perform(case.pk, Step("grant", handler(), {"text": "准予"}, at=NOON + timedelta(hours=2))).case
