"""Granting without asking: the table over a register's rows, a list, an official who confirms; never the machine
alone."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from tongban.accounts.models import Official
from tongban.cases.models import Act, Case, Notice
from tongban.commands.main import app
from tongban.services import models, reading, rules
from tongban.services.unasked import granting, listing, rows

from .conftest import CIVIL, MARKET, PLACE, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city", "unasked"), pytest.mark.both_databases]
NUMBERS = ("11010519491231002X", "110105194912310038", "110105194912310046", "110105194912310054")
HEAD = "姓名,身份证号,电子邮箱,born,您住在本区吗\n"
OLD = f"李秀兰,{NUMBERS[0]},li@example.com,1949-12-31,是\n"
REGISTER = (
    HEAD
    + OLD
    + f"王强,{NUMBERS[1]},,1990/05/05,是\n"
    + f"张三,{NUMBERS[2]},,,是\n"
    + "无号,123,,1940-01-01,是\n"
    + f"李四,{NUMBERS[3]},,昨天,是\n"
)


@pytest.fixture
def unasked(city):
    models.Item.objects.filter(matter="7001").update(unasked=True)
    reading.touch()


def people(text=REGISTER, tmp_path=None):
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    return rows.from_file(path, listing.facts_of("7001"))


def made(tmp_path, text=REGISTER):
    return listing.make("7001", PLACE, people(text, tmp_path), "人口登记")


def test_who_meets_all_stands_on_the_list_and_nobody_is_given_anything(tmp_path):
    report = made(tmp_path)
    assert (report.looked_at, report.entitled, report.open) == (3, 1, 1)
    assert [one.line for one in report.rejected] == [5, 6]
    assert "昨天" in report.rejected[1].reason
    row = models.UnaskedRow.objects.get()
    assert (row.private["name"], row.state) == ("李秀兰", "waiting")
    assert not Case.objects.exists()
    assert granting.grant_confirmed() == 0


def test_an_official_confirms_and_the_person_is_told(tmp_path):
    roll = made(tmp_path).made
    who = official(CIVIL)
    assert granting.confirm(roll, who.official_id, None) == 1
    assert granting.confirm(roll, who.official_id, None) == 0
    assert granting.grant_confirmed() == 1
    case = Case.objects.get()
    assert (case.state, case.unit_id, case.channel) == ("granted", CIVIL, "unasked")
    assert case.private["name"] == "李秀兰"
    assert rules.sent(case)["facts"] == {"born": "1949-12-31", "resident_here": True}
    grant = Act.objects.get(case=case, act="grant")
    assert grant.official_id == who.official_id
    assert Notice.objects.filter(case=case, channel="email").exists()
    row = models.UnaskedRow.objects.get()
    assert (row.state, row.private, row.case_id) == ("granted", None, case.pk)
    assert granting.grant_confirmed() == 0


def test_who_has_it_or_waits_already_does_not_stand_on_another_list(tmp_path):
    first = made(tmp_path)
    assert made(tmp_path).known == 1
    granting.confirm(first.made, official(CIVIL).official_id, None)
    granting.grant_confirmed()
    again = made(tmp_path)
    assert (again.entitled, again.known) == (0, 1)


def test_the_same_person_twice_in_a_file_stands_there_once(tmp_path):
    report = made(tmp_path, HEAD + OLD + OLD)
    assert (report.entitled, report.known) == (1, 1)


def test_whoever_was_left_out_comes_again_when_the_list_is_made_again(tmp_path):
    first = made(tmp_path)
    row = models.UnaskedRow.objects.get()
    assert granting.leave_out(first.made, official(CIVIL).official_id, [row.pk], "已经去世") == 1
    row.refresh_from_db()
    assert (row.private, row.reason) == (None, "已经去世")
    assert made(tmp_path).entitled == 1


def test_an_item_that_is_not_for_it_is_refused(tmp_path):
    models.Item.objects.filter(matter="7001").update(unasked=False)
    reading.touch()
    with pytest.raises(listing.CannotList, match="没有设为免申即享"):
        made(tmp_path)


def test_an_official_whose_post_has_ended_grants_nothing(tmp_path):
    roll = made(tmp_path).made
    who = official(CIVIL)
    granting.confirm(roll, who.official_id, None)
    Official.objects.get(pk=who.official_id).posts.all().update(until=timezone.localdate() - timedelta(days=1))
    granting.grant_confirmed()
    row = models.UnaskedRow.objects.get()
    assert row.state == "waiting"
    assert row.reason
    assert not Case.objects.exists()


def test_a_break_in_the_middle_leaves_nothing_half(tmp_path, monkeypatch):
    roll = made(tmp_path).made
    granting.confirm(roll, official(CIVIL).official_id, None)

    def killed(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(granting.UnaskedRow, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            granting.grant_confirmed()
    assert not Case.objects.exists()
    assert granting.grant_confirmed() == 1
    assert Case.objects.count() == 1


def test_an_erased_case_leaves_no_trace_on_the_list(tmp_path):
    roll = made(tmp_path).made
    granting.confirm(roll, official(CIVIL).official_id, None)
    granting.grant_confirmed()
    granting.forget(Case.objects.get())
    assert models.UnaskedRow.objects.get().person == ""


def test_people_on_old_lists_are_forgotten(tmp_path):
    roll = made(tmp_path).made
    assert listing.forget_old() == 0
    models.UnaskedList.objects.filter(pk=roll.pk).update(made_at=timezone.now() - timedelta(days=91))
    assert listing.forget_old() == 1


def test_rows_come_from_a_database_whose_address_no_command_line_shows(tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "register.sqlite") as database:
        database.execute("CREATE TABLE people (name, id_number, born, resident_here)")
        database.execute("INSERT INTO people VALUES ('李秀兰', ?, '1949-12-31', 1)", [NUMBERS[0]])
    monkeypatch.setenv("TONGBAN_REGISTER", f"sqlite:///{tmp_path}/register.sqlite")
    found = list(rows.from_query("TONGBAN_REGISTER", "SELECT * FROM people", listing.facts_of("7001")))
    assert [(one.who["name"], one.facts["resident_here"]) for one in found] == [("李秀兰", True)]
    with pytest.raises(sqlite3.OperationalError):
        list(rows.from_query("TONGBAN_REGISTER", "DELETE FROM people", ()))
    with pytest.raises(LookupError):
        list(rows.from_query("TONGBAN_NOWHERE", "SELECT 1", ()))


def test_the_command_makes_a_list_and_says_what_it_could_not_read(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    done = CliRunner().invoke(app, ["services", "unasked", "7001", str(path), "--place", PLACE, "--source", "人口登记"])
    assert done.exit_code == 0, done.output
    assert "1 meet all conditions" in done.output
    assert "5: 身份证号或统一社会信用代码不对" in done.output
    assert CliRunner().invoke(app, ["services", "unasked", "9999", str(path), "--place", PLACE]).exit_code == 2


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_desk(signed_in):
    return lambda unit, role="handler": signed_in(Official.objects.get(pk=official(unit, role).official_id))


def test_the_desk_of_the_unit_confirms_and_no_other_sees_it(tmp_path, at_desk):
    roll = made(tmp_path).made
    page = reverse("entitled_desk:unasked_list", args=[roll.pk])
    assert at_desk(MARKET).get(page).status_code == 404
    assert at_desk(CIVIL, "supervisor").get(page).status_code == 404
    client = at_desk(CIVIL)
    text = client.get(page).content.decode()
    assert "李秀兰" in text
    assert NUMBERS[0] not in text
    assert client.post(page, {"confirm": "1"}).status_code == 422
    row = models.UnaskedRow.objects.get()
    assert row.looks == [{"official": row.looks[0]["official"], "unit": CIVIL, "day": row.looks[0]["day"]}]
    assert client.post(page, {"confirm": "1", "row": row.pk}).status_code == 302
    case = Case.objects.get()
    assert case.state == "granted"
    assert rules.sent(case)["unasked"]["looks"] == row.looks
    assert "已给予 1" in client.get(page).content.decode()


def test_leaving_out_needs_a_reason(tmp_path, at_desk):
    roll = made(tmp_path).made
    client, page = at_desk(CIVIL), reverse("entitled_desk:unasked_list", args=[roll.pk])
    row = models.UnaskedRow.objects.get()
    assert client.post(page, {"leave_out": "1", "row": row.pk}).status_code == 422
    assert client.post(page, {"leave_out": "1", "row": row.pk, "reason": "户口已迁出"}).status_code == 302
    assert "户口已迁出" in client.get(f"{page}?state=left_out").content.decode()


def test_the_list_of_lists(tmp_path, at_desk):
    made(tmp_path)
    assert "7001" not in at_desk(MARKET).get(reverse("entitled_desk:unasked")).content.decode()
    assert at_desk(CIVIL).get(reverse("entitled_desk:unasked")).context["rows"][0].waiting == 1
