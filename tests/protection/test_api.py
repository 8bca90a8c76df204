"""The catalogue for programs: the same rule, the same checks, and keys that do a thing once."""

from __future__ import annotations

import json
from dataclasses import replace

import orjson
import pytest

from tests.api.calls import problem
from tests.api.conftest import call, token
from tests.protection.conftest import FIELDS, IDENTITY, UNIT, report
from tongban.protection.models import Field, Scan

__all__ = ["call", "token"]
pytestmark = pytest.mark.django_db
PATH = "/protection/reports?source=许可系统"


@pytest.fixture
def officer_token(token):
    return token(UNIT, "data_officer")


def body(*fields, **more):
    return json.loads(report(*fields, **more).as_json())


def test_a_program_takes_a_report_in_once(call, officer_token):
    sent = body(*FIELDS)
    first = call("POST", PATH, sent, token=officer_token, key="k" * 20)
    assert first.status_code == 201, first.content
    assert first.json()["differences"] == {"new": 5}
    assert (first.json()["again"], first.json()["waiting"], first.json()["fields"]) == (False, 2, 5)
    for key in ("k" * 20, "another-key-for-it-01"):
        again = call("POST", PATH, sent, token=officer_token, key=key)
        assert (again.status_code, again.json()["again"], again.json()["scan"]) == (200, True, first.json()["scan"])
    assert Scan.objects.count() == 1


def test_a_key_is_not_used_for_another_report(call, officer_token):
    call("POST", PATH, body(*FIELDS), token=officer_token, key="k" * 20)
    problem(
        call("POST", PATH, body(IDENTITY, day=2), token=officer_token, key="k" * 20), 409, "conflict", "Idempotency-Key"
    )
    problem(
        call("POST", PATH, body(IDENTITY, started="2026-02-01T00:00:00Z"), token=officer_token),
        409,
        "conflict",
        "report",
    )
    assert Scan.objects.count() == 1


def test_what_is_wrong_is_told_with_the_field(call, officer_token):
    problem(
        call("POST", PATH, body(replace(IDENTITY, samples=("13800138000",))), token=officer_token),
        422,
        "bad_input",
        "report",
    )
    problem(
        call("POST", PATH, body(replace(IDENTITY, level="none")), token=officer_token),
        422,
        "bad_input",
        "fields.0.level",
    )
    problem(call("POST", PATH, {**body(IDENTITY), "more": 1}, token=officer_token), 422, "bad_input", "more")
    problem(call("POST", PATH, {"tongban_scan": 2}, token=officer_token), 422, "bad_input")
    problem(call("POST", PATH, body(IDENTITY, profile="x"), token=officer_token), 422, "bad_input", "report")
    assert not Scan.objects.exists()


def test_fields_are_listed_narrowed_and_paged(call, officer_token, taken):
    taken(*FIELDS, *(replace(IDENTITY, column=f"c{number:02d}") for number in range(60)))
    first = call("GET", "/protection/fields?type=resident_id", token=officer_token).json()
    second = call("GET", f"/protection/fields?type=resident_id&cursor={first['next']}", token=officer_token).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 12, None)
    assert "samples" not in first["items"][0]
    assert b"61" not in orjson.dumps(first["items"][0]["found"])
    only = call("GET", "/protection/fields?level=serious", token=officer_token).json()["items"]
    assert [(row["part"], row["unit"], row["scanner"]["level"]) for row in only] == [("residents", UNIT, "important")]
    problem(call("GET", "/protection/fields?level=x", token=officer_token), 422, "bad_input", "level")


def test_a_scans_differences_are_told(call, officer_token, taken):
    taken(*FIELDS)
    second = taken(replace(FIELDS[1], level="important"), day=2)
    found = call("GET", f"/protection/scans/{second.scan.code}/differences?what=raised", token=officer_token).json()
    assert [(one["what"], one["before"], one["after"], one["column"]) for one in found["items"]] == [
        ("raised", "general-4", "important", "id_no")
    ]
    assert (
        len(call("GET", f"/protection/scans/{second.scan.code}/differences", token=officer_token).json()["items"]) == 5
    )
    (source,) = call("GET", "/protection/sources", token=officer_token).json()["items"]
    assert (source["name"], source["scan"]) == ("许可系统", second.scan.code)
    problem(call("GET", "/protection/scans/nothing/differences", token=officer_token), 404, "not_found")


@pytest.mark.parametrize(
    ("unit", "role", "status"),
    [
        (UNIT, "clerk", 403),
        (UNIT, "administrator", 403),
        (UNIT, "head", 403),
        ("610113-ZJ", "data_officer", 404),
        ("610113-GOV", "data_officer", 200),
    ],
)
def test_other_tokens_get_what_their_post_may_see(call, token, taken, unit, role, status):
    scan = taken(*FIELDS).scan.code
    mine = token(unit, role)
    assert call("GET", f"/protection/scans/{scan}/differences", token=mine).status_code == status
    listed = call("GET", "/protection/fields", token=mine)
    assert listed.status_code == (403 if status == 403 else 200)
    if status == 404:
        assert listed.json()["items"] == []
        assert call("GET", "/protection/sources", token=mine).json()["items"] == []
    if status == 403:
        problem(call("POST", PATH, body(IDENTITY, day=5), token=mine), 403, "not_allowed")
    assert Scan.objects.count() == 1
    problem(call("GET", "/protection/fields"), 401, "not_authenticated")


def test_an_officers_report_goes_to_the_own_unit_only(call, token):
    assert call("POST", PATH, body(IDENTITY), token=token("610113-ZJ", "data_officer")).status_code == 201
    assert Field.objects.get().source.unit_id == "610113-ZJ"
