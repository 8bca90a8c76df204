"""Sending a letter through /api/v1: the receipt, the same letter twice, and every way in which it is refused."""

from __future__ import annotations

import pytest

from tests.api.calls import LETTER, new_key, problem
from tongban.cases.models import Act, Case
from tongban.cases.receipts import digest
from tongban.gate import rates

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_letter_is_taken_and_the_receipt_opens_it(call):
    answer = call("POST", "/letters", {**LETTER, "name": "王小明", "phone": "138 0000 0000", "email": "xm@example.org"})
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["state"], receipt["unit"], receipt["again"]) == ("dispatched", "610113-CG", False)
    assert receipt["answer_due_at"].endswith("Z")
    case = Case.objects.get(code=receipt["code"])
    assert (case.channel, case.sender, case.secret_digest) == ("api", "王小明", digest(receipt["secret"]))
    assert call("GET", f"/letters/{receipt['code']}", secret=receipt["secret"]).status_code == 200


def test_the_same_letter_under_the_same_key_is_one_letter_and_one_receipt(call):
    key = new_key()
    first, second = call("POST", "/letters", LETTER, key=key), call("POST", "/letters", LETTER, key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert {**first.json(), "again": True} == second.json()
    assert Case.objects.count() == 1
    assert Act.objects.count() == 1


def test_a_key_is_good_for_one_letter(call):
    key = "key-for-one-letter-only"
    first = call("POST", "/letters", LETTER, key=key)
    other = call("POST", "/letters", {**LETTER, "subject": "另一件事"}, key=key)
    problem(other, 409, "conflict", "Idempotency-Key")
    again = call("POST", "/letters", LETTER, key=key)
    assert again.status_code == 200
    assert again.json()["code"] == first.json()["code"]
    assert Case.objects.count() == 1


def test_the_same_letter_under_another_key_is_another_letter(call):
    assert call("POST", "/letters", LETTER).json()["code"] != call("POST", "/letters", LETTER).json()["code"]


@pytest.mark.parametrize("key", ["short", "a" * 101, "with a space in it!!", "键键键键键键键键键键键键键键键键"])
def test_a_key_that_is_none_is_refused(call, key):
    problem(call("POST", "/letters", LETTER, key=key), 422, "bad_input", "Idempotency-Key")


def test_without_a_key_nothing_is_taken(call):
    problem(call("POST", "/letters", LETTER, key=""), 422, "bad_input", "Idempotency-Key")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"matter": "9999"}, "matter"),
        ({"matter": "01"}, "matter"),
        ({"place": "999999"}, "place"),
        ({"against": "NOBODY", "matter": "0901"}, "against"),
        ({"subject": ""}, "subject"),
        ({"subject": " \x00\n "}, "subject"),
        ({"subject": "字" * 101}, "subject"),
        ({"body": "字" * 5001}, "body"),
        ({"body": None}, "body"),
        ({"visibility": "secret"}, "visibility"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"name": "字" * 41}, "name"),
        ({"language": "fr"}, "language"),
        ({"unknown": 1}, "unknown"),
        ({"matter": ["0101"]}, "matter"),
        ({"place": "610113\x00"}, "place"),
    ],
)
def test_what_is_wrong_is_named(call, change, field):
    problem(call("POST", "/letters", {**LETTER, **change}), 422, "bad_input", field)
    assert not Case.objects.exists()


def test_a_missing_field_is_named(call):
    problem(
        call("POST", "/letters", {name: value for name, value in LETTER.items() if name != "body"}),
        422,
        "bad_input",
        "body",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b'{"subject": "\\ud800"}', 400), (b"\xff\xfe", 400), (b"[" * 5000, 400), (b"[]", 422), (b"", 422)],
)
def test_a_body_that_cannot_be_read_is_refused(call, body, status):
    problem(call("POST", "/letters", body), status)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_a_body_that_does_not_say_it_is_json_is_refused(call, kind):
    problem(call("POST", "/letters", LETTER, **{"Content-Type": kind}), 415, "wrong_type")


def test_a_body_beyond_the_limit_is_refused(call, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(call("POST", "/letters", {**LETTER, "body": "字" * 900}), 413, "too_big")


def test_a_complaint_about_conduct_has_to_name_the_unit_and_never_reaches_it(call):
    """信访工作条例 Art. 30: otherwise it could be handed to the very people it is about."""
    complaint = {**LETTER, "matter": "0901"}
    problem(call("POST", "/letters", complaint), 422, "bad_input", "against")
    assert call("POST", "/letters", {**complaint, "against": "610113-CG"}).json()["unit"] == "610113-GOV"


def test_an_empty_registry_says_that_it_is_not_possible_yet(call):
    from tongban.registry import models, snapshot

    models.Duty.objects.all().delete()
    models.Unit.objects.update(coordinating=False)
    snapshot.touch()
    problem(call("POST", "/letters", LETTER), 503, "not_yet")


def test_the_refusal_speaks_the_callers_language(call):
    words = {
        problem(call("POST", "/letters", LETTER, key="", **{"Accept-Language": language}), 422)["message"]
        for language in ("zh-CN", "en", "zh-TW")
    }
    assert "请填写这一项。" in words


def test_the_notices_language_is_the_one_asked_for_or_that_of_the_call(call):
    call("POST", "/letters", LETTER, **{"Accept-Language": "en"})
    call("POST", "/letters", {**LETTER, "language": "zh-hant"}, **{"Accept-Language": "en"})
    assert list(Case.objects.order_by("pk").values_list("language", flat=True)) == ["en", "zh-hant"]


def test_too_many_letters_from_one_address_have_to_wait(call, settings):
    settings.RATE_LIMITS = True
    rates.BUCKETS.clear()
    answers = [call("POST", "/letters", LETTER) for _ in range(21)]
    rates.BUCKETS.clear()
    assert [answer.status_code for answer in answers[:20]] == [201] * 20
    problem(answers[20], 429, "too_many")
    assert int(answers[20]["Retry-After"]) > 0


def test_a_submission_costs_no_query_beyond_the_kernels(call, letter, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    letter()
    with CaptureQueriesContext(connection) as kernel:
        letter(body="另一封")
    with django_assert_max_num_queries(len(kernel)):
        call("POST", "/letters", LETTER)


def test_the_database_being_away_is_said_and_not_blamed_on_the_caller(call, monkeypatch):
    from django.db import OperationalError

    from tongban.counter.api import routes

    def locked(*args, **more):
        raise OperationalError("database is locked")

    monkeypatch.setattr(routes, "submit", locked)
    answer = call("POST", "/letters", LETTER)
    problem(answer, 503, "busy")
    assert answer["Retry-After"] == "5"
