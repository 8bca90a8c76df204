"""Figures by item, unit and place: counted from public parts alone, and the same as a recount of the ledger."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.cases.procedure import procedure_for
from tongban.cases.settling import settle
from tongban.ledger.models import QueuedEntry
from tongban.scorecards import statements
from tongban.scorecards.recounting import Recount
from tongban.services import figures
from tongban.services.models import Tallied, TalliedReason
from tongban.services.tally import reading as tally
from tongban.services.tally.counting import NAMES

from .conftest import CIVIL, MARKET, NOON, PLACE, after, applied, official, sender, unit_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
MARCH, LATER = date(2026, 3, 1), date(2026, 6, 1)
DAY = timedelta(days=1)
FOOD, CARD, RELIEF = "7003", "7001", "7002"


def handled(matter, act, days=1, **said):
    who = official(unit_of(matter))
    case = after(applied(matter), "accept", who, NOON)
    return after(case, act, who, NOON + days * DAY, text="理由", **said)


@pytest.fixture
def spring(city):
    """Of one item twelve applications, one of another that was refused after its promise but within the law."""
    for number in range(10):
        case = handled(FOOD, "grant")
        if number < 3:
            after(case, "rate", sender(case), NOON + 2 * DAY, grade="4" if number else "1")
    handled(FOOD, "refuse", why="conditions")
    after(applied(FOOD), "tell_missing", official(MARKET), NOON, text="缺平面图")
    handled(CARD, "refuse", days=8)
    handled(RELIEF, "grant", days=70)
    settled()


def settled():
    while settle(500):
        pass


def of(item):
    """What the tally says of an item, over all its months."""
    found = figures.Row(item, "", "")
    for row in Tallied.objects.filter(item=item):
        found.unit, found.place = row.unit, row.place
        found.counts.update({name: getattr(row, name) for name in NAMES})
    for one in TalliedReason.objects.filter(item=item):
        found.why[one.why] += one.number
    return found


def test_each_item_has_its_own_figures_in_time_against_both_limits(spring):
    food, card, relief = (of(one) for one in (FOOD, CARD, RELIEF))
    assert (food.unit, food.place) == (MARKET, PLACE)
    assert {name: food.counts[name] for name in ("received", "accepted", "granted", "refused", "told")} == {
        "received": 12, "accepted": 11, "granted": 10, "refused": 1, "told": 1}  # fmt: skip
    assert (food.counts["rated"], food.counts["satisfied"]) == (3, 2)
    assert dict(food.why) == {"conditions": 1}
    assert (card.counts["promised"], card.counts["in_promise"]) == (1, 0)
    assert (card.counts["legal"], card.counts["in_law"]) == (1, 1)
    assert (relief.counts["legal"], relief.counts["in_law"]) == (1, 0)
    assert dict(card.why) == {"": 1}


def test_units_come_to_the_same_as_a_recount_of_the_ledger(spring):
    statements.write()
    recount = Recount()
    for raw in QueuedEntry.objects.order_by("key").values_list("entry", flat=True):
        recount.add(json.loads(bytes(raw)))
    assert list(recount.uneven()) == []
    ledger: Counter = Counter()
    for (unit, _month, kind, measure, _value), count in recount.tallies.items():
        if kind == "application":
            ledger[(unit, measure)] += count
    mine: Counter = Counter()
    for row in tally.rows(MARCH, LATER)[0]:
        for name, number in row.counts.items():
            mine[(row.unit, name)] += number
    for word in ("received", "accepted", "granted", "refused", "told"):
        for unit in (MARKET, CIVIL):
            assert mine[(unit, word)] == ledger[(unit, word)], (unit, word)
    assert mine[(MARKET, "received")] == 12


def test_the_running_month_is_not_among_them(spring):
    applied(FOOD, at=timezone.now())
    settled()
    found, _every = tally.rows(MARCH, date(2099, 1, 1), MARKET)
    assert [(row.item, row.counts["received"]) for row in found] == [(FOOD, 12)]


def test_items_with_few_applications_stand_together(spring):
    shown, every = tally.rows(MARCH, LATER)
    assert every == 2
    assert [(row.item, row.unit, row.counts["received"]) for row in shown] == [
        (figures.OTHERS, CIVIL, 2), (FOOD, MARKET, 12)]  # fmt: skip
    assert [dict(row.why) for row in shown] == [{"": 1}, {"conditions": 1}]
    assert tally.rows(MARCH, LATER, most=1) == (shown[:1], 2)
    assert tally.rows(MARCH, LATER, MARKET) == (shown[1:], 1)
    assert tally.rows(date(2026, 4, 1), LATER, MARKET) == ([], 0)


def test_everybody_sees_the_page_and_has_the_same_as_csv(spring):
    page = Client().get("/services/figures/?since=2026-03&until=2026-06")
    assert page.status_code == 200
    text = page.content.decode()
    assert "食品经营许可" in text
    assert "不符合条件 1" in text
    assert "低保" not in text
    answer = Client().get("/services/figures.csv?since=2026-03&until=2026-06")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    food = next(row for row in rows if row["item"] == FOOD)
    assert (food["received"], food["granted"], food["refused_because"]) == ("12", "10", "conditions=1")
    assert [row["received"] for row in rows if not row["item"]] == ["2"]
    assert Client().get("/services/figures/?since=abc&until=9999-99&unit=nobody").status_code == 200


def test_what_is_asked_for_and_what_registers_give_is_counted_at_the_opening():
    line = procedure_for("application").named("submit")
    found = figures.counted(line, {"asked_for": 3, "from_registers": 2})
    assert dict(found) == {"received": 1, "asked_for": 3, "from_registers": 2}
    assert figures.counted(line, {})["asked_for"] == 0
