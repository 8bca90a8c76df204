"""A reception as a calendar file: what is written is read back, whatever the texts are (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.refusal import Refusal
from tongban.desk import ical
from tongban.desk.wherever import checked_where, is_link

TEXTS = st.text(max_size=200)
AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def read_back(data: bytes) -> dict[str, str]:
    """Properties of the file: unfolded, split and unescaped as the standard says."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data[:-2].split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no character is cut
    found = {}
    for line in data.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]:
        name, _colon, value = line.partition(":")
        text, signs = "", iter(value)
        for sign in signs:
            if sign == "\\" and name not in ("URL",):
                following = next(signs)
                text += "\n" if following in "nN" else following
            else:
                text += sign
        found.setdefault(name, text)
    return found


def plain(text: str) -> str:
    """What can stand in such a file of a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in lines if sign in "\t\n" or (ord(sign) >= 32 and ord(sign) != 127))
    return "".join(kept).encode("utf-8", "replace").decode("utf-8")


@given(summary=TEXTS, location=TEXTS, description=TEXTS, minutes=st.integers(5, 120))
def test_what_is_written_is_read_back(summary, location, description, minutes):
    ends = AT + timedelta(minutes=minutes)
    event = ical.Event("x@example.org", AT, ends, AT, 3, summary, location, description, "https://a.example.org/?a=1;b")
    found = read_back(ical.calendar(event))
    assert found["SUMMARY"] == plain(summary)
    assert found.get("LOCATION", "") == plain(location)
    assert found.get("DESCRIPTION", "") == plain(description)
    assert found["URL"] == "https://a.example.org/?a=1;b"
    assert (found["DTSTART"], found["DTSTAMP"], found["SEQUENCE"]) == ("20261201T010000Z", "20261201T010000Z", "3")
    assert datetime.strptime(found["DTEND"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) == ends
    assert found["UID"] == "x@example.org"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        ical.moment(datetime(2026, 12, 1))


@pytest.mark.parametrize(
    "text",
    ["http://a.example.org/", "https://user@a.example.org/", "https://localhost/", "javascript:alert(1)", "https://",
     "https://a.example.org/ x", "https://a.example.org:99999/", "https://[::1", "https://10.0.0.1/",
     "//a.example.org/",
     'https://a.example.org/"><script>', "https://a.example.org\\@b.example.org/"],
)  # fmt: skip
def test_a_link_is_https_to_a_named_host(text):
    assert not is_link(text)
    with pytest.raises(Refusal) as caught:
        checked_where("video", text)
    assert caught.value.field == "where"


def test_what_fits_each_way_is_taken():
    for way, text in (
        ("video", "https://meeting.example.org/j/123?pwd=a"), ("phone", "029-00000001 转 12"), ("hall", "二楼 3 号")
    ):  # fmt: skip
        assert checked_where(way, text) == text
    for way, text in (("phone", "打给小王"), ("hall", "字" * 301)):
        with pytest.raises(Refusal):
            checked_where(way, text)
