"""Legal working days and deadlines; each law-given rule has a test named after it."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tongban.workdays
from tongban.workdays import (
    Calendar,
    Limit,
    YearNotLoaded,
    days_left,
    deadline,
    load_limits,
    pause_shift,
    rung,
    shanghai_day,
)
from tongban.workdays.deadlines import SHANGHAI

CALENDAR = Calendar()
OFF_2026 = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
WORKED_2026 = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}
days = st.dates(date(2010, 1, 1), date(2025, 6, 30))


def test_every_day_of_2026_as_the_state_council_said():
    off = {date(2026, month, day) for month, first, last in OFF_2026 for day in range(first, last + 1)}
    worked = {date(2026, *item) for item in WORKED_2026}
    day, number = date(2026, 1, 1), 0
    while day.year == 2026:
        expected = day in worked or (day not in off and day.weekday() < 5)
        assert CALENDAR.is_working_day(day) is expected, day
        number += expected
        day += timedelta(days=1)
    assert number == 248


def test_a_year_without_its_notice_is_an_error_that_says_so():
    with pytest.raises(YearNotLoaded, match="国务院办公厅关于2027年部分节假日安排的通知") as error:
        CALENDAR.is_working_day(date(2027, 3, 1))
    assert error.value.year == 2027
    with pytest.raises(YearNotLoaded):
        CALENDAR.add_working_days(date(2026, 12, 25), 10)


def test_an_administrator_loads_a_year():
    loaded = Calendar({date(2027, 1, 1): False, date(2027, 1, 2): True}, [2027])
    assert loaded.is_working_day(date(2027, 1, 1)) is False
    assert loaded.is_working_day(date(2027, 1, 2)) is True
    assert loaded.is_working_day(date(2027, 1, 4)) is True
    assert 2027 in loaded.years_loaded()


def test_overrides_win_over_the_packaged_table():
    assert Calendar({date(2026, 3, 2): False}).is_working_day(date(2026, 3, 2)) is False


def test_civil_code_article_201_the_first_day_does_not_count():
    assert CALENDAR.add_working_days(date(2026, 3, 2), 1) == date(2026, 3, 3)
    assert CALENDAR.add_working_days(date(2026, 3, 2), 0) == date(2026, 3, 2)


def test_civil_code_article_203_a_last_day_off_moves_to_the_next_working_day():
    assert CALENDAR.add_calendar_days(date(2026, 9, 1), 30) == date(2026, 10, 8)
    assert CALENDAR.add_calendar_days(date(2026, 9, 1), 30, roll=False) == date(2026, 10, 1)


def test_five_working_days_over_the_national_day_holiday():
    limit = Limit(5, "working", "《信访工作条例》第23条", "V")
    due = deadline(limit, datetime(2026, 9, 29, 2, 0, tzinfo=UTC), CALENDAR)
    assert due.astimezone(SHANGHAI) == datetime(2026, 10, 12, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_letter_at_one_past_midnight_in_shanghai_counts_from_that_day():
    limit = Limit(1, "calendar", "x", "M")
    before = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC)
    assert (shanghai_day(deadline(limit, after, CALENDAR)) - shanghai_day(deadline(limit, before, CALENDAR))).days == 1


def test_a_pause_within_one_day_adds_nothing_and_a_night_adds_a_day():
    due = deadline(Limit(10, "calendar", "x", "M"), datetime(2026, 3, 2, tzinfo=UTC), CALENDAR)
    start = datetime(2026, 3, 4, 2, tzinfo=UTC)
    assert pause_shift(due, start, start + timedelta(hours=5), "calendar", CALENDAR) == due
    assert pause_shift(due, start, start + timedelta(days=3), "calendar", CALENDAR) == due + timedelta(days=3)


def test_the_ladder_of_a_deadline():
    due = datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    at = {
        "on_time": datetime(2026, 3, 1, tzinfo=UTC),
        "due_soon": datetime(2026, 3, 8, tzinfo=UTC),
        "due": datetime(2026, 3, 10, 10, tzinfo=UTC),
        "overdue": datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
        "long_overdue": datetime(2026, 3, 26, tzinfo=UTC),
    }
    assert {name: rung(now, due, CALENDAR) for name, now in at.items()} == {name: name for name in at}


def test_law_given_limits_stand_in_the_data_file_with_their_source():
    from importlib.resources import files

    limits = load_limits(files("tongban.workdays").joinpath("data/limits.toml").read_text(encoding="utf-8"))
    assert (limits["petition_object"].days, limits["petition_object"].unit) == (5, "working")
    assert (limits["petition_answer"].days, limits["petition_extend"].days) == (60, 30)
    assert all(limit.basis and limit.trust in "VXM" for limit in limits.values())


@pytest.mark.parametrize("text", ["[a]\ndays = 'x'\nunit='working'\nbasis='b'", "[a]\ndays = 3", "nonsense"])
def test_a_broken_limits_file_is_a_clear_error(text):
    with pytest.raises(ValueError, match="limits cannot be read|invalid literal"):
        load_limits(text)


@given(days, st.integers(1, 300))
def test_adding_working_days_lands_on_a_working_day_and_counts_right(start, number):
    end = CALENDAR.add_working_days(start, number)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start + timedelta(days=1), end + timedelta(days=1)) == number


@given(days, st.integers(1, 200))
def test_more_days_are_never_earlier(start, number):
    assert CALENDAR.add_working_days(start, number) < CALENDAR.add_working_days(start, number + 1)
    assert CALENDAR.add_working_days(start, number) <= CALENDAR.add_working_days(start + timedelta(days=1), number)


@given(days, days)
def test_days_between_is_antisymmetric(one, other):
    assert CALENDAR.working_days_between(one, other) == -CALENDAR.working_days_between(other, one)


@given(days, st.integers(0, 60), st.sampled_from(["working", "calendar"]))
def test_what_is_left_on_the_first_day_is_the_limit(start, number, unit):
    moment = datetime(start.year, start.month, start.day, 4, tzinfo=UTC)
    assert days_left(moment, deadline(Limit(number, unit, "x", "M"), moment, CALENDAR), unit, CALENDAR) == number


def test_the_examples_of_the_documentation():
    assert doctest.testmod(tongban.workdays).failed == 0
