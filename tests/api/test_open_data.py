"""What everybody may read through /api/v1: published letters, figures, the registry, who is
responsible, the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.api.calls import problem
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.portal import api_registry
from tongban.published import api as published_api
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.registry.models import Matter

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def slugs(call, query=""):
    return [row["slug"] for row in call("GET", f"/published{query}").json()["items"]]


def test_published_letters_are_found_by_words_matter_place_and_unit(call, published, letter):
    letter(body="没有公开的秘密")
    lamp, drain = published(body="路灯不亮"), published(body="下水道堵塞")
    assert slugs(call) == [drain.slug, lamp.slug]
    assert slugs(call, "?q=路灯") == slugs(call, "?q=路燈") == [lamp.slug]
    assert slugs(call, "?q=没有公开") == []
    assert slugs(call, "?matter=01&place=610100&unit=610113-CG") == [drain.slug, lamp.slug]
    assert slugs(call, "?matter=0102") == slugs(call, "?place=610124") == slugs(call, "?unit=610113-ZJ") == []
    assert call("GET", f"/published/{lamp.slug}").json()["answer"] == "已责令停工整改。"


def test_published_letters_page_without_losing_any(call, published, monkeypatch):
    monkeypatch.setattr(published_api, "PAGE", 2)
    wanted = [published(body=str(number)).slug for number in range(5)][::-1]
    seen, cursor = [], ""
    while cursor is not None:
        page = call("GET", f"/published?cursor={cursor}").json()
        seen += [row["slug"] for row in page["items"]]
        cursor = page["next"]
    assert seen == wanted


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=9999999999999999999", "matter=%00", "unit=a b", "q=" + "x" * 101]
)
def test_a_list_that_cannot_be_is_refused(call, query):
    problem(call("GET", f"/published?{query}"), 422, "bad_input")


@pytest.mark.parametrize("slug", ["000000000000", "%00", "a" * 40, "%F0%9F%98%80"])
def test_a_letter_that_is_not_public_is_not_there(call, letter, slug):
    case, _ = letter()
    problem(call("GET", f"/published/{slug}"), 404, "not_found")
    problem(call("GET", f"/published/{case.code}"), 404, "not_found")


def test_public_answers_can_be_kept_by_the_page_cache_and_refusals_cannot(call, published):
    row = published()
    for path in ("/published", f"/published/{row.slug}", "/figures", "/registry/units", "/calendar/2026"):
        assert int(call("GET", path)["Public-For"]) > 0
    for path in ("/published/nothing", "/published?cursor=x"):
        assert "Public-For" not in call("GET", path)


# --- figures --------------------------------------------------------------------------------------------------------


def test_figures_by_unit_and_by_month_come_from_what_was_done(call, letter, actor):
    sent = timezone.now() - timedelta(days=70)
    case, _ = letter(now=sent)
    perform(
        case.pk,
        Step("answer", actor("610113-CG", "handler"), {"text": "已处理", "at_once": True}, at=sent + timedelta(days=1)),
    )
    settle()
    (row,) = call("GET", "/figures").json()["items"]
    assert (row["unit"], row["month"], row["received"], row["answered"], row["in_time_percent"]) == (
        "610113-CG",
        None,
        1,
        1,
        100.0,
    )
    assert row["satisfied_percent"] is None
    rows = call("GET", "/figures?by=month&unit=610113-CG").json()["items"]
    assert (rows[0]["unit"], sum(row["received"] for row in rows)) == (None, 1)
    assert call("GET", "/figures?unit=610113-ZJ").json() == {"items": [], "next": None}
    assert call("GET", "/figures?since=2020-01&until=2020-12").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=2026-13", "since"), ("until=0000-01", "until"), ("since=2026", "since"), ("by=person", "by")],
)
def test_a_month_that_is_none_is_named(call, query, field):
    problem(call("GET", f"/figures?{query}"), 422, "bad_input", field)


# --- the registry ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "number"), [("places", 4), ("units", 10), ("matters", 6), ("duties", 2)])
def test_the_registry_pages_by_key(call, monkeypatch, table, number):
    whole = call("GET", f"/registry/{table}").json()
    assert len(whole["items"]) == number
    assert whole["next"] is None
    monkeypatch.setattr(api_registry, "PAGE", 1)
    seen, cursor = [], ""
    while cursor is not None:
        page = call("GET", f"/registry/{table}?cursor={cursor}").json()
        seen += page["items"]
        cursor = page["next"]
    assert seen == whole["items"]


def test_matters_say_which_of_them_a_letter_can_be_about(call):
    found = {row["code"]: row for row in call("GET", "/registry/matters").json()["items"]}
    assert (found["01"]["leaf"], found["0101"]["leaf"], found["0901"]["conduct"]) == (False, True, True)


def test_matters_narrow_to_those_for_a_kind_of_case_with_the_branches_above_them(call):
    def codes(query):
        return [row["code"] for row in call("GET", f"/registry/matters?{query}").json()["items"]]

    Matter.objects.filter(pk="0102").update(kinds=["permit"])
    snapshot.touch()
    assert codes("kind=permit") == ["01", "0102"]
    assert codes("kind=letter") == ["01", "0101", "0103", "09", "0901"]
    assert codes("kind=walk") == []
    assert codes("") == ["01", "0101", "0102", "0103", "09", "0901"]
    found = {row["code"]: row["kinds"] for row in call("GET", "/registry/matters").json()["items"]}
    assert (found["0102"], found["0101"]) == (["permit"], ["letter"])


def test_duties_narrow_by_unit_matter_and_place(call):
    def units(query):
        return [row["unit"] for row in call("GET", f"/registry/duties?{query}").json()["items"]]

    assert units("unit=610113-ZJ") == units("matter=0102") == units("matter=0102&place=610113") == ["610113-ZJ"]
    assert units("place=610124") == []


def test_who_was_responsible_on_a_day(call):
    rows.Duty.objects.filter(matter_id="0101").update(until=date(2024, 12, 31))
    rows.Duty.objects.create(
        unit_id="610113-ZJ", matter_id="0101", place_id="610113", since=date(2025, 1, 1), basis="新三定方案"
    )
    snapshot.touch()

    def on(day):
        return call("GET", f"/registry/responsible?matter=0101&place=610113{day}").json()

    assert (on("")["lead"], on("")["basis"], on("")["why"]) == ("610113-ZJ", "新三定方案", "duty")
    assert on("&on=2024-12-31")["lead"] == "610113-CG"
    assert on("&on=1999-01-01")["why"] == "coordinating"
    assert [row["unit"] for row in on("")["history"]] == ["610113-ZJ", "610113-CG"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("matter=0101", 422),
        ("matter=9&place=610113", 404),
        ("matter=0101&place=9", 404),
        ("matter=0101&place=610113&on=soon", 422),
    ],
)
def test_a_question_that_has_no_answer_is_refused(call, query, status):
    problem(call("GET", f"/registry/responsible?{query}"), status)


def test_the_working_days_of_2026_are_the_248_of_the_notice(call):
    found = call("GET", "/calendar/2026").json()["working_days"]
    assert len(found) == 248
    assert "2026-02-28" in found
    assert "2026-10-01" not in found


@pytest.mark.parametrize(
    ("year", "status"), [("2099", 404), ("0", 422), ("10000", 422), ("soon", 422), ("1" * 30, 422)]
)
def test_a_year_that_is_not_loaded_is_never_guessed(call, year, status):
    problem(call("GET", f"/calendar/{year}"), status)
