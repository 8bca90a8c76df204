"""Which years are known and how days are counted over them, checked against a walk from day to day."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from tongban.workdays import Calendar, YearNotLoaded
from tongban.workdays import calendar as room

PACKAGED = Calendar()
DAY = timedelta(days=1)
days = st.dates(date(2010, 1, 1), date(2025, 6, 30))
overrides = st.dictionaries(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=60)


def walked(calendar: Calendar, start: date, number: int) -> date:
    while number:
        start += DAY
        number -= calendar.is_working_day(start)
    return start


def test_the_package_itself_refuses_a_year_outside_its_table():
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2003, 12, 31))
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(max(PACKAGED.years_loaded()) + 1, 1, 1))


def test_every_packaged_year_has_its_own_notice_and_none_is_missing_up_to_2026():
    assert PACKAGED.years_loaded()[:23] == tuple(range(2004, 2027))


def test_every_packaged_day_is_what_the_package_says():
    day, last = date(2004, 1, 1), date(max(PACKAGED.years_loaded()), 12, 31)
    while day <= last:
        assert PACKAGED.is_working_day(day) is chinese_calendar.is_workday(day), day
        day += DAY


def test_a_year_with_only_a_stray_day_in_the_package_is_not_taken_for_loaded(monkeypatch):
    stray = {**constants.holidays, date(2033, 1, 1): "New Year's Day"}
    monkeypatch.setattr(constants, "holidays", stray)
    monkeypatch.setattr(chinese_calendar.utils, "holidays", stray)
    assert chinese_calendar.is_workday(date(2032, 10, 1)) is True  # the silent guess
    room.packaged_years.cache_clear()
    try:
        assert not {2032, 2033} & set(room.packaged_years())
    finally:
        room.packaged_years.cache_clear()


def test_counting_to_the_end_of_the_last_known_year_needs_no_next_year():
    assert PACKAGED.working_days_between(date(2026, 1, 1), date(2027, 1, 1)) == 248
    assert PACKAGED.working_days_between(date(2027, 1, 1), date(2026, 12, 31)) == -1
    with pytest.raises(YearNotLoaded) as error:
        PACKAGED.working_days_between(date(2026, 12, 31), date(2027, 1, 2))
    assert error.value.year == 2027


def test_the_last_working_day_of_2026_can_be_reached_and_the_next_cannot():
    assert PACKAGED.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(YearNotLoaded) as error:
        PACKAGED.add_working_days(date(2026, 12, 30), 2)
    assert error.value.year == 2027


def test_a_gap_between_loaded_years_is_not_jumped():
    calendar = Calendar(loaded_years=[2029])
    assert calendar.is_working_day(date(2029, 1, 2)) is True
    for question in (
        lambda: calendar.add_working_days(date(2026, 12, 31), 1),
        lambda: calendar.working_days_between(date(2026, 12, 1), date(2029, 2, 1)),
    ):
        with pytest.raises(YearNotLoaded) as error:
            question()
        assert error.value.year == 2027


def test_a_loaded_year_joins_the_packaged_ones():
    calendar = Calendar({date(2027, 1, 1): False}, [2027])
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_a_year_that_an_administrator_loads_replaces_the_packaged_table():
    calendar = Calendar({date(2026, 10, 2): False}, [2026])
    assert [calendar.is_working_day(date(2026, 10, day)) for day in (1, 2, 10)] == [True, False, False]


def test_an_override_alone_does_not_make_a_year_known():
    with pytest.raises(YearNotLoaded):
        Calendar({date(2027, 1, 1): False}).is_working_day(date(2027, 1, 1))


def test_calendar_days_without_rolling_need_no_calendar():
    assert PACKAGED.add_calendar_days(date(2090, 1, 1), 60, roll=False) == date(2090, 3, 2)
    with pytest.raises(YearNotLoaded):
        PACKAGED.add_calendar_days(date(2090, 1, 1), 60)


def test_civil_code_article_203_a_worked_saturday_does_not_move():
    assert PACKAGED.add_calendar_days(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert PACKAGED.add_calendar_days(date(2026, 10, 16), 1) == date(2026, 10, 19)


@pytest.mark.parametrize("add", [PACKAGED.add_working_days, PACKAGED.add_calendar_days])
def test_a_negative_number_of_days_is_refused(add):
    with pytest.raises(ValueError, match="cannot be negative"):
        add(date(2026, 3, 2), -1)


@given(days, st.integers(0, 300))
def test_adding_working_days_agrees_with_walking_from_day_to_day(start, number):
    assert PACKAGED.add_working_days(start, number) == walked(PACKAGED, start, number)


@given(days, st.integers(0, 500))
def test_counting_agrees_with_looking_at_each_day(start, length):
    expected = sum(PACKAGED.is_working_day(start + DAY * n) for n in range(length))
    assert PACKAGED.working_days_between(start, start + DAY * length) == expected


@given(days, days, days)
def test_counts_of_neighbouring_spans_add_up(one, two, three):
    between = PACKAGED.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)


@given(overrides, st.dates(date(2024, 1, 1), date(2025, 6, 30)), st.integers(1, 60))
def test_overrides_win_and_touch_no_other_day(changed, start, number):
    calendar = Calendar(changed)
    assert all(calendar.is_working_day(day) is worked for day, worked in changed.items())
    if start not in changed:
        assert calendar.is_working_day(start) is PACKAGED.is_working_day(start)
    assert calendar.add_working_days(start, number) == walked(calendar, start, number)


@given(days, st.integers(0, 400))
def test_rolling_lands_on_the_first_working_day_from_the_last_day_on(start, number):
    plain, rolled = PACKAGED.add_calendar_days(start, number, roll=False), PACKAGED.add_calendar_days(start, number)
    assert PACKAGED.is_working_day(rolled)
    assert PACKAGED.working_days_between(plain, rolled) == 0
