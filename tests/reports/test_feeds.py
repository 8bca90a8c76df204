"""The forms of the feed, each read again by somebody else's reader where there is one."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reports.feeds.forms import FORMS, Publication, Row
from tongban.reports.feeds.publishing import published
from tongban.webaddr import parse

MADE = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ABOUT = Publication(MADE, 1772424000, "演示省", "https://tongban.example/blocked/", ("gov.cn",))


def row(number=1, name="evil.example", scope="host"):
    return Row(
        f"2026-{number:06d}", name, scope, "6001", "《反电信网络诈骗法》第二十五条第二款", MADE, date(2026, 5, 1), MADE
    )


ROWS = [row(), row(2, "shared.example/u/1?x='2", "url"), row(3, "bad.example", "domain")]


def text(form, rows=ROWS):
    return "".join(published(form, rows, ABOUT))


def test_a_resolver_gets_the_name_and_all_below_it_and_no_page():
    zone = text("rpz")
    assert "evil.example CNAME .\n*.evil.example CNAME .\n" in zone
    assert "gov.cn CNAME rpz-passthru.\n" in zone
    assert zone.index("rpz-passthru") < zone.index("evil.example")
    assert "shared.example" not in zone
    assert " 1772424000 " in zone
    for form in ("unbound", "hosts", "domains"):
        assert "shared.example" not in text(form)
        assert "evil.example" in text(form)


def test_what_can_say_an_address_says_it_and_every_row_names_its_decision():
    assert "||shared.example/u/1?x='2|" in text("adblock")
    rows = list(csv.DictReader(io.StringIO(text("csv"))))
    assert [one["number"] for one in rows] == [one.number for one in ROWS]
    assert [json.loads(line)["number"] for line in text("jsonl").splitlines()] == [one.number for one in ROWS]


def test_stix_and_misp_carry_the_end_and_one_identifier_for_one_decision_in_every_publication():
    bundle = json.loads(text("stix"))
    indicators = [one for one in bundle["objects"] if one["type"] == "indicator"]
    assert {one["valid_until"] for one in indicators} == {"2026-05-01T16:00:00.000Z"}
    assert indicators[1]["pattern"] == "[url:value = 'http://shared.example/u/1?x=\\'2']"
    assert json.loads(text("stix", ROWS[:1]))["objects"][1]["id"] == indicators[0]["id"]
    event = json.loads(text("misp"))["Event"]
    assert [one["type"] for one in event["Attribute"]] == ["domain", "url", "domain"]


def test_a_client_finds_a_listed_address_by_the_prefix_of_an_expression_of_it():
    from tongban.webaddr import full_hash

    listed = set(text("prefixes").split())
    for address, there in (
        ("http://www.evil.example/login?x=1", True),
        ("http://shared.example/u/1?x='2", True),
        ("http://shared.example/u/2", False),
        ("http://good.example/", False),
    ):
        hashes = {full_hash(one).hex()[:8] for one in parse(address).expressions()}
        assert bool(hashes & listed) is there, address


@pytest.mark.parametrize("form", sorted(FORMS))
def test_nothing_is_in_a_feed_without_a_decision(form):
    empty = text(form, [])
    assert "evil" not in empty
    assert "CNAME .\n" not in empty


@given(st.lists(st.sampled_from(["a.example", "b.c.example", "xn--fiq228c.example"]), max_size=6))
def test_pieces_say_what_the_whole_says(names):
    rows = [row(number, name) for number, name in enumerate(names, 1)]
    for form, (write, _ending, _type) in FORMS.items():
        assert "".join(published(form, rows, ABOUT)) == "".join(write(rows, ABOUT)), form
