"""A draft of a bundle while whose writing a form got a new version: its writer is told what is asked otherwise, and
nothing that was typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.record.writing import By
from tongban.services import models, questions, reading, rules
from tongban.services.designing import bundle_versions, content, versions

from .bundling import ITEMS, TYPED, WHOLE, begin, finish, mark, parts, send, shop, walk  # noqa: F401
from .conftest import CIVIL, after, official
from .registers import LI, registers, said  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_papers"), pytest.mark.both_databases]
NEW = {"fact": "family_size", "required": False, "when": []}


@pytest.fixture
def no_papers(shop):  # noqa: F811
    models.Need.objects.all().delete()
    models.Fact.objects.get_or_create(code="family_size", defaults={"type": "number", "question": "家里几口人"})
    reading.touch()


def published(matter, *asked):
    one_page = [one if isinstance(one, dict) else {"fact": one, "required": True, "when": []} for one in asked]
    made = versions.start(matter, {"pages": [{"title": "情况", "title_en": "", "questions": one_page}], "tests": []})
    return versions.publish(made, By(1, "x", "新的办法", "page"), content.state_of(made.content))


def told(client, address):
    page = client.get(address)
    return page.context["changed"], page


def test_a_draft_whose_item_got_a_new_form_is_told_what_is_new_keeps_what_was_typed_and_asks_only_that_again():
    client = Client()
    begin(client)
    assert walk(client).status_code == 200
    published("7002", "hardship", "resident_here", NEW)
    changed, page = told(client, "/new/bundle/check/")
    assert changed == ["新问：家里几口人"]
    assert "已经写的都在" in said(page)
    assert client.post("/new/bundle/check/", {"send": "1"}).status_code == 409  # by a page that did not say so
    assert not Case.objects.exists()
    answer = send(client)
    assert answer.url == "/new/bundle/q7002-1/"  # it may stay empty, but is seen
    changed, page = told(client, answer.url)
    assert changed == []
    assert page.context["form"]["fact_hardship"].value() == "illness"
    answer = client.post(
        answer.url, {"fact_hardship": "illness", "fact_family_size": "4", "version": mark(client, answer.url)}
    )
    assert answer.url == "/new/bundle/check/"
    assert send(client).status_code == 302
    case = Case.objects.get(kind="bundle")
    assert rules.sent(case)["facts"]["family_size"] == "4"
    assert rules.sent(case)["forms"]["7002"]["form"] == 1
    assert (rules.sent(parts(case)["7002"])["form"], rules.sent(parts(case)["7001"])["form"]) == (1, 0)
    assert "family_size" not in rules.sent(parts(case)["7001"])["facts"]


def test_a_question_that_another_item_asked_already_is_not_new_and_one_that_another_still_asks_is_not_gone():
    published("7001", "born", "resident_here")
    published("7002", "hardship")
    client = Client()
    begin(client)
    assert walk(client).status_code == 200
    published("7001", "born")
    published("7002", "hardship", "resident_here")
    changed, _page = told(client, "/new/bundle/check/")
    assert changed == []
    case = finish(client)
    sent = {item: rules.sent(part)["facts"] for item, part in parts(case).items()}
    assert sent["7001"] == {"born": "1958-03-02"}
    assert sent["7002"] == {"hardship": "illness", "resident_here": True}


def test_what_is_asked_no_more_is_said_and_does_not_leave():
    client = Client()
    begin(client)
    assert walk(client).status_code == 200
    published("7003", "has_premises")
    changed, _page = told(client, "/new/bundle/check/")
    assert [words.split("：")[0] for words in changed] == ["不再问"]
    case = finish(client)
    assert "clean" not in rules.sent(case)["facts"]
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert rules.sent(parts(case)["7003"])["facts"] == {"has_premises": True}


def test_what_may_stay_empty_in_one_form_and_not_in_the_other_has_to_be_answered():
    asked = {"required": False, "when": []}
    old = bundle_versions.together([{"pages": [{"questions": [{"fact": "born", **asked}]}]}])
    new = bundle_versions.together([
        {"pages": [{"questions": [{"fact": "born", **asked}]}]}, {"pages": [{"questions": [{"fact": "born"}]}]},
    ])  # fmt: skip
    facts = reading.current().facts
    assert [words for _code, words in content.changes(old, new, facts)] == ["现在必须回答：您的出生日期"]
    assert content.changes(new, new, facts) == []


def test_the_form_of_an_item_that_the_answers_rule_out_changes_nothing_for_its_writer():
    rule = [{"fact": "hardship", "operator": "is", "arguments": {"value": "accident"}}]
    models.BundleStep.objects.filter(bundle=WHOLE, matter="7003").update(when=rule)
    reading.touch()
    client = Client()
    begin(client)
    assert walk(client).status_code == 200
    published("7003", "has_premises", "clean", NEW)
    assert told(client, "/new/bundle/check/")[0] == []
    assert rules.sent(finish(client))["items"] == ["7001", "7002"]


def test_an_item_that_joins_the_bundle_is_said_as_what_it_asks_anew():
    published("7012", "family_size")
    client = Client()
    begin(client)
    assert walk(client).status_code == 200
    row = models.Bundle.objects.get(matter_id=WHOLE)
    models.BundleStep.objects.create(bundle=row, matter_id="7012", order=9, after=[])
    reading.touch()
    answer = client.get("/new/bundle/check/")
    assert answer.url == "/new/bundle/q7012-1/"
    assert told(client, answer.url)[0] == ["新问：家里几口人"]


def test_a_later_part_says_by_which_form_it_was_told_though_there_is_a_newer_one_by_then():
    published("7003", "has_premises", "clean")
    client = Client()
    begin(client)
    case = finish(client)
    digest = questions.form_sent("7003")["form_digest"]
    published("7003", "has_premises", NEW)
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    sent = rules.sent(parts(case)["7003"])
    assert (sent["form"], sent["form_digest"]) == (1, digest)


def test_the_mark_of_another_bundle_or_none_tells_nothing():
    assert bundle_versions.read_mark("", WHOLE) is None
    assert bundle_versions.read_mark("7094/7010:1", WHOLE) is None
    assert bundle_versions.read_mark("7003:1", WHOLE) is None
    now = dict.fromkeys(ITEMS, 2)
    assert bundle_versions.read_mark(bundle_versions.mark_of(WHOLE, now), WHOLE) == now
    assert bundle_versions.moved({}) == ("", [], [])


def test_a_draft_that_was_begun_before_drafts_of_bundles_kept_versions_goes_on_as_it_is():
    values = {"matter": WHOLE, "place": "610113", **{f"fact_{code}": value for code, value in TYPED.items()}}
    mark_now, changed, again = bundle_versions.moved(values)
    assert (changed, again) == ([], [])
    assert bundle_versions.read_mark(mark_now, WHOLE) == dict.fromkeys(ITEMS, 0)
