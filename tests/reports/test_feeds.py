"""The forms of the feed, each read again by somebody else's reader where there is one."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import dns.message
import dns.opcode
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reports.feeds import wire
from tongban.reports.feeds.forms import FORMS, Publication, Row
from tongban.reports.feeds.publishing import published
from tongban.reports.feeds.zone import Change, State, differences, wanted
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


ODD = 'a;b"c$(d)*.evil.example'
"""A host that a browser takes as it is (WHATWG)."""


def test_a_name_of_odd_signs_cannot_change_what_a_list_says():
    assert parse(f"http://{ODD}/").host == ODD
    rows = [row(1, ODD), row(2, "good-enough.example")]
    zone = dns.zone.from_text(text("rpz", rows), "rpz.example.", relativize=False, check_origin=False)
    owners = {b".".join(name.labels[:-3]).decode() for name in zone if len(name.labels) > 3}
    assert {ODD, f"*.{ODD}", "good-enough.example"} <= owners
    for form in ("unbound", "hosts", "domains", "adblock"):
        assert "evil" not in text(form, rows), form
        assert "good-enough.example" in text(form, rows), form


def test_a_star_in_an_address_does_not_take_the_whole_site():
    rows = [row(1, "shared.example/*", "url"), row(2, "shared.example/$important", "url")]
    assert "shared.example" not in text("adblock", rows)
    assert "shared.example/*" in text("csv", rows)


def test_a_name_too_long_for_a_zone_is_left_out_of_it_and_stands_in_the_other_forms():
    long = ".".join(["a" * 60] * 4) + ".example"
    assert long not in text("rpz", [row(1, long)])
    assert long in text("jsonl", [row(1, long)])


def test_the_zone_says_how_far_it_has_come_and_its_own_record_sorts_behind_every_name():
    about = Publication(MADE, 1, "x", "y", (), ".", str(State(7, date(2026, 3, 2), "abc", ".")))
    zone = dns.zone.from_text("".join(published("rpz", [row(1, "evil.zw"), row(2, "x.xn--zckzah")], about)), "rpz.")
    (found,) = zone.find_rdataset("zzz-tongban-feed", "TXT")
    assert State.parse(b"".join(found.strings).decode()) == State(7, date(2026, 3, 2), "abc", ".")
    assert sorted(zone.nodes)[-1].to_text() == "zzz-tongban-feed"


def test_the_explaining_page_takes_the_place_of_no_such_name():
    about = Publication(MADE, 1, "x", "y", (), "blocked.city.example.")
    assert "*.evil.example CNAME blocked.city.example.\n" in "".join(published("rpz", [row()], about))


@given(st.lists(st.sampled_from(["a.example", "b.a.example", "c.example", "gov.cn"]), unique=True), st.data())
def test_whatever_a_zone_holds_the_changes_lead_to_what_it_should_hold(names, data):
    held = data.draw(
        st.dictionaries(
            st.sampled_from(["a.example", "*.a.example", "c.example", "x.example", "*.x.example", "gov.cn"]),
            st.sampled_from([".", "rpz-passthru.", "old.example."]),
        )
    )
    should = wanted(names, ["gov.cn"], ".")
    now = dict(held)
    for change in differences(held, should):
        for owner in (change.name, f"*.{change.name}"):
            if change.answer is None:
                now.pop(owner, None)
            else:
                now[owner] = change.answer
    assert now == should
    assert now["gov.cn"] == "rpz-passthru."


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.integers(60, 400))
def test_messages_carry_every_change_once_and_none_is_too_large(sizes, most):
    changes = [Change(f"{'n' * size}.example", None if size % 2 else ".") for size in sizes]
    bodies = list(wire.bodies(changes, most))
    assert sum(number for _raw, _count, number in bodies) == len(changes)
    assert all(len(raw) <= max(most, 400) for raw, _count, _number in bodies)
    for raw, count, _number in bodies:
        _id, message = wire.update("rpz.example", "version=1", raw, count, State(2, date(2026, 3, 2), "x", "."))
        parsed = dns.message.from_wire(message)
        assert parsed.opcode() == dns.opcode.UPDATE
        assert sum(len(one) or 1 for one in parsed.sections[2]) == count + 2
