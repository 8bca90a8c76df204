"""Officials' programs: what a token opens, and that a stranger, a wrong unit and the unit complained of get nothing."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from tests.api.calls import new_key, problem
from tongban.accounts.models import ApiToken, Official, Post
from tongban.cases.models import Act, Assist, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.gate import rates
from tongban.letters.models import PublishedLetter
from tongban.registry import models as registry_rows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECRETS = ("夜里的秘密", "王小明", "13800000000")
OUTSIDERS = [
    ("610113-ZJ", "head"),
    ("610124-XF", "clerk"),
    ("610113-CG", "administrator"),
    ("610113-CG", "data_officer"),
    ("610113-CG1", "handler"),
]


def everything(call, case, token):
    """Every call about cases, made with one token."""
    return {
        "read": call("GET", f"/desk/cases/{case.code}", token=token),
        "act": call(
            "POST",
            f"/desk/cases/{case.code}/acts",
            {"act": "note", "version": 1, "payload": {"text": "x"}},
            token=token,
        ),
        "unknown act": call("POST", f"/desk/cases/{case.code}/acts", {"act": "look", "version": 1}, token=token),
    }


def listed(call, token, **query):
    from urllib.parse import urlencode

    return [row["code"] for row in call("GET", f"/desk/cases?{urlencode(query)}", token=token).json()["items"]]


def exported(call, token, after=0):
    answer = call("GET", f"/desk/export?after={after}", token=token)
    assert answer["Content-Type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def do(call, letter_case, token, act, version, key=None, **payload):
    return call(
        "POST",
        f"/desk/cases/{letter_case.code}/acts",
        {"act": act, "version": version, "payload": payload},
        token=token,
        key=key,
    )


# --- who gets in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/cases", "/desk/cases/AAAAAAAAAAAA", "/desk/export"])
@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Receipt 00000000000000000000", "Bearer " + "é" * 30]
)
def test_a_stranger_gets_nothing(call, path, given):
    answer = call("GET", path, **({"Authorization": given} if given else {}))
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_does_not_open_the_api(signed_in, official):
    assert signed_in(official("610113-CG", "handler")).get("/api/v1/desk/cases").status_code == 401


@pytest.mark.parametrize("why", ["revoked", "expired", "post over", "post to come", "official gone"])
def test_a_token_ends_with_what_it_stands_on(call, token, why):
    text = token("610113-CG", "handler")
    assert call("GET", "/desk/cases", token=text).status_code == 200
    now, today = timezone.now(), timezone.localdate()
    if why == "revoked":
        ApiToken.objects.update(revoked_at=now)
    if why == "expired":
        ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    if why == "post over":
        Post.objects.update(until=today - timedelta(days=1))
    if why == "post to come":
        Post.objects.update(since=today + timedelta(days=1))
    if why == "official gone":
        Official.objects.update(is_active=False)
    for answer in (call("GET", "/desk/cases", token=text), call("GET", "/desk/export", token=text)):
        problem(answer, 401, "not_authenticated")


def test_a_token_carries_one_post_and_not_the_others_of_its_holder(call, letter, token):
    letter()
    text = token("610113-ZJ", "handler", "both")
    token("610113-CG", "handler", "both")
    assert listed(call, text) == []


@pytest.mark.parametrize(("unit", "role"), OUTSIDERS)
def test_for_other_units_the_case_does_not_exist(call, letter, token, unit, role):
    case, _ = letter(body="夜里的秘密", name="王小明")
    text = token(unit, role)
    for answer in everything(call, case, text).values():
        problem(answer, 404, "not_found")
    assert listed(call, text, show="all") == []
    assert exported(call, text) == []
    assert not Act.objects.filter(case=case, act__in=("look", "note")).exists()


@pytest.mark.parametrize(
    ("unit", "role"),
    [("610113-CG", "head"), ("610113-CG", "handler"), ("610113-CG1", "handler"), ("610113-CG", "supervisor")],
)
def test_the_unit_complained_of_and_those_below_it_get_404_everywhere(call, letter, token, unit, role):
    """信访工作条例 Art. 30."""
    case, _ = letter(matter="0901", against="610113-CG", body="夜里的秘密", name="王小明")
    Assist.objects.create(case=case, unit_id=unit)
    settle()
    text = token(unit, role)
    nowhere = call("GET", "/desk/cases/AAAAAAAAAAAA", token=text)
    for answer in everything(call, case, text).values():
        problem(answer, 404, "not_found")
    assert call("GET", f"/desk/cases/{case.code}", token=text).content == nowhere.content
    assert listed(call, text, show="all") == listed(call, text, q="秘密") == []
    assert exported(call, text) == []
    assert listed(call, token("610113-GOV", "head")) == [case.code]


# --- reading --------------------------------------------------------------------------------------------------------


def test_reading_a_case_is_a_look_that_its_sender_sees(call, letter, token):
    case, receipt = letter(body="夜里的秘密", name="王小明", phone="13800000000")
    found = call("GET", f"/desk/cases/{case.code}", token=token("610113-CG", "handler")).json()
    assert (found["body"], found["visibility"]) == ("夜里的秘密", "public")
    assert "accept" in {line["act"] for line in found["may"]}
    looks = call("GET", f"/letters/{receipt.code}", secret=receipt.secret).json()["looks"]
    assert [(row["unit"], row["role"], row["purpose"]) for row in looks] == [("610113-CG", "handler", "接口查看")]


def test_a_program_never_gets_the_senders_name_and_contact(call, letter, token):
    case, _ = letter(name="王小明", phone="13800000000", email="xm@example.org", address="科技路 1 号")
    text = token("610113-CG", "head")
    pages = [call("GET", f"/desk/cases/{case.code}", token=text), call("GET", "/desk/cases", token=text)]
    for words in ("王小明", "13800000000", "xm@example.org", "科技路"):
        assert all(words not in page.content.decode() for page in pages)


def test_lists_and_exports_hold_nothing_private_and_are_no_looks(call, letter, token):
    case, _ = letter(subject="王小明的事", body="夜里的秘密", phone="13800000000")
    text = token("610113-CG", "handler")
    listing = call("GET", "/desk/cases", token=text).content.decode()
    lines = orjson.dumps(exported(call, text)).decode()
    assert case.code in listing
    assert case.code in lines
    assert not any(secret in listing + lines for secret in SECRETS)
    assert not Act.objects.filter(act="look").exists()


def test_the_list_pages_by_deadline_without_losing_or_repeating(call, letter, token, monkeypatch):
    from tongban.desk import paging

    codes = {letter(body=str(number))[0].code for number in range(7)}
    Case.objects.filter(code__in=sorted(codes)[:2]).update(due_at=None)
    text, seen, cursor = token("610113-CG", "handler"), [], ""
    monkeypatch.setattr(paging.page, "__defaults__", ("", "", 3))
    while True:
        page = call("GET", f"/desk/cases?cursor={cursor}", token=text).json()
        seen += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == 7
    assert {row["code"] for row in seen} == codes
    dues = [row["due_at"] for row in seen]
    assert dues == [*sorted(due for due in dues if due), None, None]


def test_the_list_narrows_by_state_and_by_words(call, letter, answered, token):
    one, _ = letter(body="路灯不亮")
    two, _ = answered(body="下水道堵塞")
    settle()
    text = token("610113-CG", "handler")
    assert listed(call, text) == [one.code]
    assert listed(call, text, show="closed") == listed(call, text, state="answered") == [two.code]
    assert listed(call, text, show="all") == [one.code, two.code]
    assert listed(call, text, q="路灯") == listed(call, text, q="路燈") == [one.code]
    assert listed(call, text, q="下水道", show="open") == []


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "cursor=nonsense",
        "cursor=c.0.1",
        "show=everything",
        "q=" + "x" * 101,
        "cursor=d.-99999999999999999.1",
    ],
)
def test_a_list_that_cannot_be_is_refused(call, token, query):
    problem(call("GET", f"/desk/cases?{query}", token=token("610113-CG", "handler")), 422, "bad_input")


def test_an_export_goes_on_where_it_broke_off(call, letter, token):
    codes = [letter(body=str(number))[0].code for number in range(4)]
    text = token("610113-CG", "handler")
    rows = exported(call, text)
    assert [row["code"] for row in rows] == codes
    assert [row["code"] for row in exported(call, text, rows[1]["cursor"])] == codes[2:]


def test_programs_are_limited_too(call, token, settings):
    text = token("610113-CG", "handler")
    settings.RATE_LIMITS = True
    rates.BUCKETS.clear()
    for _ in range(240):
        rates.BUCKETS.take("api", "127.0.0.1", *rates.LIMITS["api"])
    answer = call("GET", "/desk/cases", token=text)
    rates.BUCKETS.clear()
    problem(answer, 429, "too_many")


# --- acting ---------------------------------------------------------------------------------------------------------


def test_from_accepting_to_answering(call, letter, token):
    case, _ = letter()
    text = token("610113-CG", "handler")
    assert do(call, case, text, "accept", 1).json() == {
        "code": case.code,
        "act": "accept",
        "state": "accepted",
        "version": 2,
        "again": False,
    }
    assert do(call, case, text, "answer", 2, text="已责令停工。").json()["state"] == "answered"
    acts = Act.objects.filter(case=case, actor="official")
    assert {(act.unit_id, act.role) for act in acts} == {("610113-CG", "handler")}


def test_the_same_act_under_the_same_key_is_done_once(call, letter, token):
    case, _ = letter()
    text, key = token("610113-CG", "handler"), new_key()
    assert [do(call, case, text, "accept", 1, key).json()["again"] for _ in range(2)] == [False, True]
    problem(do(call, case, text, "note", 2, key, text="别的"), 409, "conflict", "Idempotency-Key")


def test_a_repeated_act_that_sent_the_case_away_is_told_as_done_and_nothing_more(call, letter, token):
    case, _ = letter()
    text, key = token("610113-CG", "handler"), new_key()
    assert do(call, case, text, "return_dispatch", 1, key, text="不属于本单位。").json()["state"] == "returned"
    assert do(call, case, text, "return_dispatch", 1, key, text="不属于本单位。").json() == {
        "code": case.code,
        "act": "return_dispatch",
        "state": "returned",
        "version": None,
        "again": True,
    }
    problem(call("GET", f"/desk/cases/{case.code}", token=text), 404)
    problem(do(call, case, token("610113-ZJ", "head"), "return_dispatch", 1, key, text="x"), 404)


def test_an_old_version_is_refused(call, letter, token, actor):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "head")))
    problem(do(call, case, token("610113-CG", "handler"), "answer", 1, text="x"), 409, "stale")


def test_a_state_that_does_not_allow_it_is_refused(call, letter, token):
    case, _ = letter()
    problem(do(call, case, token("610113-CG", "handler"), "resume", 1, text="x"), 409, "wrong_state")


def test_a_post_that_may_not_is_refused(call, letter, token):
    case, _ = letter()
    problem(do(call, case, token("610113-GOV", "supervisor"), "accept", 1), 403, "not_allowed")


@pytest.mark.parametrize("act", ["look", "publish", "escalate", "submit", "rate", "withdraw", "book", "nonsense"])
def test_some_acts_are_not_a_programs_to_do(call, letter, token, act):
    case, _ = letter()
    answer = do(call, case, token("610113-CG", "head"), act, 1)
    assert answer.status_code in (403, 404)
    assert Act.objects.filter(case=case).count() == 1


def test_a_program_cannot_publish(call, answered, token):
    case, _ = answered()
    words = {"subject": "a", "body": "b", "answer": "c"}
    problem(do(call, case, token("610113-CG", "head"), "publish", 2, **words), 404)
    assert not PublishedLetter.objects.exists()


def test_merging_needs_a_letter_that_exists_for_the_post(call, letter, token):
    case, _ = letter()
    hidden, _ = letter(matter="0102", body="别的单位的")
    lead, _ = letter(body="同一处")
    text = token("610113-CG", "handler")
    for wrong in (hidden.code, str(hidden.pk), "AAAAAAAAAAAA"):
        problem(do(call, case, text, "merge", 1, case=wrong), 422, "bad_input", "case")
    key = new_key()
    assert do(call, case, text, "merge", 1, key, case=lead.code).json()["state"] == "merged"
    assert do(call, case, text, "merge", 1, key, case=lead.code).json()["again"] is True
    assert Case.objects.get(pk=case.pk).lead_case_id == lead.pk


def test_a_case_is_assigned_to_a_colleague_by_user_name_and_to_nobody_else(call, letter, token, official):
    case, _ = letter()
    colleague, stranger = official("610113-CG", "clerk"), official("610113-ZJ", "clerk")
    text = token("610113-CG", "handler")
    for wrong in (stranger.username, "nobody", "99999999", "", "\x00"):
        problem(do(call, case, text, "assign", 1, official=wrong), 422, "bad_input", "official")
    assert do(call, case, text, "assign", 1, official=colleague.username).status_code == 200
    assert Case.objects.get(pk=case.pk).handler_id == colleague.pk


def test_a_case_is_never_given_to_the_unit_complained_of(call, letter, token):
    registry_rows.Unit.objects.filter(code="610113-GOV").update(coordinating=True)
    case, _ = letter(matter="0901", against="610113-CG")
    text = token("610113-GOV", "clerk")
    Case.objects.filter(pk=case.pk).update(state="submitted")
    problem(do(call, case, text, "dispatch", 1, unit="610113-CG"), 403, "not_allowed", "unit")


@pytest.mark.parametrize(
    "payload",
    [
        {"unit": ["610113-ZJ"]},
        {"unit": True},
        {"unit": "610113-ZJ", "assist": "610113-CG"},
        {"unit": "610113-ZJ", "assist": 5},
        {"unit": "NOBODY"},
        {},
    ],
)
def test_inputs_of_the_wrong_sort_are_refused(call, letter, token, payload):
    case, _ = letter(matter="0103")
    problem(do(call, case, token("610113-XF", "clerk"), "dispatch", 1, **payload), 422, "bad_input")


def test_a_coordinating_unit_dispatches(call, letter, token):
    case, _ = letter(matter="0103")
    done = do(call, case, token("610113-XF", "clerk"), "dispatch", 1, unit="610113-ZJ", assist=["610113-CG"])
    assert done.json()["state"] == "dispatched"
    assert list(Assist.objects.values_list("unit_id", flat=True)) == ["610113-CG"]


def test_the_version_has_to_be_said(call, letter, token):
    case, _ = letter()
    problem(
        call("POST", f"/desk/cases/{case.code}/acts", {"act": "accept"}, token=token("610113-CG", "handler")),
        422,
        "bad_input",
        "version",
    )
