""" "What can I get?": one question a page, nothing stored, reasons by article, answers carried into an application."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tongban.counter.models import Draft
from tongban.gate import cookies
from tongban.services import demo, judging, models, questions, reading
from tongban.services.mine import asking
from tongban.services.mine.answers import COOKIE, Answers

from .conftest import PLACE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
OLD, YOUNG = "1950-03-02", "2000-07-15"


SMALL = (
    ("7001", 1, "born", "distance", {"unit": "years", "low": 60}, "年满六十周岁", "You are sixty or over", "lnrqy:2"),
    ("7001", 2, "resident_here", "is", {"value": True}, "住在本区", "You live in this district", "lnrqy:53"),
    ("7002", 1, "hardship", "one_of", {"values": ["illness", "accident"]},
     "因重病、火灾、交通事故等意外陷入困难", "Hardship through serious illness, a fire, a road accident or the like",
     "shjz:47"),
    ("7002", 2, "resident_here", "is", {"value": True}, "住在本区", "You live in this district", "shjz:47"),
    ("7003", 1, "has_premises", "is", {"value": True}, "有与经营品种、数量相适应的固定场所",
     "You have fixed premises that fit what you sell", "spaq:33"),
    ("7003", 2, "clean", "declared", {}, "场所与有毒、有害场所及其他污染源保持规定的距离",
     "The premises keep the prescribed distance from sources of pollution", "spaq:33"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def three_items(city):
    """A catalogue that can be seen through: three items with six conditions."""
    three = {row[0] for row in SMALL}
    for model in (models.Condition, models.BundleStep, models.Bundle):
        model.objects.all().delete()
    models.Item.objects.exclude(matter__in=three).delete()
    for matter, group, fact, operator, arguments, words, english, article in SMALL:
        models.Condition.objects.create(
            matter_id=matter, group=group, fact_id=fact, operator=operator, arguments=arguments, words=words,
            words_en=english, article_id=article,
        )  # fmt: skip
    reading.touch()
    reading.forget()


def begun(client, code="", subject="person"):
    name, args = ("check", [code]) if code else ("mine", [])
    return client.post(reverse(f"entitled:{name}", args=args), {"place": PLACE, "subject": subject})


def answered(client, page, **said):
    """Answers the question of a page by its fact: {fact: answer}, None for "I don't know"."""
    shown = client.get(page)
    fact = shown.context["fact"].code
    value = said[fact]
    given = {"fact": fact, "skip": "1"} if value is None else {"fact": fact, f"fact_{fact}": value}
    return client.post(page, given)


def all_answered(client, response, **said):
    """Goes on until there are no more questions; the page of results."""
    for _number in range(30):
        page = client.get(response.url)
        if page.status_code == 302:
            response = page
            continue
        if "fact" not in page.context:
            return page
        response = answered(client, response.url, **said)
        assert response.status_code == 302, response.context["form"].errors
    raise AssertionError("it asks without end")


EVERYTHING = {"born": OLD, "resident_here": "yes", "hardship": None, "has_premises": "no", "clean": "no"}


def test_every_item_comes_out_with_reasons_and_articles(client):
    page = all_answered(client, begun(client), **EVERYTHING)
    found = {sort.name: [one.matter for one in sort.outcomes] for sort in page.context["sorts"]}
    assert found == {"yes": ["7001"], "open": ["7002"], "no": ["7003"]}
    text = page.content.decode()
    assert "《食品安全法》第三十三条" in text
    assert "有与经营品种、数量相适应的固定场所" in text


def test_i_dont_know_never_becomes_a_no(client):
    page = all_answered(client, begun(client), **dict.fromkeys(EVERYTHING))
    assert [sort.count for sort in page.context["sorts"]] == [0, 3, 0]


def test_nothing_is_stored_and_no_answer_stands_in_an_address(client):
    response = begun(client)
    for _number in range(4):
        assert OLD not in response.url
        assert "born" not in response.url
        response = answered(client, response.url, **EVERYTHING)
    assert not Draft.objects.exists()
    assert OLD not in str(client.cookies)
    assert client.cookies[cookies.named(COOKIE)]["max-age"] == ""


def test_back_shows_what_was_answered_and_a_changed_answer_changes_the_result(client):
    all_answered(client, begun(client, "7001"), **{**EVERYTHING, "born": YOUNG})
    page = client.get(reverse("entitled:check_question", args=["7001", 1]))
    assert page.context["form"]["fact_born"].value() == YOUNG
    response = client.post(page.context["here"], {"fact": "born", "fact_born": OLD})
    result = all_answered(client, response, **EVERYTHING)
    assert result.context["outcome"].judged.value is True


def test_a_wrong_answer_is_told_at_its_field_and_nothing_moves(client):
    response = begun(client, "7001")
    page = client.post(response.url, {"fact": "born", "fact_born": "in the year of the tiger"})
    assert page.status_code == 422
    assert client.get(reverse("entitled:check_result", args=["7001"])).context["outcome"].judged.value is None


def test_an_answer_to_another_question_than_is_shown_is_not_taken(client):
    response = begun(client, "7001")
    page = client.post(response.url, {"fact": "clean", "fact_clean": "yes"})
    assert page.status_code == 200
    assert page.context["fact"].code == "born"


def test_too_young_is_told_the_day_on_which_it_is_over(client):
    page = all_answered(client, begun(client, "7001"), **{**EVERYTHING, "born": YOUNG})
    assert "到 2060-07-15 以后，并且住在本区" in page.content.decode()
    assert page.context["outcome"].judged.having(None)[0][0].fact == "resident_here"
    ways = judging.ways("7001", {"born": date(2000, 7, 15), "resident_here": True}, PLACE)
    assert [(way.since, way.reasons) for way in ways] == [(date(2060, 7, 15), ())]


def test_one_born_on_the_29th_of_february_is_of_age_on_the_first_of_march():
    assert judging._complete(date(2000, 2, 29), "years", 18) == date(2018, 3, 1)
    assert judging._complete(date(2000, 2, 29), "years", 60) == date(2060, 2, 29)
    assert judging._complete(date(2026, 12, 31), "months", 2) == date(2027, 3, 1)


def test_the_smallest_ways_to_a_yes(client):
    facts = {"hardship": "other", "resident_here": False}
    ways = judging.ways("7002", facts, PLACE)
    assert [[one.words for one in way.reasons] for way in ways] == [
        ["因重病、火灾、交通事故等意外陷入困难", "住在本区"]
    ]
    assert judging.ways("7001", {"born": date(1950, 1, 1), "resident_here": True}, PLACE) == ()


def test_answers_go_along_into_the_application_and_are_not_typed_again(client):
    page = all_answered(client, begun(client), **EVERYTHING)
    assert "去申请" in page.content.decode()
    sent = {"matter": "7001", "place": PLACE, "along": "1"}
    response = client.post(reverse("counter:carry", args=["application"]), sent)
    assert response.url.endswith("/new/application/materials/")  # the questions are answered
    page = client.get(reverse("counter:new_step", args=["application", "q1"]))
    assert page.context["form"]["fact_born"].value() == OLD
    assert page.context["form"]["fact_resident_here"].value() == "yes"
    assert "fact_has_premises" not in page.context["form"].fields


def test_an_unfinished_application_is_not_thrown_away_unasked(client):
    all_answered(client, begun(client), **{**EVERYTHING, "clean": None})
    carry = reverse("counter:carry", args=["application"])
    client.post(carry, {"matter": "7001", "place": PLACE, "along": "1"})
    page = client.post(carry, {"matter": "7003", "place": PLACE, "along": "1"})
    assert page.status_code == 200
    response = client.post(carry, {"matter": "7003", "place": PLACE, "along": "1", "new": "1"})
    assert response.status_code == 302
    page = client.get(reverse("counter:new_step", args=["application", "q1"]))
    assert page.context["form"]["fact_has_premises"].value() == "no"


def test_leaving_the_computer_takes_the_answers(client):
    all_answered(client, begun(client), **EVERYTHING)
    client.post(reverse("counter:leave"))
    assert client.get(reverse("entitled:mine_result")).status_code == 302
    assert client.cookies[cookies.named(COOKIE)].value == ""


def test_what_is_for_firms_is_asked_of_firms():
    person = {table.code for table in asking.catalogue(Answers(PLACE, "person")).tables}
    firm = {table.code for table in asking.catalogue(Answers(PLACE, "firm")).tables}
    assert person == {"7001", "7002", "7003"}
    assert firm == {"7003"}


def test_seventy_answers_fit_into_the_cookie(rf):
    from django.http import HttpResponse

    answers = Answers(PLACE, given={f"fact_of_name_{i}": "1958-03-02" for i in range(70)})
    answers.asked = list(answers.given)
    assert answers.keep(HttpResponse())
    answers.given = {f"fact_{i}": "很长的回答" * 20 for i in range(70)}
    assert not answers.keep(HttpResponse())


def test_an_item_without_conditions_and_one_that_is_not_there_have_no_check(client):
    assert client.get(reverse("entitled:check", args=["9999"])).status_code == 404


def test_a_number_that_no_question_has_leads_to_where_one_is(client):
    begun(client)
    assert client.get(reverse("entitled:mine_question", args=[9])).url == reverse("entitled:mine_question", args=[1])
    assert client.get(reverse("entitled:check_question", args=["7001", 0])).status_code == 302


def test_a_parameter_that_nobody_set_there_leaves_the_item_out_and_the_page_says_so(client):
    models.Fact.objects.create(code="income", type="number", question="家庭月收入")
    models.Condition.objects.create(
        matter_id="7002", group=3, fact_id="income", operator="range", arguments={"high": {"parameter": "low_income"}},
        words="收入低于标准", article_id="shjz:47",
    )  # fmt: skip
    reading.touch()
    assert "7002" not in {table.code for table in asking.catalogue(Answers(PLACE)).tables}
    begun(client, "7002")
    page = client.get(reverse("entitled:check_result", args=["7002"]))
    assert "标准还没有公布" in page.content.decode()


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_the_pages_speak_the_languages(client, language):
    page = all_answered(client, begun(client), **EVERYTHING)
    client.cookies["django_language"] = language
    page = client.get(page.request["PATH_INFO"], headers={"Accept-Language": language})
    assert page.status_code == 200


def test_hidden_answers_show_nothing_else_and_leave_with_nothing():
    facts = reading.current().facts
    bool_of = lambda code: [{"fact": code, "operator": "is", "arguments": {"value": True}}]  # noqa: E731
    content = {"pages": [{"questions": [
        {"fact": "resident_here"}, {"fact": "has_premises", "when": bool_of("resident_here")},
        {"fact": "born", "when": bool_of("has_premises")},
    ]}]}  # fmt: skip
    pages = questions.from_content(content)
    answers = {"resident_here": False, "has_premises": True, "born": date(1950, 1, 1)}
    shown, counted = questions.visible(pages, answers, PLACE)
    assert [one.fact for page in shown for one in page.questions] == [facts["resident_here"]]
    assert counted == {"resident_here": False}


def test_the_demo_is_seeded_once():
    before = models.Item.objects.count()
    demo.seed()
    assert models.Item.objects.count() == before
