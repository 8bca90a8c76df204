"""The demo's province as the city: `610000-WX` takes reports, `610000-GOV` stands above it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.seeding import city_of_the_file
from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.demo.load import load_registry, load_tables
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.reports.harms import harms

from .resolving import bind, follower_port, primary, shipped, upstream, zones  # noqa: F401 - fixtures

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday
UNIT, ABOVE = "610000-WX", "610000-GOV"


def _seed():
    load_registry()
    load_tables()


_city_of_the_file, city = city_of_the_file(_seed, snapshot.forget)


def small_city():
    """The same city in rows that a test with transactions of its own can take away again: what is taken in by a table
    is a row of the record, which is never deleted."""
    rows.Place.objects.create(code="610000", name="演示省", name_en="Province", level="province")
    for code, name, parent in ((ABOVE, "省政府", None), (UNIT, "举报中心", ABOVE)):
        rows.Unit.objects.create(code=code, name=name, name_en=code, place_id="610000", parent_id=parent)
    kinds = ["report", "listing", "report_objection"]
    for code, parent in (("60", None), ("6001", "60"), ("6002", "60")):
        rows.Matter.objects.create(code=code, parent_id=parent, name=code, name_en=code, kinds=kinds)
    rows.Duty.objects.create(
        unit_id=UNIT, matter_id="60", place_id="610000", since=date(2000, 1, 1), basis="《网络安全法》"
    )
    for step in ("report_accept", "report", "report_second", "report_objection"):
        rows.TimeLimit.objects.create(step=step, days=5, unit="working", basis="演示", trust="M")
    snapshot.forget()


def official(unit=UNIT, role="handler", name=""):
    user, _made = Official.objects.get_or_create(username=name or f"{unit}-{role}")
    Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
    return Actor("official", official_id=user.pk, posts=((unit, role),))


def report(found="http://icbc-jifen.example/login", harm="6001", hours=0, begin=NOON):
    sent = Submission(
        "report", harm, "610000", "举报", "要输银行卡密码", inputs={"found": found}, visibility="confidential"
    )
    return submit(sent, NEWCOMER, now=begin + timedelta(hours=hours))[0]


def after(case, act, who, hours=1, begin=NOON, /, **said):
    return perform(case.pk, Step(act, who, said, at=begin + timedelta(hours=hours))).case


def decision(harm="6001", days=30, scope="host", begin=NOON):
    return {
        "scope": scope,
        "until": (begin + timedelta(days=days)).date().isoformat(),
        "basis": harms()[harm].basis[0],
        "statement": "仿冒银行骗取卡号",
        "text": "按短信走了一遍",
    }


def listed(found="http://icbc-jifen.example/login", harm="6001", begin=NOON, **more):
    case = after(report(found, harm, begin=begin), "accept", official(), 0.01, begin)
    after(case, "decide", official(), 0.02, begin, **decision(harm, begin=begin, **more))
    return Case.objects.get(part_of=case)
