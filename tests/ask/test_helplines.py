"""Telephones are named where the words call for them, and not where they only sound like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from tongban.portal import helplines

CALLS = [
    line.split(" ", 1)
    for line in (Path(__file__).parent / "calls.txt").read_text(encoding="utf-8").splitlines()
    if line and line[0] != "#"
]


@pytest.mark.parametrize(("numbers", "text"), CALLS)
def test_words_call_for_their_telephones_and_for_no_others(numbers, text):
    expected = set() if numbers == "-" else set(numbers.split(","))
    assert {line.number for line in helplines.called_for(text) if line.urgent} == expected


def test_there_are_sixty_of_them_and_as_many_that_must_not_call():
    assert len(CALLS) >= 60
    assert sum(numbers == "-" for numbers, _text in CALLS) >= 25


def test_the_urgent_ones_come_first_and_every_line_says_where_it_is_from():
    found = helplines.called_for("网上买的健身卡是诈骗，被骗了钱，要退款")
    assert [line.urgent for line in found] == sorted((line.urgent for line in found), reverse=True)
    for line in (*helplines.lines(), helplines.general()):
        assert line.number.isdigit()
        assert line.source
        assert line.trust in ("V", "X", "M")


@pytest.mark.django_db
def test_they_are_said_in_the_language_of_the_page():
    line = helplines.lines()[0]
    with translation.override("en"):
        assert "119" in line.say
        assert line.name == "Fire"
    with translation.override("zh-hant"):
        assert "離開" in line.say
