"""Figures: what counts, how it adds up, and that anybody can recompute it from the acts."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.actor import resident
from tongban.cases.models import Act
from tongban.cases.procedure import DAYS_STEPS
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.letters.procedure import LETTER
from tongban.scorecards.counting import unit_of
from tongban.scorecards.figures import Figures, by_month, by_unit, median
from tongban.scorecards.models import Tally
from tongban.scorecards.rules import measures, stepped, values

pytestmark = pytest.mark.both_databases

MONTH = date(2026, 3, 1)


@given(st.lists(st.integers(0, 4000), max_size=60))
def test_the_median_is_the_one_of_the_statistics_module(values):
    assert median(Counter(values)) == (statistics.median(values) if values else None)


def test_a_figure_that_cannot_be_computed_is_none_and_never_zero():
    nothing = Figures()
    assert (nothing.in_time_percent, nothing.median_days, nothing.satisfied_percent) == (None, None, None)
    assert (nothing.received, nothing.answered, nothing.rated) == (0, 0, 0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_share_in_time_is_of_the_answers_that_had_a_deadline(in_time, late):
    figures = Figures()
    for measure, count in (("answered", in_time + late + 7), ("in_time", in_time), ("late", late)):
        figures.add(measure, 0, count)
    if in_time + late == 0:
        assert figures.in_time_percent is None
    else:
        assert figures.in_time_percent == round(100 * in_time / (in_time + late), 1)


@given(st.lists(st.integers(1, 5), min_size=1))
def test_grades_three_to_five_are_content(grades):
    figures = Figures()
    for grade in grades:
        figures.add("grade", grade, 1)
    assert figures.rated == len(grades)
    assert figures.satisfied_percent == round(100 * sum(grade >= 3 for grade in grades) / len(grades), 1)


@pytest.mark.parametrize(
    ("act", "public", "wanted"),
    [
        ("submit", {}, {("received", 0)}),
        ("answer", {"in_time": True, "days": 4}, {("answered", 0), ("in_time", 0), ("days", 4)}),
        ("approve_answer", {"in_time": False, "days": 90}, {("answered", 0), ("late", 0), ("days", 90)}),
        ("answer", {"in_time": None, "days": 1}, {("answered", 0), ("days", 1)}),
        ("answer_merged", {"days": 3}, {("answered", 0), ("days", 3)}),
        ("rate", {"grade": 2}, {("grade", 2)}),
        ("escalate", {"rung": "overdue"}, {("overdue", 0)}),
        ("escalate", {"rung": "due_soon"}, set()),
        ("draft_answer", {"days": 4}, set()),
        ("ask_review", {}, {("review", 0)}),
        ("publish", {}, {("published", 0)}),
    ],
)
def test_what_an_act_adds_to(act, public, wanted):
    """What it counts for stands in the letters' table; what that adds to is the rule."""
    what = LETTER.named(act).counted(public)
    assert set(measures(what, values(what, public)) if what else ()) == wanted


@given(st.integers(0, 5000))
def test_days_are_exact_up_to_a_week_and_then_the_next_step(days):
    counted = stepped(days, DAYS_STEPS)
    assert counted >= days
    assert counted == days or days > 7
    assert counted <= max(2 * days + 3, 7)
    assert stepped(counted, DAYS_STEPS) == counted
    assert stepped(days, ()) == days


def test_no_figure_reads_who_acted():
    names = {field.name for field in Tally._meta.get_fields()}
    assert names == {"id", "unit", "month", "kind", "measure", "value", "count"}


def recomputed() -> Counter:
    found: Counter = Counter()
    for act in Act.objects.select_related("case"):
        month = timezone.localdate(act.at).replace(day=1)
        what = LETTER.named(act.act).counted(act.public)
        for measure, value in measures(what, values(what, act.public, DAYS_STEPS)) if what else ():
            found[(unit_of(act), month, measure, value)] += 1
    return found


def tallied() -> Counter:
    return Counter(
        {row[:4]: row[4] for row in Tally.objects.values_list("unit_id", "month", "measure", "value", "count")}
    )


@pytest.fixture
def answered(letter, actor):
    """Letters of some months, answered after some days, some of them rated."""
    handler = actor("610113-CG", "handler")
    rng = random.Random(7)
    days = []
    for number in range(9):
        sent = datetime(2026, 1 + number % 3, 3 + number, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
        case, _receipt = letter(now=sent, subject=f"路灯{number}")
        took = rng.randint(3, 90)
        perform(case.pk, Step("accept", handler, at=sent + timedelta(days=1)))
        perform(case.pk, Step("answer", handler, {"text": "已修好。", "at_once": True}, at=sent + timedelta(days=took)))
        days.append(took)
        if number % 2:
            perform(
                case.pk,
                Step("rate", resident(case.pk), {"grade": rng.randint(1, 5)}, at=sent + timedelta(days=took + 1)),
            )
    return days


@pytest.mark.django_db
def test_the_tallies_are_what_anybody_recomputes_from_the_acts(answered):
    while settle(3):
        pass
    assert tallied() == recomputed()
    assert sum(count for key, count in tallied().items() if key[2] == "received") == 9


@pytest.mark.django_db
def test_settling_again_counts_nothing_twice(answered):
    while settle():
        pass
    before = tallied()
    assert settle() == 0
    assert tallied() == before


@pytest.mark.django_db
def test_figures_of_months_and_of_units_tell_the_same_story(answered):
    while settle():
        pass
    since, until = date(2025, 1, 1), date(2026, 12, 1)
    months, units = by_month(None, since, until), by_unit(None, since, until)
    assert sum(f.received for f in months.values()) == sum(f.received for f in units.values()) == 9
    assert units["610113-CG"].answered == len(answered)
    assert units["610113-CG"].median_days == statistics.median(stepped(days, DAYS_STEPS) for days in answered)
    assert by_unit(["610113-ZJ"], since, until) == {}
    assert set(by_month(None, MONTH, MONTH)) <= {MONTH}
