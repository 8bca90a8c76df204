"""The sender's API of a kind that is no letter: its bodies come from its steps and its table."""

from __future__ import annotations

import base64
import itertools
from types import ModuleType

import orjson
import pytest
from django.test import Client
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI

from tests.counter.test_second_kind import picture, second_kind
from tongban.cases.models import Attachment, Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.counter.api import SenderApi

__all__ = ["second_kind"]
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NUMBERS = itertools.count()
REPORT = {
    "matter": "0101",
    "place": "610113",
    "site": "https://evil.example/pay",
    "seen": "2026-01-02",
    "harm": "fraud",
    "subject": "假银行",
}


@pytest.fixture
def made(second_kind, settings):
    """The API of the kind alone, under /two/."""
    api = NinjaAPI(urls_namespace=f"two{next(NUMBERS)}")
    sender, appeals = SenderApi("hint", "hints"), SenderApi("appeal", "appeals")
    for one in (sender, appeals):
        api.add_router("", one.router)

    @api.exception_handler(Refusal)
    def refused(request, error):
        return api.create_response(request, {"code": error.code, "field": error.field}, status=error.status)

    urls = ModuleType("urls_of_two")
    urls.urlpatterns = [path("two/", api.urls)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    return sender, api


def call(method: str, where: str, body: dict[str, object] | None = None, secret: str = "", key: str = ""):
    headers = {"Idempotency-Key": key or f"a-key-of-its-own-{next(NUMBERS):06d}"}
    if secret:
        headers["Authorization"] = f"Receipt {secret}"
    data = orjson.dumps(body) if body is not None else None
    return Client().generic(method, f"/two{where}", data or b"", "application/json", headers=headers)


def report(**more: object) -> dict[str, object]:
    file = picture()
    return {**REPORT, "files": [{"name": file.name, "content": base64.b64encode(file.read()).decode()}], **more}


def test_the_document_says_what_a_report_is_made_of_and_what_its_sender_can_do(made):
    sender, api = made
    found = api.get_openapi_schema(path_prefix="/two/")
    operations = {one["operationId"] for methods in found["paths"].values() for one in methods.values()}
    assert operations == set(sender.operations) | set(SenderApi("appeal", "appeals").operations)
    assert sender.operations["submit_hint"] == "public"
    shapes = found["components"]["schemas"]
    assert {"matter", "place", "site", "seen", "harm", "signs", "subject", "files", "email"} <= set(
        shapes["HintIn"]["properties"]
    )
    assert shapes["HintIn"]["properties"]["seen"]["format"] == "date"
    assert shapes["HintIn"]["properties"]["harm"]["enum"] == ["fraud", "gambling"]
    assert {"site", "seen", "harm", "files"} <= set(shapes["HintIn"]["required"])
    assert "signs" not in shapes["HintIn"]["required"]
    assert {"about", "about_secret"} <= set(shapes["AppealIn"]["required"])
    assert "matter" not in shapes["AppealIn"]["properties"]
    assert shapes["HintActIn"]["properties"]["act"]["enum"] == ["prove", "thank", "rate", "ask_erasure"]


def test_a_report_comes_in_is_followed_and_acted_on(made, actor):
    body, key = report(signs=["login", "pay"]), "one-key-for-this-report"
    first, second = call("POST", "/hints", body, key=key), call("POST", "/hints", body, key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    receipt = first.json()
    case = Case.objects.get()
    assert (case.kind, case.channel, case.subject) == ("hint", "api", "假银行")
    assert case.acts.get().private["signs"] == ["pay", "login"]
    assert Attachment.objects.get().case == case
    perform(case.pk, Step("ask", actor("610113-CG", "handler"), {"text": "请发来截图"}))
    where, secret = f"/hints/{receipt['code']}", receipt["secret"]
    found = call("GET", where, secret=secret).json()
    assert (found["state_text"], found["paused"], found["may"]) == ("等待您补充证据", True, ["prove"])
    [file] = found["acts"][0]["files"]
    assert call("GET", f"{where}/files/{file['key']}", secret=secret).json()["media_type"] == "image/png"
    given = {"act": "prove", "payload": {"found": timezone.localdate().isoformat(), "text": "见截图"}}
    assert call("POST", f"{where}/acts", given, secret=secret).json()["state"] == "reported"
    assert call("POST", f"{where}/acts", {"act": "block", "payload": {"text": "x"}}, secret=secret).status_code == 422
    assert len(call("GET", f"{where}/proofs", secret=secret).json()["items"]) == 3
    assert call("GET", where, secret="0" * 20).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"site": "no address"}, "site"),
        ({"seen": "2999-01-01"}, "seen"),
        ({"harm": "speech"}, "harm"),
        ({"signs": ["x"]}, "signs"),
        ({"subject": ""}, "subject"),
        ({"email": "x"}, "email"),
        ({"matter": "01"}, "matter"),
        ({"matter": "0901"}, "against"),
        ({"files": [{"name": "a", "content": "not base64!"}]}, "files"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(made, change, field):
    answer = call("POST", "/hints", report(**change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not Case.objects.exists()


@pytest.mark.parametrize("change", [{"site": 5}, {"signs": "pay"}, {"more": 1}, {"files": []}])
def test_a_body_of_another_shape_is_refused(made, change):
    assert call("POST", "/hints", report(**change)).status_code == 422


def test_the_secret_of_a_letter_opens_no_report(made, letter):
    case, receipt = letter()
    assert call("GET", f"/hints/{case.code}", secret=receipt.secret).status_code == 404


def test_an_appeal_names_the_case_that_it_is_about_by_code_and_secret(made, actor):
    receipt = call("POST", "/hints", report()).json()
    given = {"body": "网站是我的。", "about": receipt["code"], "about_secret": receipt["secret"]}
    assert call("POST", "/appeals", {"body": "网站是我的。"}).status_code == 422
    assert call("POST", "/appeals", {**given, "about_secret": "0" * 20}).status_code == 404
    assert call("POST", "/appeals", given).status_code == 409, "it is not blocked yet"
    case = Case.objects.get()
    perform(case.pk, Step("block", actor("610113-CG", "handler"), {"text": "已经处置"}))
    assert call("POST", "/appeals", given).status_code == 201
    appeal = Case.objects.get(kind="appeal")
    assert (appeal.about, appeal.unit_id, appeal.matter_id) == (case, "610113-GOV", case.matter_id)
