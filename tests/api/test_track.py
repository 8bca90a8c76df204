"""A sender's own letter through /api/v1: code and secret, the timeline, the looks, and the sender's acts."""

from __future__ import annotations

import pytest

from tests.api.calls import new_key, problem
from tongban.cases.actor import SYSTEM
from tongban.cases.looks import look
from tongban.cases.models import Act, Case
from tongban.cases.receipts import grouped
from tongban.cases.writer import Step, perform
from tongban.gate import rates

pytestmark = pytest.mark.django_db


def test_the_letter_as_its_sender_sees_it(call, letter, actor):
    case, receipt = letter(name="王小明", phone="13800000000")
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("note", handler, {"text": "内部的话"}))
    look(Case.objects.get(pk=case.pk), handler, "办理")
    answer = call("GET", f"/letters/{receipt.code}", secret=receipt.secret)
    found = answer.json()
    assert answer.status_code == 200
    assert (found["state"], found["unit"], found["open"], found["days_unit"]) == (
        "accepted",
        "610113-CG",
        True,
        "calendar",
    )
    assert found["days_left"] > 0
    assert found["state_text"] == "承办单位正在办理"
    assert [act["act"] for act in found["acts"]] == ["submit", "accept", "note"]
    assert found["acts"][0]["text"] == case.body
    assert [(row["unit"], row["role"], row["purpose"]) for row in found["looks"]] == [("610113-CG", "handler", "办理")]
    assert found["may"] == ["supplement", "mark_against", "withdraw"]
    text = answer.content.decode()
    assert "内部的话" not in text
    assert "官员" not in text
    assert "13800000000" not in text


def test_a_secret_is_read_as_people_write_it(call, letter):
    _, receipt = letter()
    code, secret = grouped(receipt.code).lower(), grouped(receipt.secret).replace("0", "o").replace("1", "i")
    assert call("GET", f"/letters/{code}", secret=secret).status_code == 200
    assert call("GET", f"/letters/{receipt.code}", **{"X-Receipt-Secret": secret}).status_code == 200


def test_without_a_secret_nothing_is_told(call, letter, token):
    _, receipt = letter()
    answer = call("GET", f"/letters/{receipt.code}")
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Receipt"
    problem(call("GET", f"/letters/{receipt.code}", token=token("610113-CG", "handler")), 401)
    problem(call("POST", f"/letters/{receipt.code}/acts", {"act": "withdraw"}), 401)


def test_a_wrong_code_and_a_wrong_secret_are_told_alike(call, letter):
    _, receipt = letter()
    _, other = letter(body="另一封")
    wrong = [
        call("GET", f"/letters/{receipt.code}", secret=other.secret),
        call("GET", "/letters/AAAAAAAAAAAA", secret=receipt.secret),
        call("GET", "/letters/%00%F0%9F%98%80", secret=receipt.secret),
        call("GET", f"/letters/{receipt.code}", secret="x" * 500),
        call("POST", f"/letters/{receipt.code}/acts", {"act": "withdraw"}, secret=other.secret),
    ]
    assert len({answer.content for answer in wrong}) == 1
    for answer in wrong:
        problem(answer, 404, "not_found")


def test_guessing_is_slowed_down(call, letter, settings):
    settings.RATE_LIMITS = True
    rates.BUCKETS.clear()
    _, receipt = letter()
    answers = [call("GET", f"/letters/{receipt.code}", secret="0" * 20).status_code for _ in range(21)]
    rates.BUCKETS.clear()
    assert answers == [404] * 20 + [429]


def act(call, receipt, name, key=None, version=None, secret=None, **payload):
    body = {"act": name, "payload": payload, **({"version": version} if version is not None else {})}
    return call("POST", f"/letters/{receipt.code}/acts", body, secret=secret or receipt.secret, key=key)


def test_the_senders_way_from_supplement_to_recheck(call, answered, letter, actor):
    _, receipt = letter()
    assert act(call, receipt, "supplement", text="昨夜又有。").json()["state"] == "dispatched"
    assert act(call, receipt, "withdraw").json()["state"] == "withdrawn"

    case, receipt = answered(body="第二封")
    assert act(call, receipt, "rate", grade=4, text="不错").status_code == 200
    assert act(call, receipt, "ask_review", text="没有解决。").json()["state"] == "under_review"
    perform(case.pk, Step("answer_review", actor("610113-GOV", "head"), {"text": "维持。"}))
    assert act(call, receipt, "ask_recheck", text="仍不服。").json()["state"] == "under_recheck"

    case, receipt = letter(body="第三封")
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("ask_resident", handler, {"text": "请说明地点。"}))
    found = call("GET", f"/letters/{receipt.code}", secret=receipt.secret).json()
    assert (found["paused"], found["days_left"], found["may"][0]) == (True, None, "reply")
    assert act(call, receipt, "reply", text="在东门。").json()["state"] == "accepted"


def test_the_same_act_under_the_same_key_is_done_once(call, letter):
    case, receipt = letter()
    key = new_key()
    first, second = (act(call, receipt, "supplement", key, text="昨夜又有。") for _ in range(2))
    assert (first.json()["again"], second.json()["again"]) == (False, True)
    assert Act.objects.filter(case=case, act="supplement").count() == 1


def test_a_key_used_for_other_words_is_refused_and_nothing_is_lost_in_silence(call, letter):
    case, receipt = letter()
    key = new_key()
    act(call, receipt, "supplement", key, text="昨夜又有。")
    problem(act(call, receipt, "supplement", key, text="完全不同的话。"), 409, "conflict", "Idempotency-Key")
    problem(act(call, receipt, "withdraw", key), 409, "conflict", "Idempotency-Key")
    assert Act.objects.filter(case=case).count() == 2


def test_two_letters_may_use_the_same_key(call, letter):
    key = new_key()
    for body in ("一", "二"):
        _, receipt = letter(body=body)
        assert act(call, receipt, "supplement", key, text="补充。").json()["again"] is False


def test_a_letter_is_rated_once(call, answered):
    case, receipt = answered()
    key = new_key()
    assert act(call, receipt, "rate", key, grade=1).status_code == 200
    assert act(call, receipt, "rate", key, grade=1).json()["again"] is True
    problem(act(call, receipt, "rate", grade=5), 409, "conflict")
    assert "rate" not in call("GET", f"/letters/{receipt.code}", secret=receipt.secret).json()["may"]
    assert Act.objects.filter(case=case, act="rate").count() == 1


@pytest.mark.parametrize(
    ("name", "payload", "status", "field"),
    [
        ("supplement", {}, 422, "text"),
        ("supplement", {"text": "字" * 20_001}, 422, "text"),
        ("supplement", {"text": "好", "other": "x"}, 422, "other"),
        ("supplement", {"text": ["a"]}, 422, None),
        ("rate", {"grade": 5}, 409, None),
        ("reply", {"text": "x"}, 409, None),
        ("answer", {"text": "我自己答复"}, 422, "act"),
        ("accept", {}, 422, "act"),
        ("book", {"slot": "1"}, 422, "act"),
    ],
)
def test_what_the_sender_cannot_do_is_refused(call, letter, name, payload, status, field):
    _, receipt = letter()
    problem(act(call, receipt, name, **payload), status, field=field)


@pytest.mark.parametrize("grade", [0, 6, "good", -1])
def test_a_grade_is_one_of_five(call, answered, grade):
    _, receipt = answered()
    problem(act(call, receipt, "rate", grade=grade), 422, "bad_input", "grade")


def test_an_act_on_an_old_version_is_refused(call, letter, actor):
    case, receipt = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    problem(act(call, receipt, "withdraw", version=1), 409, "stale")
    assert act(call, receipt, "withdraw", version=2).status_code == 200


def test_nothing_is_done_on_an_erased_letter(call, answered, kept_long_enough):
    case, receipt = answered()
    kept_long_enough(case)
    perform(case.pk, Step("erase", SYSTEM))
    problem(act(call, receipt, "rate", grade=5), 409, "wrong_state")
    found = call("GET", f"/letters/{receipt.code}", secret=receipt.secret).json()
    assert (found["subject"], found["may"]) == ("", [])
    assert not any(row["text"] for row in found["acts"])


def test_acts_from_one_address_are_limited_too(call, letter, settings):
    settings.RATE_LIMITS = True
    rates.BUCKETS.clear()
    _, receipt = letter()
    answers = [act(call, receipt, "supplement", text=str(number)) for number in range(21)]
    rates.BUCKETS.clear()
    assert answers[0].status_code == 200
    problem(answers[20], 429, "too_many")
