"""A list of names says of each host and address what is listed for it: the same as a plain set, whatever is tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.webaddr import BadName, Names
from tongban.webaddr.hashing import hash_of
from tongban.webaddr.names import BadFile

LABEL = st.text("ab1-", min_size=1, max_size=3).filter(lambda text: not text.startswith("-") and not text.endswith("-"))
HOST = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "com"]))


def by_set(listed, host):
    while host:
        if host in listed:
            return host
        host = host.partition(".")[2]
    return None


@given(st.lists(HOST, max_size=30), st.lists(HOST, max_size=30))
def test_it_finds_what_a_set_finds_one_by_one_and_in_batches(listed, hosts):
    names = Names.build(listed)
    wanted = [by_set(set(listed), host) for host in hosts]
    assert [found.name if (found := names.find(host)) else None for host in hosts] == wanted
    places = names.find_hosts(hosts)
    assert [names.match(place).name if place >= 0 else None for place in places] == wanted
    assert [int(place) for place in names.find_addresses([f"https://{host}/a?b" for host in hosts])] == [
        int(place) for place in places
    ]
    assert {found.name for found in names} == set(listed)


def test_a_number_comes_back_with_the_name_and_the_first_of_equal_names_counts():
    names = Names.build(["evil.example", "b.evil.example", "evil.example"], [7, 8, 9])
    assert (names.find("a.evil.example").value, names.find("a.b.evil.example").value, len(names)) == (7, 8, 2)


def test_names_are_read_as_people_write_them():
    names = Names.build(["EVIL.example", "hxxp://bad[.]example", "中国银行.com", "http://1.2.3.4/"])
    assert names.find("www.evil.example").name == "evil.example"
    assert names.find("bad.example") is not None
    assert names.find("xn--fiqs8s856bruk.com") is not None
    assert names.find_address("http://0x1020304/").name == "1.2.3.4"


@pytest.mark.parametrize("bad", ["", "a b", "javascript:alert(1)", "foo"])
def test_what_is_no_name_is_refused_with_its_line(bad):
    with pytest.raises(BadName) as refused:
        Names.build(["good.example", bad])
    assert refused.value.line == 2


def test_a_prefix_hits_what_is_below_it_and_nothing_else():
    names = Names.build(
        ["shared.example/bad/", "evil.example", "http://evil.example/worse/page?x=1", "sites.example/one.html"]
    )
    found = {address: (hit.name if (hit := names.find_address(address)) else None) for address in (
        "http://shared.example/bad/a", "http://www.shared.example/bad/", "http://shared.example/good",
        "http://shared.example/",
        "http://evil.example/x", "http://evil.example/worse/page?x=1", "http://sites.example/one.html?a",
        "http://sites.example/one.htm",
    )}  # fmt: skip
    assert list(found.values()) == [
        "shared.example/bad/", "shared.example/bad/", None, None, "evil.example", "evil.example/worse/page?x=1",
        "sites.example/one.html", None,
    ]  # fmt: skip
    places = names.find_addresses(list(found))
    assert [names.match(place).name if place >= 0 else None for place in places] == list(found.values())
    assert names.find("shared.example") is None


def test_what_is_no_address_is_told_apart_from_what_is_not_listed():
    names = Names.build(["evil.example"])
    assert names.find_addresses(
        ["http://evil.example/", "http://good.example/", "http://a b/", "HTTP://EVIL.example", "http://xn--a/"]
    ).tolist()[:4] == [0, -1, -2, 0]


def test_an_empty_list_holds_nothing():
    names = Names.build([])
    assert (len(names), names.find("a.example"), names.find_hosts(["a.example"]).tolist()) == (0, None, [-1])


def test_a_name_with_the_hash_of_a_listed_one_is_not_taken_for_it(monkeypatch):
    monkeypatch.setattr("tongban.webaddr.names.hash_of", lambda name: hash_of("evil.example"))
    names = Names.build(["evil.example"])
    assert names.find("good.example") is None


def test_a_saved_list_is_mapped_and_says_the_same(tmp_path):
    names = Names.build(["evil.example", "shared.example/bad/"], [3, 4])
    names.save(tmp_path / "list")
    again = Names.load(tmp_path / "list")
    assert (again.find("a.evil.example").value, again.find_address("http://shared.example/bad/x").value) == (3, 4)
    assert (
        again.find_hosts(["good.example", "evil.example"]).tolist()
        == names.find_hosts(["good.example", "evil.example"]).tolist()
    )


@pytest.mark.parametrize("damage", [b"", b"tongban names 1\n", b"another file altogether"])
def test_a_damaged_file_is_refused(tmp_path, damage):
    (tmp_path / "list").write_bytes(damage)
    with pytest.raises(BadFile):
        Names.load(tmp_path / "list")
    names = Names.build(["evil.example"])
    names.save(tmp_path / "cut")
    whole = (tmp_path / "cut").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile):
        Names.load(tmp_path / "cut")
