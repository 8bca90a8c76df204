"""What may be blocked at all, and how far: no sequence of decisions publishes a row that the guards forbid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reports import guarding
from tongban.reports.feeds import looking
from tongban.reports.feeds.forms import Row
from tongban.reports.feeds.publishing import Stopped, checked
from tongban.reports.guarding import Lists, above, defanged, judged, read_names, shipped, target
from tongban.reports.harms import harms

from .conftest import NOON

FRAUD, GAMBLING = harms()["6001"], harms()["6002"]
LISTS = Lists(
    frozenset({"gov.cn", "hospital.example"}), frozenset({"drive.example", "qq.com"}), frozenset({"popular.example"})
)


def said(text, scope, harm=FRAUD, lists=LISTS):
    return judged(target(text, scope), harm, lists)


@pytest.mark.parametrize(
    ("text", "scope", "why"),
    [
        ("http://93.184.216.34/a", "url", "ip"),
        ("http://0x7f.1/", "host", "ip"),
        ("http://[2001:db8::1]/a", "host", "ip"),
        ("http://com.cn/", "domain", "public_suffix"),
        ("http://github.io/", "host", "public_suffix"),
        ("http://a.b.gov.cn/x", "url", "protected"),
        ("http://hospital.example/", "host", "protected"),
        ("http://drive.example/x", "host", "shared"),
        ("http://a.drive.example/x", "domain", "shared"),
        ("http://drive.example/", "url", "bare"),
        ("http://popular.example/x", "host", "popular"),
        ("http://www.popular.example/x", "host", "popular"),
    ],
)
def test_refused(text, scope, why):
    assert said(text, scope).refused == why


def test_a_name_above_a_protected_or_shared_one_is_refused_as_well():
    lists = Lists(frozenset({"school.evil.example"}), frozenset({"files.big.example"}))
    assert said("http://evil.example/", "host", lists=lists).refused == "protected"
    assert said("http://big.example/", "domain", lists=lists).refused == "shared"


def test_for_gambling_a_popular_name_is_expected_so_a_second_person_and_no_refusal():
    found = said("http://popular.example/", "host", GAMBLING)
    assert (found.refused, found.second, found.near) == (None, True, "popular.example")


def test_a_single_address_under_a_shared_name_can_be_listed_and_a_resolver_leaves_it_alone():
    wanted = target("http://drive.example/u/1?x=2", "url")
    assert judged(wanted, FRAUD, LISTS).refused is None
    assert (wanted.name, wanted.resolvable) == ("drive.example/u/1?x=2", False)


@given(
    st.lists(st.sampled_from(["a", "b", "www", "evil", "popular", "drive", "hospital"]), min_size=1, max_size=4),
    st.sampled_from(["example", "gov.cn", "qq.com", "com.cn", "github.io", "top"]),
    st.sampled_from(["/", "/x", "/x?y=1"]),
    st.sampled_from(guarding.SCOPES),
    st.sampled_from([FRAUD, GAMBLING]),
)
def test_whatever_is_let_through_takes_nobody_else_with_it(labels, suffix, path, scope, harm):
    wanted = target(f"http://{'.'.join(labels)}.{suffix}{path}", scope)
    found = judged(wanted, harm, LISTS)
    if found.refused is None:
        assert not above(wanted.address.host, LISTS.protected)
        if wanted.resolvable:
            assert not above(wanted.name, LISTS.shared)
            assert not any(name.endswith(f".{wanted.name}") for name in LISTS.shared | LISTS.protected)
            assert found.second or not above(wanted.name, LISTS.popular)
    row = Row("2026-000001", wanted.name, scope, harm.code, "x", NOON, NOON.date(), NOON)
    if found.refused is None:
        assert checked([row], LISTS) == [row]
    else:
        with pytest.raises(Stopped):
            checked([row], LISTS)


def test_a_list_that_has_grown_since_stops_the_whole_publication_and_names_the_decision():
    row = Row("2026-000007", "clinic.example", "host", "6001", "x", NOON, NOON.date(), NOON)
    assert checked([row], LISTS) == [row]
    with pytest.raises(Stopped, match="2026-000007: protected"):
        checked([row], Lists(frozenset({"clinic.example"})))


def test_lists_are_read_in_the_forms_they_come_in_and_bad_lines_are_told():
    names, bad = read_names(
        ["# x", "1,Google.com", "*.a.example.", "0.0.0.0 b.example", "", "cn", "not a name!", "arpa"]
    )
    assert names == {"google.com", "a.example", "b.example", "cn", "arpa"}
    assert [line for line, _text in bad] == [7]


def test_the_shipped_lists_hold_the_suffixes_of_the_state_and_what_others_live_on():
    assert {"gov.cn", "edu.cn"} <= set(shipped().protected)
    assert {"aliyuncs.com", "drive.google.com"} <= set(shipped().shared)


def test_a_name_is_shown_so_that_nobody_can_click_it():
    assert defanged("evil.example/a.b") == "evil[.]example/a.b"


NAMES = st.lists(
    st.sampled_from(["a", "www", "evil", "popular", "drive", "hospital", "gov", "xn--fiq228c", "1", "a_b", "-x"]),
    min_size=1,
    max_size=4,
).flatmap(
    lambda labels: st.sampled_from(["example", "cn", "qq.com", "com.cn", "github.io", "co.uk", "top", "1"]).map(
        lambda suffix: ".".join([*labels, suffix])
    )
)


@given(
    st.lists(NAMES, max_size=5),
    st.lists(NAMES, max_size=5),
    st.lists(NAMES, max_size=5),
    NAMES,
    st.sampled_from(["", "/", "/x?y"]),
    st.sampled_from([FRAUD, GAMBLING]),
)
def test_the_quick_look_at_a_million_rows_says_what_the_slow_one_says(protected, shared, popular, name, path, harm):
    lists = Lists(frozenset(protected), frozenset(shared), frozenset(popular))
    scope = "url" if path else "host"
    row = Row("1", name + path, scope, harm.code, "x", NOON, NOON.date(), NOON)
    try:
        slow = judged(target(f"http://{name}{path}", scope), harm, lists).refused
    except ValueError:
        slow = "unreadable"
    quick = looking.look(lists).why_not(row)
    assert (quick is None) == (slow is None)
    if slow in ("protected", "shared", "popular"):
        assert quick == slow


def test_a_row_of_an_unknown_kind_of_harm_or_of_another_form_of_a_name_stops_the_publication():
    for number, name, harm in (("1", "evil.example", "9999"), ("2", "EVIL.example", "6001"), ("3", "0x7f.1", "6001")):
        with pytest.raises(Stopped, match=number):
            checked([Row(number, name, "host", harm, "x", NOON, NOON.date(), NOON)], LISTS)
