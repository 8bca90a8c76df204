"""Registers made known from a table; what is wrong is rejected with its reason, and doctor says what is not set up."""

from __future__ import annotations

import pytest

from tongban.services import reading
from tongban.services.models import Fact, Source
from tongban.services.sources import pulling, setting_up

from .registers import registers  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]
GOOD = {
    "code": "housing",
    "name": "住房登记",
    "unit": "610113-ZJ",
    "kind": "sql",
    "address": "TONGBAN_REGISTER_HOUSING",
    "view": "homes",
    "columns": "resident_here=lives_here hardship=reason",
}


def test_a_register_is_taken_and_its_facts_name_it():
    assert setting_up.take_in([(2, GOOD)]) == (1, [])
    reading.forget()
    assert Source.objects.get(code="housing").settings["columns"]["hardship"] == "reason"
    assert pulling.offered(["hardship"]) == {"housing": ["hardship"]}
    assert Fact.objects.get(code="resident_here").sources == ["population", "housing"]
    setting_up.take_in([(2, {**GOOD, "columns": "resident_here=lives_here"})])
    reading.forget()
    assert pulling.offered(["hardship"]) == {}


def test_a_register_that_is_not_in_use_is_not_asked():
    setting_up.take_in([(2, {**GOOD, "active": "no"})])
    reading.forget()
    assert pulling.offered(["hardship"]) == {}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"code": "a b"}, "代码"), ({"name": ""}, "名称"), ({"unit": "nobody"}, "单位"), ({"kind": "ftp"}, "sql"),
        ({"columns": "born"}, "columns"), ({"columns": "nothing=x"}, "nothing"),
        ({"address": "postgresql://u:p@h/db"}, "TONGBAN_REGISTER_"), ({"token": "sesame"}, "TONGBAN_REGISTER_"),
        ({"address": ""}, "address"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_rejected_with_its_line_and_the_rest_kept(wrong, reason):
    taken, rejected = setting_up.take_in([(2, {**GOOD, **wrong}), (3, {**GOOD, "code": "other"})])
    assert taken == 1
    assert [line for line, _reason, _row in rejected] == [2]
    assert reason in rejected[0][1]
    assert not Source.objects.filter(code="housing").exists()


def test_a_dry_run_writes_nothing():
    assert setting_up.take_in([(2, GOOD)], dry_run=True)[0] == 1
    assert not Source.objects.filter(code="housing").exists()


def test_doctor_says_which_register_is_not_set_up(monkeypatch):
    setting_up.take_in([(2, GOOD)])
    levels = {what.split()[1].strip(":"): level for level, what, _advice in setting_up.check()}
    assert levels == {"population": "ok", "firms": "ok", "social": "ok", "housing": "danger"}
    monkeypatch.setenv("TONGBAN_REGISTER_HOUSING", "postgresql://reader:secret@db/homes")
    assert all(level == "ok" for level, _what, _advice in setting_up.check())


def test_the_demos_people_have_right_numbers_and_are_nobody():
    from tongban.detect.checks import is_credit_code, is_resident_id
    from tongban.registry import snapshot
    from tongban.services.sources import invented

    rows = [row for name in ("population", "firms", "social") for row in invented._rows(name)]
    assert all(is_resident_id(row["id_number"]) and row["id_number"].startswith("610199") for row in rows)
    assert all(is_credit_code(row["credit_code"]) for row in rows if "credit_code" in row)
    assert "610199" not in snapshot.current().places  # no county has this code
