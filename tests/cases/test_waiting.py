"""How much time is left, in one form everywhere: in three languages, in working days and in all days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from tongban.cases.waiting import day_name, time_left
from tongban.workdays import Calendar, end_of_day

CALENDAR = Calendar()
NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
"""A Monday, ten in the morning in Xi'an."""


def left(due, unit="working", now=NOW, language="zh-hans"):
    with translation.override(language):
        found = time_left(end_of_day(due), unit, now, CALENDAR)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-hans", "还剩 9 个工作日（12 月 11 日前）"),
        ("zh-hant", "還剩 9 個工作日（12 月 11 日前）"),
        ("en", "9 working days left (by 11 December)"),
    ],
)
def test_what_is_left_says_how_much_and_until_when(language, text):
    assert left(date(2026, 12, 11), language=language).text == text


@pytest.mark.parametrize(
    ("language", "text", "short"),
    [
        ("zh-hans", "已超 8 个工作日（应于 11 月 18 日前）", "已超 8 个工作日"),
        ("zh-hant", "已超 8 個工作日（應於 11 月 18 日前）", "已超 8 個工作日"),
        ("en", "8 working days overdue (was due by 18 November)", "8 working days overdue"),
    ],
)
def test_what_is_late_says_how_much_and_when_it_was_due(language, text, short):
    found = left(date(2026, 11, 18), language=language)
    assert (found.text, found.short, found.tone, found.days) == (text, short, "danger", -8)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-hans", "今天到期（11 月 30 日）"),
        ("zh-hant", "今天到期（11 月 30 日）"),
        ("en", "Due today (30 November)"),
    ],
)
def test_on_the_last_day_it_is_due_today(language, text):
    found = left(date(2026, 11, 30), language=language)
    assert (found.text, found.tone, found.days) == (text, "warning", 0)


def test_all_days_are_counted_where_the_limit_counts_them():
    assert left(date(2026, 12, 11), "calendar").text == "还剩 11 天（12 月 11 日前）"
    assert left(date(2026, 11, 18), "calendar").text == "已超 12 天（应于 11 月 18 日前）"


@pytest.mark.parametrize(
    ("due", "unit", "text"),
    [
        (date(2026, 12, 1), "working", "1 working day left (by 1 December)"),
        (date(2026, 12, 1), "calendar", "1 day left (by 1 December)"),
        (date(2026, 11, 29), "calendar", "1 day overdue (was due by 29 November)"),
    ],
)
def test_english_says_one_day_for_one(due, unit, text):
    assert left(due, unit, language="en").text == text


def test_a_day_of_another_year_has_its_year():
    assert left(date(2027, 1, 8), "calendar").text == "还剩 39 天（2027 年 1 月 8 日前）"
    with translation.override("en"):
        assert day_name(date(2027, 1, 8), date(2026, 11, 30)) == "8 January 2027"


def test_a_weekend_after_the_last_day_is_late_without_a_number():
    """Friday was the last day, no working day has passed since: nobody reads “0 working days late”."""
    saturday = datetime(2026, 12, 12, 2, tzinfo=UTC)
    found = left(date(2026, 12, 11), now=saturday)
    assert (found.text, found.short, found.tone) == ("已超期（应于 12 月 11 日前）", "已超期", "danger")


def test_a_last_day_that_is_off_is_counted_in_all_days():
    friday = datetime(2026, 12, 11, 10, tzinfo=UTC)
    assert left(date(2026, 12, 13), now=friday).text == "还剩 2 天（12 月 13 日前）"


def test_a_year_that_is_not_loaded_is_counted_in_all_days():
    found = left(date(2041, 1, 4), now=datetime(2040, 12, 30, 2, tzinfo=UTC))
    assert (found.text, found.unit) == ("还剩 5 天（2041 年 1 月 4 日前）", "calendar")


def test_without_a_deadline_nothing_is_said():
    assert time_left(None, "working", NOW, CALENDAR) is None


def test_the_tone_follows_the_rungs():
    assert left(date(2026, 12, 30)).tone == "neutral"
    assert left(date(2026, 12, 1)).tone == "info"
