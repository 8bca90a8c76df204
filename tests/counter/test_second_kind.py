"""A kind of case that is no letter, from the first step to its appeal: the counter has no word of letters in it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from tests.conftest import matters_serve
from tests.counter import kinds
from tongban.cases import attachments, procedure
from tongban.cases.looks import look
from tongban.cases.models import Attachment, Case, Notice
from tongban.cases.writer import Step, perform
from tongban.counter import proven
from tongban.counter.models import Draft
from tongban.gate import cookies, door
from tongban.registry import tables

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LANGUAGES = ("zh-hans", "zh-hant", "en")
TODAY = timezone.localdate
SITE = {
    "site": "hxxps://evil[.]example/pay",
    "harm": "fraud",
    "signs": ["login", "pay"],
    "subject": "假银行",
    "email": "xm@example.org",
}


@pytest.fixture(autouse=True)
def second_kind(registry, monkeypatch, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    steps = list(tables.STEPS)
    kinds.SENT.clear()
    door.register(door.Door("second", "举报", kinds.PARTS))
    matters_serve("hint", "hint_appeal")
    yield
    tables.STEPS[:] = steps
    door._parts.clear()


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile("截图.png", out.getvalue())


def begun(client: Client) -> None:
    client.post("/new/hint/", {"matter": "0101"})
    client.post("/new/hint/where/", {"place": "610113"})


def written(client: Client, **more: object):
    begun(client)
    return client.post("/new/hint/site/", {**SITE, "seen": TODAY().isoformat(), "files": picture(), **more})


@pytest.fixture
def sent():
    client = Client()
    written(client)
    client.post("/new/hint/check/", {"send": "1"})
    return client, Case.objects.get(kind="hint")


def test_it_is_written_in_three_steps_checked_and_sent():
    client = Client()
    assert written(client)["Location"] == "/new/hint/check/"
    page = client.get("/new/hint/check/").content.decode()
    for words in (
        "https://evil.example/pay",
        "诈骗",
        "要求付款、索要密码",
        "假银行",
        "截图.png",
        "xm@example.org",
        "噪音扰民",
        "雁塔区",
    ):
        assert words in page, words
    assert page.count('href="/new/hint/site/#') >= 9, "beside each a way to change it"
    assert {'href="/new/hint/"', 'href="/new/hint/where/"'} <= set(re.findall(r'href="/new/hint/[a-z]*/?"', page))
    assert not Case.objects.exists()
    answer = client.post("/new/hint/check/", {"send": "1"})
    assert answer["Location"] == "/follow/sent/"
    case = Case.objects.get()
    assert (case.kind, case.state, case.unit_id, case.subject) == ("hint", "reported", "610113-CG", "假银行")
    said = {**case.acts.get().public, **(case.acts.get().private or {})}
    assert (said["site"], said["harm"], said["signs"]) == ("https://evil.example/pay", "fraud", ["pay", "login"])
    assert said["seen"] == TODAY().isoformat()
    assert Attachment.objects.get().case == case
    assert [case.code] == kinds.SENT
    assert not Draft.objects.exists()
    assert "举报已收到" in client.get("/follow/sent/").content.decode()
    assert case.code[:4] in client.get("/follow/receipt/").content.decode()


def test_a_changed_answer_leads_back_to_the_page_to_check():
    client = Client()
    written(client)
    answer = client.post("/new/hint/where/", {"place": "610124"})
    assert answer["Location"] == "/new/hint/check/"
    assert "周至县" in client.get("/new/hint/check/").content.decode()


def test_a_step_whose_inputs_are_wrong_says_so_and_loses_nothing():
    client = Client()
    answer = written(client, site="no address", seen="2999-01-01", harm="", signs=["pay"], email="x")
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("这不是网址", "不能晚于", "请选择危害", "请检查电子邮箱地址", "no address", "截图.png"):
        assert words in page, words
    assert re.search(r'value="pay"[^>]*checked', page)
    assert "假银行" in client.get("/new/hint/site/").content.decode()
    assert client.get("/new/hint/check/")["Location"] == "/new/hint/site/"


def test_files_that_are_asked_for_have_to_come():
    client = Client()
    begun(client)
    answer = client.post("/new/hint/site/", {**SITE, "seen": TODAY().isoformat()})
    assert answer.status_code == 422
    assert "请选择文件" in answer.content.decode()


def test_two_kinds_are_written_at_once_and_leaving_clears_both():
    client = Client()
    written(client)
    client.post("/new/letter/", {"matter": "0101"})
    client.post("/new/letter/where/", {"place": "610113"})
    client.post("/new/letter/text/", {"subject": "信", "body": "信里的话", "visibility": "public", "save": "1"})
    assert "信里的话" in client.get("/new/letter/text/").content.decode()
    assert "假银行" in client.get("/new/hint/check/").content.decode()
    client.post("/follow/leave/")
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()


def test_a_double_click_on_send_is_one_case_with_its_receipt():
    client = Client()
    written(client)
    form = re.search(r'name="form" value="([^"]+)"', client.get("/new/hint/check/").content.decode())[1]
    second = Client()
    second.cookies = client.cookies.copy()
    answers = [one.post("/new/hint/check/", {"send": "1", "form": form}) for one in (client, second)]
    assert [answer["Location"] for answer in answers] == ["/follow/sent/"] * 2
    assert Case.objects.count() == 1
    receipts = [cookies.opened(proven.RECEIPT, one.cookies[proven.RECEIPT].value)["secret"] for one in (client, second)]
    assert receipts[0] == receipts[1]


def test_it_is_followed_and_acted_on_as_its_table_says(sent, actor):
    client, case = sent
    page = client.get(f"/follow/{case.code}/").content.decode()
    for words in (
        "已收到举报，正在核查",
        "您作了举报",
        "网址：https://evil.example/pay",
        "名单怎样公布",
        "公用电脑上请不要存",
    ):
        assert words in page, words
    assert "来信" not in re.sub(r"<(header|footer|nav).*?</\1>", "", page, flags=re.DOTALL)
    handler = actor("610113-CG", "handler")
    look(Case.objects.get(pk=case.pk), handler, "办理")
    perform(case.pk, Step("ask", handler, {"text": "请发来截图"}))
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert "公用电脑上请不要存" not in page
    assert "截图里请不要有别人的号码" in page
    assert re.search(r'<section[^>]* id="act-prove">', page), "what waits for the sender is open"
    base = f"/follow/{case.code}/act"
    case.refresh_from_db()
    given = {"text": "见截图", "version": str(case.version), "nonce": "n" * 20}
    assert client.post(f"{base}/prove/", {**given, "found": "2999-01-01", "files": picture()}).status_code == 422
    for _twice in range(2):
        client.post(f"{base}/prove/", {**given, "found": TODAY().isoformat(), "files": picture()})
    act = case.acts.get(act="prove")
    assert [item.act for item in Attachment.objects.filter(case=case, act=act)] == [act]
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert "取证日期：" in page
    assert "见截图" in page
    assert client.post(f"{base}/ask/", {"text": "x"}).status_code == 404
    assert client.post(f"{base}/thank/", {"text": "x", "version": "1"}).status_code == 409
    assert "办理" in client.get(f"/follow/{case.code}/looks/").content.decode()
    assert Client().get(f"/follow/{case.code}/").status_code == 404


def test_a_notice_leads_to_the_following_page(sent, actor, settings):
    _client, case = sent
    perform(case.pk, Step("ask", actor("610113-CG", "handler"), {"text": "请发来截图"}))
    assert f"{settings.ORIGIN}/follow/" in Notice.objects.filter(case=case).latest("pk").private["text"]


def test_it_is_rated_and_its_data_taken(sent, actor):
    client, case = sent
    perform(case.pk, Step("block", actor("610113-CG", "handler"), {"text": "已经处置"}))
    case.refresh_from_db()
    rate = {"grade": "5", "version": str(case.version), "nonce": "r" * 20}
    assert "有效期至" in client.get(f"/follow/{case.code}/").content.decode()
    client.post(f"/follow/{case.code}/act/rate/", rate)
    case.refresh_from_db()
    assert case.grade == 5
    archive = zipfile.ZipFile(io.BytesIO(client.post(f"/follow/{case.code}/data/").content))
    found = json.loads(archive.read("case.json"))
    assert found["case"]["email"] == "xm@example.org"
    assert found["case"]["inputs"]["site"] == "https://evil.example/pay"
    assert [act["act"] for act in found["acts"]] == ["submit", "block", "rate"]
    assert any(name.startswith("files/") for name in archive.namelist())


def test_no_appeal_is_offered_that_the_guard_of_its_opening_refuses(sent, actor):
    client, case = sent
    perform(case.pk, Step("block", actor("610113-CG", "handler"), {"text": "已处置"}))
    assert "/new/appeal/" in client.get(f"/follow/{case.code}/").content.decode()
    Case.objects.filter(pk=case.pk).update(in_force_until=TODAY() - timedelta(days=1))
    assert "/new/appeal/" not in client.get(f"/follow/{case.code}/").content.decode()
    assert client.post("/new/appeal/", {"case": case.code})["Location"] == f"/follow/{case.code}/"


def test_an_appeal_is_begun_on_the_page_of_what_it_is_about(sent, actor):
    client, case = sent
    assert "提出申诉" not in client.get(f"/follow/{case.code}/").content.decode()
    assert client.get("/new/appeal/")["Location"] == "/follow/"
    assert client.post("/new/appeal/", {"case": case.code})["Location"] == f"/follow/{case.code}/"
    perform(case.pk, Step("block", actor("610113-CG", "handler"), {"text": "已经处置"}))
    assert "提出申诉" in client.get(f"/follow/{case.code}/").content.decode()
    assert Client().post("/new/appeal/", {"case": case.code}).status_code == 404
    assert client.post("/new/appeal/", {"case": case.code})["Location"] == "/new/appeal/"
    assert client.post("/new/appeal/", {"body": "网站是我的，没有诈骗。"})["Location"] == "/new/appeal/check/"
    assert "-".join(re.findall("....", case.code)) in client.get("/new/appeal/check/").content.decode()
    client.post("/new/appeal/check/", {"send": "1"})
    appeal = Case.objects.get(kind="appeal")
    assert (appeal.about, appeal.unit_id, appeal.matter_id) == (case, "610113-GOV", "0101")
    page = client.get(f"/follow/{appeal.code}/").content.decode()
    assert "-".join(re.findall("....", case.code)) in page
    perform(appeal.pk, Step("grant", actor("610113-GOV", "handler"), {"text": "确有错误"}))
    assert "处置已经解除" in client.get(f"/follow/{case.code}/").content.decode()


def test_who_lost_the_proof_meanwhile_is_asked_for_the_secret_again(sent, actor):
    client, case = sent
    perform(case.pk, Step("block", actor("610113-CG", "handler"), {"text": "已经处置"}))
    client.post("/new/appeal/", {"case": case.code})
    client.post("/new/appeal/", {"body": "网站是我的。"})
    del client.cookies[proven.LETTERS]
    assert client.post("/new/appeal/check/", {"send": "1"})["Location"] == f"/follow/?code={case.code}"
    assert not Case.objects.filter(kind="appeal").exists()
    assert "网站是我的" in client.get("/new/appeal/check/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_each_language(language, actor):
    client = Client()
    client.post("/language/", {"language": language})
    pages = [client.get("/new/hint/"), client.get("/new/hint/?about=网站")]
    begun(client)
    pages += [client.get("/new/hint/where/"), client.get("/new/hint/site/")]
    written(client)
    pages.append(client.get("/new/hint/check/"))
    client.post("/new/hint/check/", {"send": "1"})
    case = Case.objects.get(kind="hint")
    pages += [client.get(f"/follow/{path}") for path in ("", "sent/", "receipt/", "leave/")]
    pages += [client.get(f"/follow/{case.code}/{path}") for path in ("", "looks/", "data/", "proof/")]
    for page in pages:
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode().lower()


def test_addresses_of_kinds_and_steps_that_are_not_there():
    for path in ("/new/nothing/", "/new/nothing/check/", "/new/hint/nothing/"):
        assert Client().get(path).status_code == 404


def test_a_writing_is_refused_whose_names_would_be_mistaken():
    with pytest.raises(ValueError, match="nonce"):
        kinds.Writing("x", "x", (kinds.InputsStep("a", "a", "a", inputs=(kinds.Line("nonce", "x"),)),))
    with pytest.raises(ValueError, match="check"):
        kinds.Writing("x", "x", (kinds.InputsStep("check", "a", "a"),))


def test_a_form_whose_draft_is_over_keeps_its_words_and_is_not_sent_without_the_files_it_had():
    client = Client()
    written(client)
    form = re.search(r'name="form" value="([^"]+)"', client.get("/new/hint/check/").content.decode())[1]
    Draft.objects.all().delete()
    for item in Attachment.objects.filter(case=None):
        attachments.discard(item)
    answer = client.post("/new/hint/check/", {"send": "1", "form": form})
    assert answer["Location"] == "/new/hint/site/"
    assert not Case.objects.exists()
    page = client.get("/new/hint/site/").content.decode()
    assert "假银行" in page
    assert "截图.png" not in page
