"""Private look-up: full hashes by the first digits, a map of buckets, the page without JavaScript."""

from __future__ import annotations

import base64
import hashlib

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from tongban.reports import looking
from tongban.reports.guarding import target
from tongban.reports.models import Listed
from tongban.webaddr import parse

from .conftest import NOON, after, listed, official

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _today(city, monkeypatch):
    cache.clear()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def asked(prefix: str):
    return Client().get(f"/api/v1/listed/{prefix}")


def found(address: str) -> bool:
    """As a client does it: only prefixes leave it."""
    hashes = {sha(one) for one in parse(address).expressions()}
    bits = base64.b64decode(Client().get("/api/v1/listed").json()["buckets"])
    hits = set()
    for prefix in {one[:4] for one in hashes}:
        bucket = int(prefix, 16)
        if bits[bucket >> 3] & (1 << (bucket & 7)):
            hits |= {row["hash"] for row in asked(prefix).json()["hashes"]}
    return bool(hits & hashes)


def test_a_listed_host_is_found_with_all_below_it_and_a_single_address_alone():
    listed("http://icbc-jifen.example/login")
    listed("http://shop.example/a%20b/%E4%B8%AD?x=1", scope="url")
    assert found("https://www.icbc-jifen.example/any?thing")
    assert found("http://shop.example/a%20b/中?x=1")
    assert not found("http://shop.example/")
    assert not found("http://good.example/")


def test_the_answer_names_the_decision_and_holds_a_minute():
    listed()
    wanted = sha("icbc-jifen.example/")
    for digits in (4, 5, 8):
        answer = asked(wanted[:digits])
        assert answer.json()["hashes"] == [{"hash": wanted, "decision": "2026-000001", "until": "2026-04-01"}]
        assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies


@pytest.mark.parametrize("prefix", ["abc", "ABCD", "zzzz", "0" * 9, "0" * 64])
def test_a_prefix_that_tells_too_much_or_is_none_is_refused(prefix):
    assert asked(prefix).status_code == 422
    with pytest.raises(ValueError, match=prefix):
        looking.beginning(prefix)


def test_what_is_lifted_or_over_is_not_found_at_once():
    case = listed()
    wanted = sha("icbc-jifen.example/")
    assert asked(wanted[:8]).json()["hashes"]
    assert looking.beginning(wanted[:8], case.in_force_until)
    after(case, "lift", official(), 5, text="网站已经关闭")
    assert asked(wanted[:8]).json()["hashes"] == []
    assert set(base64.b64decode(looking.buckets())) == {0}


def test_the_day_after_its_last_one_it_is_out():
    from datetime import timedelta

    case = listed()
    wanted = sha("icbc-jifen.example/")
    assert looking.beginning(wanted[:8], case.in_force_until + timedelta(days=1)) == []


def test_the_whole_host_is_listed_with_its_slash_and_a_page_as_its_first_expression():
    assert looking.hash_of(target("http://a.evil.example/x", "domain")) == sha("evil.example/")
    assert looking.hash_of(target("http://a.evil.example/x", "host")) == sha("a.evil.example/")
    assert looking.hash_of(target("http://a.evil.example//x/../y?q", "url")) == sha("a.evil.example/y?q")


def test_without_javascript_the_server_answers_and_says_that_it_sees_the_address():
    listed()
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/listed/").content.decode()
    assert "本站会看到您查的网址" in page
    assert "js/listed.js" in page
    answer = browser.post("/listed/", {"address": "hxxps://www.icbc-jifen[.]example/a"})
    text = answer.content.decode()
    assert "已被处置" in text
    assert "/decisions/2026-000001/" in text
    assert "www[.]icbc-jifen[.]example" in text
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "没有被处置" in browser.post("/listed/", {"address": "good.example"}).content.decode()
    assert browser.post("/listed/", {"address": ":::"}).status_code == 422
    assert "address=" not in page, "an address never stands in an address"


def test_what_was_decided_before_there_were_hashes_gets_them():
    from importlib import import_module

    from django.apps import apps

    listed()
    Listed.objects.update(full_hash="")
    import_module("tongban.reports.migrations.0003_hashes").fill(apps, None)
    assert Listed.objects.get().full_hash == sha("icbc-jifen.example/")


def test_the_page_and_the_operations_are_open_to_everybody():
    assert resolve("/listed/").func.allows == "public"
    assert Client().get("/api/v1/listed").status_code == 200
