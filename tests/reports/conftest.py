"""The demo's province as the city: `610000-WX` takes reports, `610000-GOV` stands above it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.demo.load import load_registry, load_tables
from tongban.registry import snapshot
from tongban.reports.harms import harms

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday
UNIT, ABOVE = "610000-WX", "610000-GOV"


@pytest.fixture
def city(db):
    snapshot.forget()
    load_registry()
    load_tables()


def official(unit=UNIT, role="handler", name=""):
    user, _made = Official.objects.get_or_create(username=name or f"{unit}-{role}")
    Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
    return Actor("official", official_id=user.pk, posts=((unit, role),))


def report(found="http://icbc-jifen.example/login", harm="6001", hours=0):
    sent = Submission(
        "report", harm, "610000", "举报", "要输银行卡密码", inputs={"found": found}, visibility="confidential"
    )
    return submit(sent, NEWCOMER, now=NOON + timedelta(hours=hours))[0]


def after(case, act, who, hours=1, /, **said):
    return perform(case.pk, Step(act, who, said, at=NOON + timedelta(hours=hours))).case


def decision(harm="6001", days=30, scope="host"):
    return {
        "scope": scope,
        "until": (NOON + timedelta(days=days)).date().isoformat(),
        "basis": harms()[harm].basis[0],
        "statement": "仿冒银行骗取卡号",
        "text": "按短信走了一遍",
    }


def listed(found="http://icbc-jifen.example/login", harm="6001", **more):
    case = after(report(found, harm), "accept", official(), 1)
    after(case, "decide", official(), 2, **decision(harm, **more))
    return Case.objects.get(part_of=case)
