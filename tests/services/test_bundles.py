"""One event of life, several units: begun together, some steps wait, nobody sees more than their part."""

from __future__ import annotations

import pytest

from tongban.cases import access, receipts
from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Case
from tongban.cases.writer import Submission, submit
from tongban.registry import snapshot
from tongban.services import bundles, models, reading

from .conftest import CIVIL, MARKET, NOON, PLACE, after, fresh, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def shop(city):
    row, _made = models.Bundle.objects.get_or_create(matter_id="7091")
    row.steps.all().delete()
    for order, (matter, later) in enumerate((("7003", []), ("7002", []), ("7001", ["7003"])), 1):
        models.BundleStep.objects.create(bundle=row, matter_id=matter, order=order, after=later)
    reading.touch()


def begun(**facts):
    sent = Submission(
        "bundle", "7091", PLACE, "一件事", "", visibility="confidential", name="李明",
        extra={"facts": {"has_premises": True, "clean": True, "hardship": "illness", "resident_here": True,
                         "born": "1950-01-01", **facts}, "id_number": ""},
    )  # fmt: skip
    case = submit(sent, NEWCOMER, now=NOON)[0]
    bundles.begin(case)
    return fresh(case)


def parts(case):
    return {part.matter_id: part for part in Case.objects.filter(part_of=case)}


def test_the_first_steps_begin_at_once_with_the_facts_that_their_own_form_asks():
    case = begun()
    found = parts(case)
    assert (case.state, set(found)) == ("running", {"7003", "7002"})
    assert found["7003"].unit_id == MARKET
    assert found["7003"].sender == "李明"
    assert found["7003"].private["extra"]["facts"] == {"has_premises": True, "clean": True}
    assert found["7002"].private["extra"]["facts"] == {"hardship": "illness", "resident_here": True}


def test_a_step_waits_for_another_and_begins_when_it_was_granted():
    case = begun()
    food = after(parts(case)["7003"], "accept", official(MARKET))
    after(food, "grant", official(MARKET), text="准予")
    assert parts(case)["7001"].state == "received"
    assert fresh(case).state == "running"


def test_when_what_a_step_waits_for_is_refused_it_never_begins_and_the_bundle_ends():
    case = begun()
    after(after(parts(case)["7003"], "accept", official(MARKET)), "refuse", official(MARKET), text="不符合第三十三条")
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert set(parts(case)) == {"7003", "7002"}
    assert (fresh(case).state, fresh(case).phase) == ("done", "over")


def test_beginning_twice_begins_once():
    case = begun()
    bundles.begin(case)
    assert bundles.begin_waiting() == 0
    assert len(parts(case)) == 2


def test_the_units_of_the_parts_see_their_own_part_alone():
    case, registry = begun(), snapshot.current()
    market = official(MARKET)
    assert not access.may_see(market, case, registry)
    assert not access.may_see(market, parts(case)["7002"], registry)
    seen = set(access.cases_for(market, registry).values_list("pk", flat=True))
    assert seen == {parts(case)["7003"].pk}


def test_whoever_holds_the_secret_of_the_bundle_follows_its_parts_and_nobody_else(client, settings):
    sent = Submission("bundle", "7091", PLACE, "一件事", "", visibility="confidential",
                      extra={"facts": {"has_premises": True}, "id_number": ""})  # fmt: skip
    case, receipt = submit(sent, NEWCOMER)
    bundles.begin(case)
    part = parts(case)["7003"]
    assert client.get(f"/follow/{part.code}/").status_code == 404
    client.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert f"/follow/{part.code}/" in page
    assert client.get(f"/follow/{part.code}/").status_code == 200
    other, _receipt = submit(sent, NEWCOMER, "other")
    bundles.begin(other)
    assert client.get(f"/follow/{parts(other)['7003'].code}/").status_code == 404
