"""The demo's district as the city: `610113-MZ` and `610113-SJ` decide, `610113-GOV` stands above them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.seeding import city_of_the_file
from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.demo.load import load_registry, load_tables
from tongban.registry import snapshot
from tongban.services import demo, reading

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday
CIVIL, MARKET, ABOVE, PLACE = "610113-MZ", "610113-SJ", "610113-GOV", "610113"


def _seed():
    load_registry()
    load_tables()
    demo.seed()


def _forget():
    snapshot.forget()
    reading.forget()


_city_of_the_file, city = city_of_the_file(_seed, _forget)


def official(unit=CIVIL, role="handler", name=""):
    user, _made = Official.objects.get_or_create(username=name or f"{unit}-{role}")
    Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
    return Actor("official", official_id=user.pk, posts=((unit, role),))


def applied(matter="7003", at=NOON, **facts):
    item = reading.current().items[matter]
    extra = {"facts": facts, "item": item.since.isoformat(), "valid_months": item.valid_months}
    sent = Submission(
        "application", matter, PLACE, item.matter.name, "", visibility="confidential", name="李明", extra=extra
    )
    return submit(sent, NEWCOMER, now=at)[0]


def after(case, act, who, at=NOON, /, **said):
    return perform(case.pk, Step(act, who, said, at=at)).case


def accepted(matter="7003", **facts):
    return after(applied(matter, **facts), "accept", official(unit_of(matter)), NOON + timedelta(hours=1))


def unit_of(matter):
    return MARKET if matter == "7003" else CIVIL


def sender(case):
    return resident(case.pk)


def fresh(case):
    return Case.objects.get(pk=case.pk)
