"""Moments and days: midnight in Asia/Shanghai, pauses, days left, rungs; the data files; the page of this room."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.workdays import (
    Calendar,
    Limit,
    days_left,
    deadline,
    end_of_day,
    load_limits,
    pause_shift,
    rung,
    shanghai_day,
)
from tongban.workdays.ladder import thresholds

CALENDAR = Calendar()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "rooms" / "workdays.md"
LIMITS = load_limits(files("tongban.workdays").joinpath("data/limits.toml").read_text(encoding="utf-8"))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC))
units = st.sampled_from(["working", "calendar"])

BY_LAW = {
    "petition_register": (15, "calendar", "《信访工作条例》第22条"),
    "petition_accept": (15, "calendar", "《信访工作条例》第23条"),
    "petition_object": (5, "working", "《信访工作条例》第23条"),
    "petition_answer": (60, "calendar", "《信访工作条例》第34条"),
    "petition_extend": (30, "calendar", "《信访工作条例》第34条"),
    "petition_review_ask": (30, "calendar", "《信访工作条例》第35条"),
    "petition_review_answer": (30, "calendar", "《信访工作条例》第35条"),
    "petition_recheck_ask": (30, "calendar", "《信访工作条例》第36条"),
    "petition_recheck_answer": (30, "calendar", "《信访工作条例》第36条"),
    "licence_missing_documents": (5, "working", "《行政许可法》第32条"),
    "licence_decide": (20, "working", "《行政许可法》第42条"),
    "licence_extend": (10, "working", "《行政许可法》第42条"),
    "licence_joint": (45, "working", "《行政许可法》第42条"),
    "licence_joint_extend": (15, "working", "《行政许可法》第42条"),
    "licence_issue": (10, "working", "《行政许可法》第44条"),
    "disclosure_answer": (20, "working", "《政府信息公开条例》"),
    "disclosure_extend": (20, "working", "《政府信息公开条例》"),
}
SAMPLES = {
    "guangdong_question": 2,
    "guangdong_help": 10,
    "guangdong_complaint": 15,
    "shangluo": 7,
    "shangluo_complex": 15,
}


@pytest.mark.parametrize("name", BY_LAW)
def test_a_law_given_limit_has_its_days_unit_article_and_trust(name):
    found, (days, unit, article) = LIMITS[name], BY_LAW[name]
    assert (found.days, found.unit, found.trust) == (days, unit, "V")
    assert found.basis.startswith(article)


def test_hotline_samples_are_working_days_from_a_secondary_page():
    found = {name.removeprefix("hotline_"): row for name, row in LIMITS.items() if name.startswith("hotline_")}
    assert {name: row.days for name, row in found.items()} == SAMPLES
    assert {(row.unit, row.trust) for row in found.values()} == {("working", "X")}
    assert len(LIMITS) == len(BY_LAW) + len(SAMPLES)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[a]\ndays = true\nunit = 'working'\nbasis = 'b'", r"\[a\] days must be a whole number"),
        ("[a]\ndays = 2.5\nunit = 'working'\nbasis = 'b'", r"\[a\] days must be a whole number"),
        ("[a]\ndays = -1\nunit = 'working'\nbasis = 'b'", r"\[a\] days must not be negative"),
        ("[a]\ndays = 2\nunit = 'weeks'\nbasis = 'b'", r"\[a\] unit must be working or calendar"),
        ("[a]\ndays = 2\nunit = 'working'\nbasis = ' '", r"\[a\] basis must name the rule"),
        ("[a]\ndays = 2\nunit = 'working'\nbasis = 'b'\ntrust = 'Q'", r"\[a\] trust must be V, X or M"),
        ("[a]\ndays = 2", r"\[a\] has no unit, basis"),
        ("a = 2", "a is not a table"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_the_reason(text, why):
    with pytest.raises(ValueError, match=why):
        load_limits(text)


def test_limits_are_read_from_a_path_and_trust_is_memory_where_none_is_given(tmp_path):
    file = tmp_path / "limits.toml"
    file.write_text("[a]\ndays = 2\nunit = 'working'\nbasis = '某规定'\n", encoding="utf-8")
    assert load_limits(file) == {"a": Limit(2, "working", "某规定", "M")}


@pytest.mark.parametrize(
    "ask",
    [
        shanghai_day,
        lambda moment: deadline(Limit(1, "calendar", "x"), moment, CALENDAR),
        lambda moment: pause_shift(datetime(2026, 3, 9, tzinfo=UTC), moment, moment, "calendar", CALENDAR),
        lambda moment: days_left(moment, datetime(2026, 3, 9, tzinfo=UTC), "calendar", CALENDAR),
    ],
)
def test_a_moment_without_a_time_zone_is_refused(ask):
    with pytest.raises(ValueError, match="time zone"):
        ask(datetime(2026, 3, 2, 8, 0))


@given(moments, st.integers(-14, 14))
def test_the_same_moment_written_in_another_zone_is_the_same_day(moment, hours):
    assert shanghai_day(moment.astimezone(timezone(timedelta(hours=hours)))) == shanghai_day(moment)


@given(st.dates(date(2024, 1, 1), date(2026, 11, 30)))
def test_a_day_ends_one_second_before_midnight_in_shanghai(day):
    end = end_of_day(day)
    assert end.tzinfo is UTC
    assert (shanghai_day(end), shanghai_day(end + timedelta(seconds=1))) == (day, day + timedelta(days=1))
    assert (end.hour, end.minute, end.second) == (15, 59, 59)


@given(moments, st.integers(0, 40), st.integers(0, 20), units)
def test_an_extension_is_added_in_the_limits_own_unit(start, number, extra, unit):
    one = deadline(Limit(number, unit, "x"), start, CALENDAR, extra)
    assert one == deadline(Limit(number + extra, unit, "x"), start, CALENDAR)


def test_a_pause_over_a_holiday_adds_only_its_working_days_to_a_working_day_limit():
    due = end_of_day(date(2026, 10, 12))
    start, end = datetime(2026, 9, 30, 2, tzinfo=UTC), datetime(2026, 10, 8, 2, tzinfo=UTC)
    assert shanghai_day(pause_shift(due, start, end, "working", CALENDAR)) == date(2026, 10, 13)
    assert shanghai_day(pause_shift(due, start, end, "calendar", CALENDAR)) == date(2026, 10, 20)


def test_a_pause_of_two_minutes_over_midnight_in_shanghai_adds_a_day():
    due, midnight = end_of_day(date(2026, 3, 10)), datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert shanghai_day(pause_shift(due, midnight - minute, midnight + minute, "working", CALENDAR)) == date(
        2026, 3, 11
    )


@given(moments, st.integers(10, 40), st.lists(st.integers(0, 200), min_size=2, max_size=2), units)
def test_one_pause_and_the_same_pause_cut_in_two_move_a_deadline_alike(start, number, hours, unit):
    due = deadline(Limit(number, unit, "x"), start, CALENDAR)
    middle, end = start + timedelta(hours=hours[0]), start + timedelta(hours=sum(hours))
    whole = pause_shift(due, start, end, unit, CALENDAR)
    assert whole == pause_shift(pause_shift(due, start, middle, unit, CALENDAR), middle, end, unit, CALENDAR)


@given(moments, st.integers(1, 30), st.integers(0, 300), units)
def test_a_case_that_stood_still_has_as_many_days_left_as_before(start, number, hours, unit):
    due, end = deadline(Limit(number, unit, "x"), start, CALENDAR), start + timedelta(hours=hours)
    assert days_left(end, pause_shift(due, start, end, unit, CALENDAR), unit, CALENDAR) == number


def test_days_left_to_the_last_day_of_the_last_known_year_are_working_days():
    due = end_of_day(date(2026, 12, 31))
    assert days_left(datetime(2026, 12, 24, tzinfo=UTC), due, "working", CALENDAR) == 5


def test_days_left_are_negative_once_late_and_count_working_days():
    due = end_of_day(date(2026, 9, 30))
    assert days_left(datetime(2026, 10, 9, tzinfo=UTC), due, "working", CALENDAR) == -2
    assert days_left(datetime(2026, 10, 9, tzinfo=UTC), due, "calendar", CALENDAR) == -9


@given(moments, st.integers(0, 24 * 60))
def test_time_only_climbs_the_ladder(due, hours):
    order = ["on_time", "due_soon", "due", "overdue", "long_overdue"]
    now = due - timedelta(hours=hours)
    steps = [order.index(rung(now + timedelta(hours=n), due, CALENDAR)) for n in range(0, 24 * 30, 7)]
    assert steps == sorted(steps)


def test_the_ladder_begins_where_its_data_file_says_to_the_second():
    day, second = timedelta(days=1), timedelta(seconds=1)
    due, soon, long = end_of_day(date(2026, 6, 15)), thresholds()["due_soon"], thresholds()["long_overdue"]
    edges = [
        (due - day * (soon + 1), "on_time", "due_soon"),
        (due - day, "due_soon", "due"),
        (due, "due", "overdue"),
        (due + day * (long - 1), "overdue", "long_overdue"),
    ]
    for at, before, after in edges:
        assert (rung(at, due, CALENDAR), rung(at + second, due, CALENDAR)) == (before, after)


def test_the_ladder_needs_no_calendar():
    assert rung(datetime(2090, 1, 1, tzinfo=UTC), datetime(2090, 2, 1, tzinfo=UTC), CALENDAR) == "on_time"


def test_the_page_of_this_room_shows_what_happens():
    ran = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (ran.failed, ran.attempted > 15) == (0, True)
