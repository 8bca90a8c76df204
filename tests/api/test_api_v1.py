"""/api/v1: the same way, the same refusals; idempotency; tokens that carry one post."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import ApiToken
from tongban.cases.models import Case
from tongban.cases.writer import Step, perform

pytestmark = pytest.mark.django_db
LETTER = {"matter": "0101", "place": "610113", "subject": "夜间施工", "body": "很吵", "email": "a@example.org"}


def call(method: str, path: str, body: object = None, token: str = "", secret: str = "", key: str = "key-of-a-test-000001", **headers: str):
    headers["Idempotency-Key"] = key
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if secret:
        headers["X-Receipt-Secret"] = secret
    client = Client(headers=headers)
    if method == "post":
        return client.post(f"/api/v1{path}", orjson.dumps(body), content_type="application/json")
    return client.get(f"/api/v1{path}")


@pytest.fixture
def token(official):
    def make(unit: str, role: str, **more: object) -> str:
        post = official(unit, role).posts.get(unit_id=unit, role=role)
        expires = more.pop("expires", timezone.now() + timedelta(days=1))
        row, text = ApiToken.issue(post, "test", expires)
        if more.get("revoked"):
            ApiToken.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
        return text

    return make


def test_a_letter_is_taken_once_per_key(registry):
    first = call("post", "/letters", LETTER)
    again = call("post", "/letters", LETTER)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["secret"] == again.json()["secret"]
    assert again.json()["again"] is True
    assert Case.objects.count() == 1


def test_a_submission_through_the_api_takes_at_most_eight_statements(registry, django_assert_max_num_queries):
    call("post", "/letters", LETTER, key="key-of-a-test-warm-up")
    with django_assert_max_num_queries(8):
        assert call("post", "/letters", LETTER).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"matter": "nothing"}, 422, "matter"), ({"matter": "01"}, 422, "matter"), ({"place": "x"}, 422, "place"), ({"against": "x"}, 422, "against"),
        ({"body": ""}, 422, "letter.body"), ({"body": " \u0000 "}, 422, "body"), ({"colour": "red"}, 422, "letter.colour"), ({"visibility": "secret"}, 422, "letter.visibility"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(registry, change, status, field):
    answer = call("post", "/letters", {**LETTER, **change})
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_errors_are_in_the_callers_language(registry):
    assert call("post", "/letters", {**LETTER, "matter": "x"}, **{"Accept-Language": "en"}).json()["message"] == "There is no such matter. Please choose again."
    assert "事项" in call("post", "/letters", {**LETTER, "matter": "x"}).json()["message"]


def test_a_post_without_a_key_or_with_broken_json_is_refused(registry):
    assert call("post", "/letters", LETTER, key="short").status_code == 422
    answer = Client(headers={"Idempotency-Key": "key-of-a-test-000001"}).post("/api/v1/letters", b"{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_the_secret_opens_the_letter_and_nothing_else_does(registry):
    kept = call("post", "/letters", LETTER).json()
    found = call("get", f"/letters/{kept['code']}", secret=kept["secret"]).json()
    assert (found["state"], found["acts"][0]["act"], found["unit"]) == ("dispatched", "submit", "610113-CG")
    wrong = call("get", f"/letters/{kept['code']}", secret="X" * 20)
    none = call("get", "/letters/000000000000", secret=kept["secret"])
    assert wrong.status_code == none.status_code == 404
    assert wrong.json() == none.json()
    assert call("get", f"/letters/{kept['code']}").status_code == 401


def test_the_sender_acts_once_per_key(registry):
    kept = call("post", "/letters", LETTER).json()
    path = f"/letters/{kept['code']}/acts"
    step = {"act": "supplement", "payload": {"text": "补充"}}
    assert [call("post", path, step, secret=kept["secret"]).json()["again"] for _ in range(2)] == [False, True]
    assert call("post", path, {"act": "accept"}, secret=kept["secret"], key="another-key-000001").status_code == 404
    assert call("post", path, {"act": "rate", "payload": {"grade": 5}}, secret=kept["secret"], key="another-key-000002").status_code == 409


def test_an_official_reads_and_acts_and_the_sender_sees_the_look(letter, token):
    case, _ = letter()
    mine = token("610113-CG", "handler")
    listed = call("get", "/desk/cases", token=mine).json()["cases"]
    assert [row["code"] for row in listed] == [case.code]
    read = call("get", f"/desk/cases/{case.code}", token=mine).json()
    assert read["body"] == case.body
    assert "accept" in read["may"]
    assert case.acts.filter(act="look").count() == 1
    done = call("post", f"/desk/cases/{case.code}/acts", {"act": "accept", "version": read["version"]}, token=mine)
    assert done.json()["state"] == "accepted"
    stale = call("post", f"/desk/cases/{case.code}/acts", {"act": "ask_resident", "payload": {"text": "x"}, "version": read["version"]}, token=mine, key="another-key-000003")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


@pytest.mark.parametrize(("unit", "role"), [("610113-ZJ", "handler"), ("610124-GOV", "supervisor"), ("610113-CG", "administrator"), ("610113-CG", "data_officer")])
def test_another_unit_finds_nothing(letter, token, unit, role):
    case, _ = letter()
    theirs = token(unit, role)
    assert call("get", "/desk/cases", token=theirs).json()["cases"] == []
    assert call("get", f"/desk/cases/{case.code}", token=theirs).status_code == 404
    assert call("post", f"/desk/cases/{case.code}/acts", {"act": "accept"}, token=theirs).status_code == 404
    assert b"".join(call("get", "/desk/export", token=theirs)) == b""


@pytest.mark.parametrize("unit", ["610113-CG", "610113-CG1"])
def test_the_unit_complained_of_finds_nothing_by_any_route(letter, token, unit):
    case, _ = letter(matter="0901", against="610113-CG", subject="态度恶劣")
    from tongban.cases.settling import settle

    settle()
    theirs = token(unit, "head")
    assert call("get", "/desk/cases", token=theirs).json()["cases"] == []
    assert call("get", "/desk/cases?q=态度", token=theirs).json()["cases"] == []
    assert call("get", f"/desk/cases/{case.code}", token=theirs).status_code == 404
    assert b"".join(call("get", "/desk/export", token=theirs)) == b""
    above = token("610113-GOV", "head")
    assert [row["code"] for row in call("get", "/desk/cases?q=态度", token=above).json()["cases"]] == [case.code]


def test_a_stale_token_opens_nothing(letter, token):
    letter()
    for text in (
        token("610113-CG", "handler", revoked=True), token("610113-CG", "handler", expires=timezone.now() - timedelta(seconds=1)), "tb_nonsense", "",
    ):  # fmt: skip
        for path in ("/desk/cases", "/desk/export"):
            assert call("get", path, token=text).status_code == 401


def test_a_token_ends_with_its_post(letter, token, official):
    from tongban.accounts.officials import end_post

    letter()
    text = token("610113-CG", "handler")
    end_post(official("610113-CG", "handler").posts.get())
    assert call("get", "/desk/cases", token=text).status_code == 401


def test_pages_of_cases_have_every_case_once(letter, token, monkeypatch):
    from tongban.letters import api

    monkeypatch.setattr(api, "PAGE", 3)
    codes = {letter(subject=f"第{i}封")[0].code for i in range(8)}
    Case.objects.filter(code__in=sorted(codes)[:3]).update(due_at=None)
    mine, seen, after = token("610113-CG", "handler"), [], ""
    while after is not None:
        page = call("get", f"/desk/cases?after={after}", token=mine).json()
        seen += [row["code"] for row in page["cases"]]
        after = page["next"]
    assert sorted(seen) == sorted(codes)


def test_published_letters_figures_and_the_registry_are_open(letter, actor, registry):
    from tongban.cases.settling import settle

    case, _ = letter()
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "已处理"}))
    perform(case.pk, Step("publish", handler, {"subject": "噪音", "body": "夜间噪音", "answer": "已处理"}))
    settle()
    found = call("get", "/published?q=夜间").json()["letters"]
    assert call("get", f"/published/{found[0]['slug']}").json()["answer"] == "已处理"
    assert call("get", "/published/none").status_code == 404
    figures = call("get", "/figures").json()
    assert [(row["unit"], row["received"], row["answered"]) for row in figures] == [("610113-CG", 1, 1)]
    assert call("get", "/registry/responsible?matter=0101&place=610113&on=2020-03-01").json()["lead"] == "610113-CG"
    assert call("get", "/registry/responsible?matter=0101&place=610113&on=1999-03-01").json()["lead"] == "610113-XF"
    assert len(call("get", "/calendar/2026").json()["working_days"]) == 248
    assert call("get", "/calendar/2027").status_code == 404
    assert {row["code"] for row in call("get", "/registry/places").json()} == {"610000", "610100", "610113", "610124"}
