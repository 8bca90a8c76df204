"""The resident's pages: three steps, receipt, tracking, acts, reception; and what a stranger gets."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.publishing import publish
from tongban.cases import attachments, looks
from tongban.cases.models import Attachment, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.counter import proven
from tongban.counter.models import Draft
from tongban.gate import cookies
from tongban.letters.models import PublishedLetter

pytestmark = pytest.mark.django_db
TEXT = {"subject": "夜间施工", "body": "每天夜里十二点以后还在施工。", "visibility": "public", "send": "1"}


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path


def receipt_of(client: Client) -> dict[str, str]:
    """The receipt that the browser holds, sealed, after sending."""
    return cookies.opened(proven.RECEIPT, client.cookies[proven.RECEIPT].value)


def written(client: Client, **more: object):
    client.post("/new/letter/", {"matter": "0101", "about": "施工噪音"})
    client.post("/new/letter/where/", {"place": "610113"})
    return sent_off(client, client.post("/new/letter/text/", {**TEXT, **more}))


def sent_off(client: Client, answer):
    """What comes of sending: after the last step there is a page to check."""
    if answer.status_code == 302 and answer["Location"] == "/new/letter/check/":
        return client.post("/new/letter/check/", {"send": "1"})
    return answer


@pytest.fixture
def sent(registry):
    client = Client()
    written(client, phone="13800000000", name="王小明")
    return client, Case.objects.get(), receipt_of(client)


def test_three_steps_and_a_receipt(registry):
    client = Client()
    page = client.get("/new/letter/?about=夜里施工噪音").content.decode()
    assert "噪音扰民" in page
    answer = written(client)
    assert answer["Location"] == "/follow/sent/"
    case, kept = Case.objects.get(), receipt_of(client)
    page = client.get("/follow/sent/").content.decode()
    assert "-".join(re.findall("....", kept["secret"])) in page
    assert (case.unit_id, case.state, case.anonymous, case.channel) == ("610113-CG", "dispatched", True, "web")
    assert client.get("/follow/sent/").status_code == 200
    assert Draft.objects.count() == 0


def test_a_step_cannot_be_skipped(registry):
    assert Client().get("/new/letter/text/")["Location"] == "/new/letter/"
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    assert client.get("/new/letter/text/")["Location"] == "/new/letter/where/"


def test_a_draft_survives_and_can_be_thrown_away(registry):
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    client.post("/new/letter/where/", {"place": "610113"})
    client.post("/new/letter/text/", {"subject": "写了一半", "body": "", "save": "1"})
    assert "写了一半" in client.get("/new/letter/text/").content.decode()
    assert "没写完的信" in client.get("/new/letter/").content.decode()
    assert "写了一半" not in str(Draft.objects.values_list("private", flat=True).query)
    client.post("/new/letter/", {"discard": "1"})
    assert Draft.objects.count() == 0


def test_bad_input_is_told_and_nothing_typed_is_lost(registry):
    client = Client()
    answer = written(client, subject="", email="not an address", body="我写的内容")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请填写标题" in page
    assert "请检查电子邮箱地址" in page
    assert "我写的内容" in page
    assert "我写的内容" in client.get("/new/letter/text/").content.decode()


def test_a_program_is_refused_whatever_its_name_and_the_text_stays(registry):
    answer = written(Client(), files=SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + b"\x00" * 100))
    assert answer.status_code == 422
    assert "没能收下" in answer.content.decode()
    assert TEXT["body"] in answer.content.decode()
    assert Case.objects.count() == 0


def test_a_picture_loses_what_it_says_of_its_maker(registry, sent):
    picture = Image.new("RGB", (40, 30), "red")
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Maker", {1: "N", 2: (34.0, 13.0, 0.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    client = Client()
    written(client, subject="有图", files=SimpleUploadedFile("照片.jpg", out.getvalue()))
    item = Attachment.objects.get()
    assert (item.name, item.case.subject) == ("照片.jpg", "有图")
    clean = Image.open(io.BytesIO(attachments.content_of(item)))
    assert not clean.getexif()
    assert b"Maker" not in attachments.path_of(item.key).read_bytes()
    answer = client.get(f"/follow/{item.case.code}/file/{item.key}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Client().get(f"/follow/{item.case.code}/file/{item.key}/").status_code == 404
    assert sent[0].get(f"/follow/{item.case.code}/file/{item.key}/").status_code == 404


def test_a_double_click_on_send_is_one_letter(registry):
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    client.post("/new/letter/where/", {"place": "610113"})
    second = Client()
    client.post("/new/letter/text/", TEXT)
    second.cookies = client.cookies.copy()
    client.post("/new/letter/check/", {"send": "1"})
    second.post("/new/letter/check/", {"send": "1"})
    assert Case.objects.count() == 1


def test_a_complaint_asks_for_the_unit_and_goes_above(registry):
    client = Client()
    client.post("/new/letter/", {"matter": "0901"})
    client.post("/new/letter/where/", {"place": "610113"})
    assert client.get("/new/letter/text/")["Location"] == "/new/letter/where/"
    client.post("/new/letter/where/", {"place": "610113", "against": "610113-CG"})
    assert "您反映的单位看不到这封信" in client.get("/new/letter/text/").content.decode()
    client.post("/new/letter/text/", TEXT)
    client.post("/new/letter/check/", {"send": "1"})
    assert (Case.objects.get().unit_id, Case.objects.get().against_id) == ("610113-GOV", "610113-CG")


def test_the_secret_opens_the_letter_typed_as_people_type(sent):
    _client, case, kept = sent
    other = Client()
    assert other.get(f"/follow/{case.code}/").status_code == 404
    typed = "-".join(re.findall("....", kept["secret"])).lower().replace("0", "o")
    assert other.post("/follow/", {"code": case.code.lower(), "secret": typed})["Location"] == f"/follow/{case.code}/"
    page = other.get(f"/follow/{case.code}/").content.decode()
    assert "雁塔区城市管理局" in page
    assert "029-00000001" in page
    assert "每天夜里十二点" in page


def test_a_wrong_code_and_a_wrong_secret_get_the_same_answer(sent):
    _client, case, kept = sent
    wrong = [
        Client().post("/follow/", data)
        for data in ({"code": case.code, "secret": "X" * 20}, {"code": "0" * 12, "secret": kept["secret"]})
    ]
    texts = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in wrong]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert texts[0] == texts[1]


def test_the_timeline_says_what_happened_and_who_looked(sent, actor):
    client, case, _kept = sent
    handler = actor("610113-CG", "handler")
    looks.look(case, handler, "办理")
    looks.look(case, handler, "办理")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("note", handler, {"text": "内部的话"}))
    perform(case.pk, Step("message", handler, {"text": "我们明天到现场"}))
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert "单位已受理" in page
    assert "我们明天到现场" in page
    assert "内部的话" not in page
    assert handler.name not in page
    page = client.get(f"/follow/{case.code}/looks/").content.decode()
    assert page.count("办理</td>") == 1
    assert "承办人" in page
    assert handler.name not in page


def test_rating_supplement_withdrawal_and_a_stale_page(sent, actor):
    client, case, _kept = sent
    base = f"/follow/{case.code}/act/"
    assert client.post(base + "supplement/", {"text": "补一句", "version": "1", "nonce": "n1"}).status_code == 302
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已处理", "at_once": True}))
    stale = client.post(base + "withdraw/", {"text": "不用了", "version": "1", "nonce": "n2"})
    assert stale.status_code == 409
    stale = client.post(base + "rate/", {"grade": "5", "version": "1", "nonce": "n3", "text": "写下的理由"})
    assert stale.status_code == 409
    assert "写下的理由" in stale.content.decode()
    case.refresh_from_db()
    for _ in range(2):
        client.post(base + "rate/", {"grade": "5", "version": str(case.version), "nonce": "n4", "text": "很好"})
    assert case.acts.filter(act="rate").count() == 1
    assert client.post(base + "answer/", {"text": "x"}).status_code == 404


def test_a_file_can_be_added_later(sent):
    client, case, _kept = sent
    client.post(
        f"/follow/{case.code}/act/supplement/",
        {"text": "见附件", "version": "1", "nonce": "n9", "files": SimpleUploadedFile("a.txt", "内容".encode())},
    )
    item = Attachment.objects.get()
    assert item.act.act == "supplement"


def test_my_data_has_everything_and_nothing_internal(sent, actor):
    client, case, _kept = sent
    perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": "内部的话"}))
    answer = client.post(f"/follow/{case.code}/data/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    found = json.loads(archive.read("letter.json"))
    assert found["letter"]["phone"] == "13800000000"
    assert "内部的话" not in archive.read("letter.json").decode()


@pytest.mark.parametrize("path", ["", "looks/", "data/", "book/", "act/withdraw/", "file/abc/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_and_the_holder_of_another_letter_get_nothing(sent, letter, path, method):
    client, case, _kept = sent
    other, _ = letter(subject="别人的信")
    for who, code in ((Client(), case.code), (client, other.code)):
        answer = getattr(who, method)(f"/follow/{code}/{path}")
        assert answer.status_code in (404, 405)
        assert "别人的信" not in answer.content.decode()


def test_booking_changing_and_cancelling_a_reception(sent):
    from datetime import timedelta

    from django.utils import timezone

    from tongban.desk import reception
    from tongban.desk.models import Slot

    client, case, _kept = sent
    reception.offer("610113-CG", timezone.now() + timedelta(days=1), 2, 20, "video", None)
    reception.offer("610124-XF", timezone.now() + timedelta(days=1), 1, 20, "video", None)
    one, two, elsewhere = Slot.objects.order_by("unit_id", "starts_at")
    url = f"/letters/c/{case.code}/book/"
    assert client.post(url, {"slot": elsewhere.pk}).status_code == 404
    assert client.post(url, {"slot": one.pk}).status_code == 302
    assert client.post(url, {"slot": two.pk}).status_code == 302
    assert list(Slot.objects.filter(booked_case=case)) == [two]
    client.post(url, {"slot": two.pk, "cancel": "1"})
    assert not Slot.objects.filter(booked_case=case).exists()
    assert [act.act for act in case.acts.order_by("sequence")] == ["submit", "book", "book", "unbook"]


def published(letter, actor, **more):
    case, _ = letter(**more)
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "已责令停工，請放心。", "at_once": True}))
    publish(case, handler, {"subject": case.subject, "body": case.body, "answer": "已责令停工，請放心。"})
    settle()
    return PublishedLetter.objects.get(case=case)


def test_markup_in_a_letter_stays_text(letter, actor):
    row = published(letter, actor, subject="<script>alert(1)</script>", body="<img src=x onerror=alert(1)> 施工")
    for url in ("/", "/letters/published/?q=施工", f"/letters/published/{row.slug}/"):
        page = Client().get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_elder_mode_and_language_stay_on(registry):
    client = Client()
    client.post("/elder/", {"mode": "elder", "next": "/about/"})
    assert 'data-mode="elder"' in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert 'href="/new/letter/">Write' in client.get("/").content.decode()
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"
    client.post("/language/", {"language": "zh-hant"})
    assert 'href="/new/letter/">寫信</a>' in client.get("/").content.decode()


def test_too_many_letters_from_one_address_are_told_to_wait(registry, settings):
    from tongban.gate.rates import BUCKETS

    settings.RATE_LIMITS = True
    BUCKETS.clear()
    answers = [Client().post("/follow/", {"code": "x", "secret": "y"}) for _ in range(25)]
    BUCKETS.clear()
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
