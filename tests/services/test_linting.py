"""What the law demands of a guide and a guide lacks: each rule finds what it is for, and only that."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tongban.registry.models import TimeLimit
from tongban.services import linting, models
from tongban.services.exchange import commands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def rules(matter="7003", **more):
    return {(one.level, one.rule) for one in linting.findings(matter=matter, **more)}


def offering(matter="7003", place="610113", **changed):
    models.Offering.objects.filter(matter=matter, place=place).update(**changed)


def item(matter="7003", **changed):
    models.Item.objects.filter(matter=matter).update(**changed)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"promised": None}, ("wrong", "promise")),
        ({"promised": 21}, ("wrong", "longer")),
        ({"promised": 3}, ("doubt", "clock")),
        ({"phone": ""}, ("wrong", "phone")),
        ({"window": ""}, ("wrong", "window")),
        ({"channels": []}, ("wrong", "channels")),
        ({"channels": ["online"]}, ("wrong", "counter")),
        ({"fee": "100 元"}, ("wrong", "fee")),
        ({"fee": "100 元", "fee_basis": "局里的通知"}, ("doubt", "license_fee")),
    ],
)
def test_what_an_offering_lacks(changed, rule):
    offering(**changed)
    assert rule in rules()


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"summary": ""}, ("wrong", "summary")),
        ({"summary": "申请人应当依照上述规定办理。"}, ("doubt", "words")),
        ({"summary": "很" * 61}, ("doubt", "long")),
        ({"summary_en": ""}, ("doubt", "english")),
        ({"result": ""}, ("doubt", "result")),
        ({"events": []}, ("doubt", "events")),
        ({"valid_months": None}, ("wrong", "renewable")),
    ],
)
def test_what_an_item_lacks(changed, rule):
    item(**changed)
    assert rule in rules()


def test_an_item_without_basis_conditions_limit_or_anybody_who_does_it():
    models.Item.objects.get(matter="7003").basis.clear()
    models.Condition.objects.filter(matter="7003").delete()
    models.Offering.objects.filter(matter="7003").delete()
    TimeLimit.objects.filter(step="application_legal").delete()
    from tongban.registry import snapshot

    snapshot.touch()
    found = rules()
    assert found >= {("wrong", name) for name in ("basis", "conditions", "offered", "legal_limit")}


def test_other_materials_are_forbidden():
    models.Material.objects.filter(pk="layout").update(name="法律法规规定的其他材料")
    assert ("wrong", "other") in rules()


def test_what_a_register_has_is_not_asked_for_art_7_of_decree_716():
    models.Need.objects.filter(matter="7003", material="business_licence").update(how="required")
    assert rules() == {("wrong", "register"), ("doubt", "hint")}


def test_a_promise_in_working_days_is_held_against_a_limit_in_calendar_days():
    offering("7004", promised=11)
    assert ("wrong", "longer") not in rules("7004")  # eleven working days: fifteen with two weekends
    offering("7004", promised=12)
    assert ("wrong", "longer") in rules("7004")


@pytest.mark.parametrize(
    ("matter", "changed", "rule"),
    [
        ("7003", {"article": None}, "article"),
        ("7003", {"operator": "distance", "arguments": {"unit": "years", "low": 1}}, "table"),
        ("7002", {"arguments": {"values": ["illness", "nosuch"]}}, "table"),
        ("7018", {"arguments": {"high": {"parameter": "nosuch"}}}, "parameter"),
    ],
)
def test_what_a_condition_lacks(matter, changed, rule):
    row = models.Condition.objects.filter(matter=matter).exclude(fact__type="declared")
    pick = row.filter(operator="range").first() if matter == "7018" else row.first()
    models.Condition.objects.filter(pk=pick.pk).update(**changed)
    assert ("wrong", rule) in rules(matter)


def test_one_unit_is_told_of_what_it_offers_alone():
    offering(phone="")
    assert [one.rule for one in linting.findings(unit="610113-SJ")] == ["phone"]
    assert linting.findings(unit="610113-MZ") == []


def test_the_command_ends_with_1_where_something_is_wrong_and_0_where_it_is_not():
    clean = CliRunner().invoke(commands.services, ["lint"])
    assert clean.exit_code == 0
    offering(phone="")
    broken = CliRunner().invoke(commands.services, ["lint", "--matter", "7003"])
    assert broken.exit_code == 1
    assert "wrong: 7003" in broken.stdout
    item(result="")
    offering(phone="1")
    assert CliRunner().invoke(commands.services, ["lint"]).exit_code == 0  # a doubt breaks no rule
