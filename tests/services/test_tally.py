"""The tally of the figures: equal to counting the acts, whatever dies in between; recounted, mended, and read alone."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
import typer
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from typer.testing import CliRunner

from tongban.cases import settling
from tongban.cases.models import Act
from tongban.cases.procedure import procedure_for
from tongban.cases.retention import erase_due
from tongban.cases.settling import settle
from tongban.services import figures
from tongban.services.models import CatchingUp, Tallied, TalliedReason
from tongban.services.tally import catching_up, commands, recounting
from tongban.services.tally import reading as tally
from tongban.services.tally.counting import NAMES

from .conftest import MARKET, NOON, PLACE, after, applied, fresh, official, sender, unit_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
FOOD, CARD = "7003", "7001"
BEGIN, END = date(2026, 1, 1), date(2026, 10, 1)
PAGE = "/services/figures/?since=2026-03&until=2026-06"
CSV = "/services/figures.csv?since=2026-03&until=2026-06"
MIDNIGHT = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
"""Where April begins in Shanghai."""


def one_way(rng, at):
    """An application that goes some way."""
    matter = rng.choice((FOOD, CARD))
    who, case = official(unit_of(matter)), applied(matter, at=at)
    steps = [timedelta(seconds=rng.choice((1, 40, 90_000, 900_000))) for _step in range(3)]
    if rng.random() < 0.2:
        return after(case, "tell_missing", who, at + steps[0], text="缺平面图")
    if rng.random() < 0.2:
        return after(case, "not_accept", who, at + steps[0], text="不属于")
    case = after(case, "accept", who, at + steps[0])
    if rng.random() < 0.3:
        return case
    act, why = rng.choice((("grant", {}), ("refuse", {"why": "papers"}), ("refuse", {})))
    case = after(case, act, who, at + steps[0] + steps[1], text="理由", **why)
    if rng.random() < 0.5:
        after(case, "rate", sender(case), at + sum(steps, timedelta()), grade=str(rng.randint(1, 5)), text="意见")
    return case


def from_the_acts():
    """The figures counted one act after the other, by the table alone; what the page did before there was a tally."""
    found, table = Counter(), procedure_for(figures.KIND)
    for act in Act.objects.filter(case__kind=figures.KIND).select_related("case"):
        edge, month = table.named(act.act), timezone.localdate(act.at).replace(day=1)
        key = (month, act.for_unit, act.case.place_id, act.case.matter_id)
        for name, number in figures.counted(edge, act.public).items():
            found[(*key, name)] += number
        if edge.counted(act.public) == "refused":
            found[(*key, f"refused:{act.public.get('why') or ''}")] += 1
    return +found


def in_the_tally():
    found = Counter()
    for row in Tallied.objects.all():
        found.update({(row.month, row.unit, row.place, row.item, name): getattr(row, name) for name in NAMES})
    for one in TalliedReason.objects.all():
        found[(one.month, one.unit, one.place, one.item, f"refused:{one.why}")] += one.number
    return +found


def settled():
    while settle(50):
        pass


@pytest.fixture
def rich(city):
    """Thirty applications around the end of a month, in all states."""
    rng = random.Random(20261201)
    for number in range(30):
        one_way(rng, MIDNIGHT + timedelta(hours=rng.choice((-30, -1, 0, 5)), seconds=number - 2))
    return rng


def test_columns_are_the_figures():
    columns = {field.name for field in Tallied._meta.get_fields()}
    assert columns == {"id", "month", "unit", "place", "item", *NAMES}


def test_the_tally_is_what_the_acts_say(rich):
    settled()
    assert in_the_tally() == from_the_acts()
    months = set(Tallied.objects.values_list("month", flat=True))
    assert {date(2026, 3, 1), date(2026, 4, 1)} <= months
    assert sum(row.received for row in Tallied.objects.all()) == 30


def test_what_comes_with_an_old_date_is_in_its_month(rich):
    settled()
    applied(FOOD, at=NOON)
    applied(FOOD, at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    settled()
    assert in_the_tally() == from_the_acts()
    assert Tallied.objects.get(month=date(2025, 12, 1)).received == 1


def test_a_worker_that_dies_while_it_settles_loses_and_doubles_nothing(rich, monkeypatch):
    def die(_acts):
        raise SystemExit

    settle(20)
    with monkeypatch.context() as broken:
        broken.setattr(settling, "_settlers", [*settling._settlers, die])
        for _time in range(3):
            with pytest.raises(SystemExit):
                settle(20)
    settled()
    assert in_the_tally() == from_the_acts()


def without_a_tally():
    """As the migration leaves a house that had acts: nothing is counted, and the mark stands at the beginning."""
    Tallied.objects.all().delete()
    TalliedReason.objects.all().delete()
    CatchingUp.objects.create()


@pytest.mark.parametrize("seed", range(6))
def test_what_was_settled_before_is_taken_in_once_while_others_settle(rich, monkeypatch, seed):
    monkeypatch.setattr(catching_up, "STRETCH", 17)
    rng = random.Random(seed)
    settle(rng.randint(0, 90) or 1)
    without_a_tally()
    real, dies = CatchingUp.save, rng.randint(1, 3)

    def sometimes(self, *args, **kwargs):
        real(self, *args, **kwargs)
        if rng.randint(0, dies) == 0:
            raise SystemExit

    monkeypatch.setattr(CatchingUp, "save", sometimes)
    for _turn in range(400):
        what = rng.random()
        if what < 0.5:
            try:
                catching_up.step()
            except SystemExit:
                continue
        elif what < 0.8:
            settle(rng.randint(1, 12))
        elif what < 0.85:
            one_way(rng, NOON)
        if not catching_up.under_way():
            break
    assert not catching_up.under_way()
    settled()
    assert in_the_tally() == from_the_acts()
    assert catching_up.step() == 0


def test_keys_that_no_act_has_are_passed_over(rich, monkeypatch):
    """A sequence has gaps: what was taken back took its keys along."""
    monkeypatch.setattr(catching_up, "STRETCH", 1_000)
    settled()
    without_a_tally()
    CatchingUp.objects.update(done=-5_000_000)
    steps = 0
    while catching_up.step():
        steps += 1
    assert steps < 10
    assert in_the_tally() == from_the_acts()


def test_a_house_that_has_acts_catches_up_after_the_upgrade_and_an_empty_one_need_not(city):
    mark = import_module("tongban.services.migrations.0080_tally").mark
    mark(apps, None)
    assert not catching_up.under_way()
    applied(FOOD)
    settled()
    Tallied.objects.all().delete()
    mark(apps, None)
    assert catching_up.step() > 0
    assert catching_up.step() == 0
    assert not catching_up.under_way()
    assert in_the_tally() == from_the_acts()


def test_a_recount_finds_a_row_that_was_changed_and_puts_it_right(rich):
    settled()
    assert recounting.recount(BEGIN, END).differences == []
    row = Tallied.objects.filter(item=FOOD, received__gt=0).first()
    Tallied.objects.filter(pk=row.pk).update(received=row.received + 1)
    gone = TalliedReason.objects.first()
    gone.delete()
    found = recounting.recount(BEGIN, END).differences
    assert {(one.name, one.tallied, one.counted) for one in found} == {
        ("received", row.received + 1, row.received), (f"refused:{gone.why}", 0, gone.number)}  # fmt: skip
    assert recounting.recount(date(2020, 1, 1), date(2020, 2, 1)).differences == []
    assert len(recounting.mend(BEGIN, END).differences) == 2
    assert recounting.recount(BEGIN, END).differences == []
    assert in_the_tally() == from_the_acts()


def test_the_command_says_where_the_tally_differs(rich):
    settled()
    app = typer.Typer()
    app.command()(commands.figures)
    run = CliRunner()
    assert run.invoke(app, ["--since", "2026-03"]).exit_code == 0
    Tallied.objects.filter(month=date(2026, 3, 1), item=FOOD).update(granted=77)
    told = run.invoke(app, ["--since", "2026-03", "--until", "2026-03"])
    assert told.exit_code == 1
    assert f"≠ 2026-03 {MARKET} {PLACE} {FOOD} granted: tally 77, from the acts" in told.output
    assert run.invoke(app, ["--since", "2026-04"]).exit_code == 0
    assert run.invoke(app, ["--mend"]).exit_code == 1
    assert run.invoke(app, []).exit_code == 0
    assert run.invoke(app, ["--since", "2026-13"]).exit_code == 2
    CatchingUp.objects.create()
    assert run.invoke(app, []).exit_code == 2


def test_nothing_is_written_where_an_act_settles_while_months_are_counted(rich, monkeypatch):
    settled()
    Tallied.objects.filter(item=FOOD).update(granted=77)
    real = recounting.recount

    def and_meanwhile(*args):
        found = real(*args)
        applied(FOOD, at=NOON)
        settled()
        return found

    monkeypatch.setattr(recounting, "recount", and_meanwhile)
    with pytest.raises(recounting.Unsteady):
        recounting.mend(BEGIN, END)
    assert {row.granted for row in Tallied.objects.filter(item=FOOD, month=date(2026, 4, 1))} == {77}
    monkeypatch.setattr(recounting, "recount", real)
    recounting.mend(BEGIN, END)
    assert in_the_tally() == from_the_acts()


def test_erasing_an_application_leaves_the_figures(rich):
    settled()
    before = in_the_tally()
    assert erase_due(date(2090, 1, 1)) > 0
    settled()
    assert in_the_tally() == before == from_the_acts()


def test_no_act_moves_an_application_to_another_item_or_place():
    """Else what was counted of it would stand under an item that is no longer its own."""
    for edge in procedure_for(figures.KIND).edges:
        assert {one.name for one in edge.inputs}.isdisjoint({"matter", "place"}), edge.act
    case = applied(FOOD)
    after(case, "dispatch", official(MARKET, "clerk"), NOON, unit=MARKET)
    assert (fresh(case).matter_id, fresh(case).place_id) == (FOOD, PLACE)


def test_page_and_csv_read_no_act_that_has_settled(rich):
    settled()
    for address in (PAGE, CSV):
        Client().get(address)
        with CaptureQueriesContext(connection) as found:
            assert Client().get(address).status_code == 200
        said = [query["sql"] for query in found.captured_queries]
        of_acts = [sql for sql in said if "cases_act" in sql]
        assert len(of_acts) == 1
        assert "LIMIT 1000" in of_acts[0]
        assert "settled" in of_acts[0].split("WHERE")[1]
        assert len(said) <= 6, said


def test_numbers_that_still_grow_are_said_to_grow_and_kept_for_a_moment(rich):
    settled()
    whole = Client().get(PAGE)
    assert whole["Public-For"] == "3600"
    assert "正在计入" not in whole.content.decode()
    applied(FOOD, at=NOON)
    growing = Client().get(PAGE)
    assert growing["Public-For"] == "30"
    assert "正在计入" in growing.content.decode()
    assert Client().get("/services/figures/?since=2026-05&until=2026-06")["Public-For"] == "3600"


def test_a_backlog_longer_than_is_looked_at_may_be_of_any_month(rich, monkeypatch):
    settled()
    applied(FOOD, at=NOON)
    monkeypatch.setattr(tally, "LOOKED", 1)
    assert tally.waiting(date(2026, 5, 1), date(2026, 6, 1))


def test_no_number_is_shown_while_old_acts_are_taken_in(rich):
    settled()
    without_a_tally()
    page, file = Client().get(PAGE), Client().get(CSV)
    assert "还没有统计完" in page.content.decode()
    assert "<table" not in page.content.decode()
    assert page["Public-For"] == "30"
    assert (file.status_code, file["Retry-After"]) == (503, "60")
    while catching_up.step():
        pass
    assert "还没有统计完" not in Client().get(PAGE).content.decode()
    assert Client().get(CSV).status_code == 200


def test_an_act_that_is_written_badly_counts_as_nothing_and_stops_no_one():
    line = procedure_for(figures.KIND).named("submit")
    found = figures.counted(line, {"asked_for": "many", "from_registers": -4})
    assert +found == Counter(received=1)
