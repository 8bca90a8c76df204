"""The public pages: register, one decision, the explaining page, the feeds."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tongban.cases.models import Case
from tongban.reports.models import Listed

from .conftest import NOON, after, listed, official

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def fresh(city, monkeypatch):
    cache.clear()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def page(client, path, **query):
    return client.get(path, query).content.decode()


def test_the_explaining_page_says_what_why_by_whom_until_when_and_how_to_object_and_sets_no_cookie(client):
    listed()
    answer = client.get("/blocked/", {"name": "https://www.icbc-jifen.example/any"})
    text = answer.content.decode()
    for said in (
        "icbc-jifen[.]example",
        "仿冒银行骗取卡号",
        "第二十五条",
        "举报中心",
        "2026-04-01",
        "/new/report_objection/",
    ):
        assert said in text, said
    assert "http://icbc-jifen.example" not in text
    assert 'href="https://www.icbc' not in text
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


def test_an_address_that_is_not_listed_is_said_so_and_nonsense_gets_advice(client):
    assert "没有被处置" in page(client, "/blocked/", name="http://good.example/")
    assert "这不是网址" in page(client, "/blocked/", name="::::")


def test_a_lifted_name_is_out_of_the_feed_at_once_and_stays_in_the_register_as_what_it_is(client):
    listing = listed()
    assert "icbc-jifen.example" in page(client, "/feeds/domains")
    etag = client.get("/feeds/domains")["ETag"]
    assert client.get("/feeds/domains", headers={"If-None-Match": etag}).status_code == 304
    after(listing, "lift", official(), 5, text="网站已经关闭")
    answer = client.get("/feeds/domains", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (200, b"")
    text = page(client, "/decisions/")
    assert "icbc-jifen[.]example" in text
    assert "主动解除" in text


def test_the_register_finds_by_a_piece_of_the_name_and_by_state(client):
    listed()
    listed("http://qipai.example/", "6002")
    assert "qipai" not in page(client, "/decisions/", q="icbc-jifen[.]example")
    assert "icbc-jifen" not in page(client, "/decisions/", state="lifted")
    assert client.get("/decisions/2026-000002/").status_code == 200
    assert client.get("/decisions/2026-999999/").status_code == 404


def test_a_publication_that_would_break_a_rule_stops_and_says_which_decision(client, tmp_path, settings):
    listed()
    settings.DATA = tmp_path
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "protected.txt").write_text("icbc-jifen.example\n")
    answer = client.get("/feeds/rpz")
    assert answer.status_code == 503
    assert Listed.objects.get().number in answer.content.decode()


@pytest.mark.parametrize("form", ["rpz", "csv", "stix", "prefixes"])
def test_every_form_answers(client, form):
    listed()
    assert client.get(f"/feeds/{form}").status_code == 200
    assert client.get("/feeds/doc").status_code == 404


def test_a_report_is_written_in_two_steps_and_the_objection_by_the_number_of_the_decision(client):
    answer = client.get("/new/report/")
    assert "网址、短信或号码" in answer.content.decode()
    assert "决定编号" in client.get("/new/report_objection/").content.decode()
    assert Case.objects.count() == 0
