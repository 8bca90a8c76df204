"""How many statements the pages of an application cost, so that no change makes them dear unnoticed."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.cases.models import Case
from tongban.registry import snapshot
from tongban.services import models, reading, rules

from .conftest import NOON, PLACE
from .registers import LI, begin, photo, registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers"), pytest.mark.both_databases]
FACTS = 40


@pytest.fixture(autouse=True)
def long_form(registers, monkeypatch):  # noqa: F811
    """The item 7001 with a form of forty questions on two pages, of which registers know two. What a process knows of
    catalogue and registry is not looked for again meanwhile: that is one statement each two seconds."""
    monkeypatch.setattr(reading, "LOOK_AGAIN_SECONDS", 3600)
    monkeypatch.setattr(snapshot, "LOOK_AGAIN_SECONDS", 3600)
    codes = [f"asked_{number}" for number in range(FACTS - 2)]
    models.Fact.objects.bulk_create(
        models.Fact(code=code, type="text", question=f"问题 {code}", section="情况") for code in codes
    )
    pages = [["born", "resident_here", *codes[:18]], codes[18:]]
    content = {"pages": [{"title": "情况", "title_en": "", "questions": [{"fact": code} for code in page]}
                         for page in pages]}  # fmt: skip
    models.Form.objects.filter(matter="7001").delete()
    models.Form.objects.create(matter_id="7001", version=1, published_at=NOON, content=content)
    reading.touch()


def counted(do):
    with CaptureQueriesContext(connection) as found:
        answer = do()
    return answer, [one["sql"] for one in found.captured_queries]


def typed():
    return {f"fact_asked_{number}": "答" for number in range(FACTS)} | {
        "fact_born": "1958-03-02", "fact_resident_here": "yes"}  # fmt: skip


def at_most(number, do):
    answer, statements = counted(do)
    assert len(statements) <= number, "\n".join(one[:150] for one in statements)
    return answer


def written(client):
    show(client)
    begin(client)
    client.post("/new/application/registers/", {"answer": "no"})
    client.post("/new/application/q1/", typed())


def test_a_page_of_a_draft_saved():
    client = Client()
    written(client)
    client.get("/new/application/q2/")  # what a process keeps is there
    answer = at_most(12, lambda: client.post("/new/application/q2/", typed()))
    assert answer.status_code == 302


def test_a_page_with_papers():
    client = Client()
    written(client)
    client.post("/new/application/q2/", typed())
    names = set(re.findall(r'name="(mat_\w+)"', said(client.get("/new/application/materials/"))))
    at_most(12, lambda: client.get("/new/application/materials/"))
    assert client.post("/new/application/materials/", {name: photo() for name in names}).status_code == 302


def test_the_page_with_registers():
    client = Client()
    show(client)
    begin(client)
    client.get("/new/application/registers/")
    at_most(12, lambda: client.get("/new/application/registers/"))
    client.post("/new/application/registers/", {"answer": "yes"})
    client.get("/new/application/registers/")
    at_most(12, lambda: client.get("/new/application/registers/"))
    assert at_most(12, lambda: client.post("/new/application/registers/", {"next": "1"})).status_code == 302


def test_the_page_to_check_and_sending_forty_facts():
    client = Client()
    written(client)
    client.post("/new/application/q2/", typed())
    names = set(re.findall(r'name="(mat_\w+)"', said(client.get("/new/application/materials/"))))
    client.post("/new/application/materials/", {name: photo() for name in names})
    client.post("/new/application/applicant/", {"name": "李秀兰", "id_number": LI, "declared": "on"})
    assert client.get("/new/application/check/").status_code == 200
    at_most(12, lambda: client.get("/new/application/check/"))
    answer = at_most(12, lambda: client.post("/new/application/check/", {"send": "1"}))
    assert answer.status_code == 302
    case = Case.objects.get(kind="application")
    assert (len(rules.sent(case)["facts"]), case.place_id) == (FACTS, PLACE)
