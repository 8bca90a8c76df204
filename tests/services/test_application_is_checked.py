"""The table of conditions at an application: asked about before sending, laid beside what was sent on the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tongban.cases.models import Case
from tongban.services import on_desk, questions, rules

from .conftest import PLACE, applied

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def step(client, name, /, **said):
    address = reverse("counter:new_step", args=["application", name])
    return client.post(address, said)


def written(client, matter="7003", **answers):
    """An application up to its page to check."""
    client.post(reverse("counter:new", args=["application"]), {"matter": matter})
    step(client, "place", place=PLACE)
    step(client, "q1", **answers)
    return step(client, "materials", body="")


@pytest.fixture
def no_materials(city):
    from tongban.services import models, reading

    models.Need.objects.all().delete()
    reading.touch()


def checked(client, matter="7003", **answers):
    written(client, matter, **answers)
    step(client, "applicant", name="李明", id_number="11010519491231002X", declared="on")
    return client.get(reverse("counter:new_check", args=["application"]))


@pytest.mark.usefixtures("no_materials")
def test_a_condition_that_fails_is_asked_about_at_its_question_and_refuses_nothing(client):
    page = checked(client, fact_has_premises="no", fact_clean="on")
    doubts = {row.label: row.doubt for row in page.context["doubts"]}
    assert doubts == {
        "有固定的经营场所吗": "条件是“有与经营品种、数量相适应的固定场所《食品安全法》第三十三条”。按您填的，不符合。"
    }
    page = client.post(page.context["here"], {"send": "1", "form": page.context["ticket"]})
    assert page.url == reverse("counter:sent")
    assert rules.sent(Case.objects.get(kind="application"))["facts"] == {"has_premises": False, "clean": True}


@pytest.mark.usefixtures("no_materials")
def test_what_was_not_said_is_asked_about_as_not_said(client):
    page = checked(client, fact_has_premises="yes")
    assert [(row.label, "没有填" in row.doubt) for row in page.context["doubts"]] == [
        ("场所与有毒、有害场所及其他污染源保持规定的距离", True)
    ]


@pytest.mark.usefixtures("no_materials")
def test_whoever_meets_all_is_asked_nothing(client):
    assert checked(client, fact_has_premises="yes", fact_clean="on").context["doubts"] == []


def test_the_desk_sees_what_was_not_answered():
    case = applied("7003", has_premises=True)
    assert on_desk.unanswered(case.matter_id, {"has_premises": True}, PLACE) == (
        "场所与有毒、有害场所及其他污染源保持规定的距离",
    )


def test_a_condition_that_no_question_asks_is_told_without_one():
    told = questions.doubts({"matter": "7003", "place": PLACE, "fact_has_premises": "yes", "fact_clean": "on"})
    assert told == {}
