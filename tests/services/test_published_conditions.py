"""Conditions for programs: rows, articles, JSON Logic as another library judges it, the form's schema."""

from __future__ import annotations

from datetime import date

import datalogic_py
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.rules import json_logic_facts
from tongban.services import models, questions, reading, schema

from .conftest import PLACE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
KEY = {"headers": {"Idempotency-Key": "a-key-of-the-tests-0001"}}


def conditions(client, code="7001"):
    return client.get(f"/api/v1/services/{code}/conditions?place={PLACE}").json()


def checked(client, code="7001", **facts):
    sent = orjson.dumps({"place": PLACE, "facts": facts})
    return client.post(f"/api/v1/services/{code}/check", sent, content_type="application/json", **KEY)


def test_each_condition_has_its_words_and_its_article(client):
    found = conditions(client)
    assert [(one["words"], one["article_name"]) for one in found["conditions"]] == [
        ("年满六十周岁", "《老年人权益保障法》第二条"),
        ("住在本区", "《老年人权益保障法》第五十三条"),
    ]
    assert [one["code"] for one in found["facts"]] == ["born", "resident_here"]


def test_another_library_judges_the_published_rule_as_we_do(client):
    rule = orjson.dumps(conditions(client)["json_logic"]).decode()
    holds = reading.current()
    table, setting = holds.table("7001", PLACE), holds.setting(PLACE)
    for born in (date(1940, 2, 29), date(1966, 1, 1), date(1990, 5, 5)):
        for here in (True, False):
            facts = {"born": born, "resident_here": here}
            other = datalogic_py.apply(orjson.loads(rule), json_logic_facts(facts))
            assert other is table.value(facts, setting)


def test_nothing_known_is_open_and_what_fails_is_told_with_the_way_out(client):
    assert checked(client).json()["value"] is None
    found = checked(client, born="1950-01-01", resident_here=False).json()
    assert found["value"] is False
    assert [[one["words"] for one in way["conditions"]] for way in found["ways"]] == [["住在本区"]]
    assert checked(client, born="1950-01-01", resident_here=True).json()["value"] is True


def test_every_mistake_is_told_at_once_in_words(client):
    found = checked(client, born="yesterday", resident_here="perhaps", clean=True).json()
    told = {one["fact"]: (one["code"], one["message"]) for one in found["problems"]}
    assert told["born"] == ("wrong", "“您的出生日期”应当是日期，例如 2026-11-30。")
    assert told["resident_here"][0] == "wrong"
    assert told["clean"][0] == "not_asked"
    assert {one["fact"]: one["code"] for one in checked(client).json()["problems"]} == {
        "born": "required",
        "resident_here": "required",
    }


def test_strangers_of_the_catalogue_get_404_and_an_unknown_place_422(client):
    assert client.get("/api/v1/services/9999/conditions").status_code == 404
    assert client.get("/api/v1/services/7001/conditions?place=99").status_code == 422
    assert client.get("/api/v1/services/9999/form").status_code == 404


def test_a_number_that_nobody_set_there_is_a_conflict_and_never_a_guess(client):
    models.Fact.objects.create(code="income", type="number", question="家庭月收入")
    row = models.Condition.objects.create(
        matter_id="7002", group=3, fact_id="income", operator="range", arguments={"high": {"parameter": "low_income"}},
        words="收入低于标准", article_id="shjz:47",
    )  # fmt: skip
    reading.touch()
    assert client.get(f"/api/v1/services/7002/conditions?place={PLACE}").status_code == 409
    models.Parameter.objects.create(code="low_income", place_id=PLACE, value="800")
    reading.touch()
    found = {one["fact"]: one["arguments"] for one in conditions(client, "7002")["conditions"]}
    assert found["income"] == {"high": {"decimal": "800.0000"}}
    assert row.pk


# --- the form as a schema ---------------------------------------------------------------------------------------------

ONLY_HERE = [{"fact": "resident_here", "operator": "is", "arguments": {"value": True}}]
BY_HARDSHIP = [{"fact": "hardship", "operator": "one_of", "arguments": {"values": ["illness", "accident"]}}]
CONTENT = {
    "pages": [
        {"title": "一", "questions": [{"fact": "resident_here"}, {"fact": "hardship", "required": False}]},
        {
            "title": "二",
            "questions": [{"fact": "has_premises", "when": ONLY_HERE}, {"fact": "born", "when": BY_HARDSHIP}],
        },
    ]
}


def test_the_form_says_what_it_asks_and_its_schema_holds(client):
    found = client.get("/api/v1/services/7002/form").json()
    assert (found["version"], found["digest"]) == (0, "")
    assert sorted(found["json_schema"]["required"]) == ["hardship", "resident_here"]


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "resident_here": st.booleans(),
            "hardship": st.sampled_from(["illness", "accident", "other"]),
            "has_premises": st.booleans(),
            "born": st.dates(date(1900, 1, 1), date(2020, 1, 1)).map(date.isoformat),
        },
    )
)
def test_the_schema_asks_what_the_pages_ask_and_nothing_else(facts):
    """What the pages show, with what is required answered, is right; an answer to a hidden question never is."""
    pages = questions.from_content(CONTENT)
    right = schema.validator(schema.of_pages(pages)).is_valid(facts)
    shown, counted = questions.visible(pages, questions.read_facts(facts), PLACE)
    asked = {one.fact.code: one for page in shown for one in page.questions}
    complete = all(code in facts for code, one in asked.items() if one.required)
    assert right is (complete and set(facts) == set(counted))
