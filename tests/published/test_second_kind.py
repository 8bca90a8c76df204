"""A second kind of case is published beside letters: listed, found, alike, corrected, taken down, never mixed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from ninja import NinjaAPI
from ninja.testing import TestClient

from tests.conftest import matters_serve
from tests.published import walks
from tests.publishing import publish
from tongban.cases import procedure
from tongban.cases.actor import NEWCOMER, SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.settling import settle
from tongban.cases.writer import History, Step, Submission, perform, submit, submit_many
from tongban.gate import door
from tongban.letters.models import PublishedLetter
from tongban.published import api, confirming, finding, index, masking, parts
from tongban.published.doubts import doubts_in
from tongban.published.models import PublishedCase
from tongban.published.similar import forget, similar
from tongban.published.similar import similar as similar_letters
from tongban.registry import tables

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BODY = "滨河步道的路灯坏了，晚上没法散步，请修好。"
ANSWER = "路灯已经修好，欢迎散步。"


@pytest.fixture(autouse=True)
def _walks(registry: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """The house with the walks' door, and without it afterwards."""
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    steps = list(tables.STEPS)
    door.register(walks.DOOR)
    matters_serve("walk")
    settings.ROOT_URLCONF = "tests.published.walks"
    yield
    tables.STEPS[:] = steps


@pytest.fixture
def handler(actor: Callable[..., Any]) -> Any:
    return actor("610113-CG", "handler")


@pytest.fixture
def walk(registry: Any, handler: Any) -> Callable[..., Case]:
    """An answered suggestion."""

    def make(**more: Any) -> Case:
        given: dict[str, Any] = {"matter": "0101", "place": "610113", "subject": "步道路灯", "body": BODY, **more}
        case, _receipt = submit(Submission("walk", **given), NEWCOMER)
        return perform(case.pk, Step("answer", handler, {"text": ANSWER})).case

    return make


@pytest.fixture
def show(handler: Any) -> Callable[..., PublishedCase]:
    """Publishes a suggestion as it stands."""

    def make(case: Case, **texts: str) -> PublishedCase:
        given = {"subject": case.subject, "body": case.body, "answer": ANSWER, **texts}
        perform(case.pk, Step("show", handler, given))
        forget()
        return PublishedCase.objects.get(case=case)

    return make


@pytest.fixture
def published_letter(letter: Callable[..., Any], handler: Any) -> PublishedCase:
    case, _receipt = letter(subject="步道路灯", body=BODY)
    perform(case.pk, Step("answer", handler, {"text": ANSWER, "at_once": True}))
    publish(case, handler, {"subject": "步道路灯", "body": BODY, "answer": ANSWER})
    return PublishedCase.objects.get(case=case)


def page(address: str, **query: str) -> str:
    response = Client().get(address, query)
    assert response.status_code == 200, address
    return response.content.decode()


def test_it_stands_on_its_own_pages_in_its_own_words(walk, show, published_letter):
    row = show(walk())
    assert (row.kind, row.address) == ("walk", f"/walks/published/{row.slug}/")
    listed, own = page("/walks/published/"), page(row.address)
    assert "公开的散步建议" in listed
    assert row.address in listed
    assert "回音" in own
    assert ANSWER in own
    assert published_letter.slug not in listed
    assert published_letter.address == f"/letters/published/{published_letter.slug}/"
    assert row.slug not in page("/letters/published/")
    assert Client().get(f"/letters/published/{row.slug}/").status_code == 404
    assert Client().get(f"/walks/published/{published_letter.slug}/").status_code == 404


def test_it_is_found_by_its_words_in_both_scripts_among_its_kind_alone(walk, show, published_letter):
    row = show(walk())
    for words in ("滨河步道", "濱河步道", "欢迎散步"):
        assert row.slug in page("/walks/search/", q=words), words
        assert row.slug not in page("/letters/search/", q=words), words
    assert row.slug not in page("/walks/search/", q="步滨")
    assert "<mark>步道</mark>" in page("/walks/published/", q="步道")
    assert row.slug not in page("/walks/published/", place="610124")
    assert row.slug in page("/walks/published/", matter="01", place="610100", unit="610113-CG")


def test_a_tracking_code_in_its_search_leads_to_where_its_kind_is_followed(walk):
    response = Client().get("/walks/search/", {"q": "7K3M-9PQR-2TXW"})
    assert response.status_code == 302
    assert response["Location"].startswith("/walks/follow/?code=")


def test_alike_are_those_of_one_kind_or_of_all(walk, show, published_letter):
    row = show(walk())
    assert {one.pk for one in similar("滨河步道路灯坏了")} == {row.pk, published_letter.pk}
    assert [one.pk for one in similar("滨河步道路灯坏了", kind="walk")] == [row.pk]
    assert [one.pk for one in similar_letters("滨河步道路灯坏了", kind="letter")] == [published_letter.pk]
    assert similar("滨河步道路灯坏了", kind="walk", without=row.case_id) == []


def test_the_site_s_search_and_its_sitemap_have_both_kinds(walk, show, published_letter):
    row = show(walk())
    assert {hit.address for hit in finding.hits("步道", 10)} == {row.address, published_letter.address}
    assert [hit.address for hit in finding.hits("步道", 10, "walk")] == [row.address]
    assert len(finding.hits("步道", 1)) == 1
    assert finding.hits("。", 10) == []
    day, last = row.answered_on, finding.chunks() - 1  # a database that was used before counts on
    assert last == max(row.pk, published_letter.pk) // finding.CHUNK
    everything = [url for chunk in range(last + 1) for url in finding.urls(chunk)]
    assert set(everything) == {(row.address, day), (published_letter.address, day)}
    assert [url for chunk in range(last + 1) for url in finding.urls(chunk, "walk")] == [(row.address, day)]
    assert finding.urls(last + 1) == []
    assert [one.pk for one in finding.latest(5)] == [row.pk, published_letter.pk]
    assert [one.pk for one in finding.latest(5, "walk")] == [row.pk]


def test_what_no_door_publishes_any_more_is_in_neither(walk, show, monkeypatch):
    show(walk())
    monkeypatch.setattr(door, "_rooms", {name: room for name, room in door._rooms.items() if name != "walks"})
    door._parts.clear()
    assert finding.hits("步道", 10) == []
    assert finding.urls(0) == []
    with pytest.raises(KeyError):
        parts.publication("walk")


def test_programs_read_it_page_by_page(walk, show, published_letter, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 1)
    router, operations = api.routes(
        "walk", path="/walks", name="walks", words=("Published walks", "One published walk")
    )
    assert operations == {"list_walks": "public", "read_walks": "public"}
    house = NinjaAPI(urls_namespace="walks-test")
    house.add_router("", router)
    client = TestClient(house)
    first, second = show(walk()), show(walk(body="河边没有长椅。"), body="河边没有长椅。")
    found = client.get("/walks").json()
    assert [row["slug"] for row in found["items"]] == [second.slug]
    assert [row["slug"] for row in client.get(f"/walks?cursor={found['next']}").json()["items"]] == [first.slug]
    assert [row["slug"] for row in client.get("/walks?q=滨河").json()["items"]] == [first.slug]
    assert client.get(f"/walks/{first.slug}").json()["answer"] == ANSWER


def test_a_corrected_answer_waits_until_somebody_has_looked(walk, show, handler):
    row = show(walk())
    perform(row.case_id, Step("amend", handler, {"text": "下月修好。"}))
    row.refresh_from_db()
    assert row.waiting
    assert ANSWER not in page(row.address)
    assert "更正了答复" in page(row.address)
    assert similar("滨河步道路灯坏了", kind="walk") == []
    given = {"subject": row.subject, "body": row.body, "answer": "下月修好。"}
    perform(row.case_id, Step("show_again", handler, given))
    again = PublishedCase.objects.get(case=row.case_id)
    assert (again.slug, again.answer, again.waiting) == (row.slug, "下月修好。", False)
    assert row.slug in page("/walks/search/", q="下月修好")
    with pytest.raises(Refusal) as refused:
        perform(row.case_id, Step("show_again", handler, given))
    assert refused.value.code == "conflict"


@pytest.mark.parametrize("act", ["hide", "erase", "mark_against"])
def test_it_leaves_the_pages_and_the_index(act, walk, show, handler, kept_long_enough):
    row = show(walk())
    if act == "erase":
        kept_long_enough(row.case)
    who = SYSTEM if act == "erase" else handler
    payload = {"hide": {"text": "搞错了"}, "erase": {}, "mark_against": {"against": "610113-ZJ"}}[act]
    perform(row.case_id, Step(act, who, payload))
    assert not PublishedCase.objects.exists()
    assert row.slug not in page("/walks/search/", q="步道")
    assert Client().get(row.address).status_code == 404
    found = index.matching("步道")
    assert not PublishedLetter.objects.filter(pk__in=found).exists()
    if act == "hide":
        assert show(row.case).slug != row.slug


def test_what_its_guards_refuse(walk, handler):
    given = {"subject": "题", "body": "步道", "answer": "好"}

    def refused(case: Case, act: str = "show", **more: str) -> tuple[str, str | None]:
        with pytest.raises(Refusal) as caught:
            perform(case.pk, Step(act, handler, {**given, **more} if act == "show" else {"text": "x"}))
        return caught.value.code, caught.value.field

    assert refused(walk(visibility="confidential")) == ("not_allowed", None)
    case = walk()
    assert refused(case, "hide") == ("conflict", None)
    assert refused(case, body="电话13800138000") == ("bad_input", "body")
    assert refused(case, answer="请致电029-85258888") == ("bad_input", "cleared")
    perform(case.pk, Step("show", handler, given))
    assert refused(case) == ("conflict", None)


def test_many_at_once_are_found_once_they_are_settled(registry):
    given = {"subject": "步道路灯", "body": BODY, "answer": ANSWER}
    at = timezone.now()
    steps = (Step("answer", SYSTEM, {"text": ANSWER}, at=at), Step("show", SYSTEM, given, at=at))
    histories = [History(Submission("walk", "0101", "610113", f"第{number}条", BODY), at, steps) for number in range(3)]
    assert all(isinstance(case, Case) for case in submit_many(histories, SYSTEM))
    assert PublishedCase.objects.filter(kind="walk").count() == 3
    while settle():
        pass
    assert PublishedCase.objects.filter(pk__in=index.matching("滨河步道")).count() == 3


def test_what_is_proposed_is_masked_and_its_doubts_are_shown(walk):
    case = walk(name="王小明", body="我是王小明，电话13800138000，邻居赵国强也来散步。")
    originals = parts.publication("walk").texts(case)
    values = confirming.first_values(case, originals)
    assert "王小明" not in values["body"]
    assert "13800138000" not in values["body"]
    assert masking.proposal(originals, case.sender).masked >= 2
    shown = confirming.parts_of(case.body, case.sender, doubts_in(values, case.sender))
    assert "".join(part.text for part in shown) == case.body
    assert {part.state for part in shown} >= {"hidden", ""}
    assert confirming.publishing_acts(walks.WALK) == ["show", "show_again"]
