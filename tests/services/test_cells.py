"""What is no plain text in a cell: printing what was read gives it again, and nonsense is refused with words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.registry.tables import BadRow
from tongban.services.exchange import cells

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12)
TEXTS = st.text(min_size=1, max_size=20)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**6), 10**6),
    TEXTS,
    st.lists(TEXTS, max_size=4),
    st.dates().map(lambda day: {"date": day.isoformat()}),
    NAMES.map(lambda code: {"parameter": code}),
    st.decimals(-1000, 1000, places=2).map(lambda number: {"decimal": str(number)}),
)


@given(st.dictionaries(st.sampled_from(["unit", "low", "high", "value", "values", "places", "kind", "to"]), VALUES))
def test_arguments_are_read_as_they_were_printed(value):
    assert cells.arguments(cells.say_arguments(value)) == value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("unit=years; low=60", {"unit": "years", "low": 60}),
        ("values=a, b", {"values": ["a", "b"]}),
        ("high=$line", {"high": {"parameter": "line"}}),
        ("low=2020-01-31", {"low": {"date": "2020-01-31"}}),
        ("value=1", {"value": "1"}),
        ("", {}),
        ('{"value": true}', {"value": True}),
    ],
)
def test_people_write_arguments_short(text, meant):
    assert cells.arguments(text) == meant


@pytest.mark.parametrize("text", ["low", "=1", "low=", "{", "low=2020-02-31", "[1]"])
def test_arguments_that_say_nothing_are_refused(text):
    with pytest.raises(BadRow):
        cells.arguments(text)


def test_rows_of_a_condition_stand_one_a_line():
    rows = cells.when("born distance unit=years; low=60\n或 disabled is value=true\nhere is value=true")
    assert [row["group"] for row in rows] == [1, 1, 2]
    assert cells.when(cells.say_when(rows)) == rows


@pytest.mark.parametrize("text", ["born", "born nosuch value=1", "born range"])
def test_a_condition_that_is_none_is_refused(text):
    with pytest.raises(BadRow):
        cells.when(text)


def test_choices_stand_with_their_words():
    found = cells.options("a=甲=One | b=乙")
    assert found == [["a", "甲", "One"], ["b", "乙", ""]]
    assert cells.options(cells.say_options(found)) == found
    for text in ("a", "a=甲|a=乙", "=甲", "a=1=2=3"):
        with pytest.raises(BadRow):
            cells.options(text)
