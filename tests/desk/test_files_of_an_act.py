"""Officials add files to what they do: checked by content, downloaded only, and the sender gets those that are
theirs."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.api.conftest import call, token  # noqa: F401 -- the callers of the API, as fixtures
from tongban.cases import attachments, filing
from tongban.cases.actor import Actor
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.writer import Step, perform

pytestmark = pytest.mark.django_db
TEXT = "检查记录：已修好。".encode()


def upload(name: str = "检查记录.txt", content: bytes = TEXT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def sender(letter):
    """A letter, and its sender's browser."""
    case, receipt = letter()
    browser = Client()
    browser.post("/follow/", {"code": case.code, "secret": receipt.secret})
    return case, receipt, browser


def answer(client, case, **values):
    hidden = {"version": Case.objects.get(pk=case.pk).version, "nonce": f"nonce{Act.objects.count():027d}"}
    return client.post(
        reverse("desk:answer", args=[case.code]),
        {**hidden, "text": "已修好，附检查记录。", "do": "answer", "at_once": "on", **values},
    )


def test_a_file_of_an_answer_reaches_the_sender_as_a_download(desk, sender):
    case, _receipt, browser = sender
    assert answer(desk("handler"), case, files=upload()).status_code == 302
    item = Attachment.objects.get(act__act="answer")
    assert "检查记录.txt" in browser.get(f"/follow/{case.code}/").content.decode()
    given = browser.get(f"/follow/{case.code}/file/{item.key}/")
    assert given.content == TEXT
    assert given["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in given["Content-Security-Policy"]
    assert attachments.path_of(item.key).read_bytes() != TEXT, "sealed on disk"
    data = browser.post(f"/follow/{case.code}/data/").content
    assert [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.startswith("files/")] == [
        "files/1-检查记录.txt"
    ]


def test_the_file_of_a_note_is_for_colleagues_and_never_for_the_sender(desk, sender, act, url):
    case, _receipt, browser = sender
    assert act(desk("handler"), case, "note", text="内部材料见附件", files=upload("内部.txt")).status_code == 302
    item = Attachment.objects.get(act__act="note")
    assert desk("head").get(url("file", case, item.key)).content == TEXT
    assert browser.get(f"/follow/{case.code}/file/{item.key}/").status_code == 404
    assert "内部.txt" not in browser.get(f"/follow/{case.code}/").content.decode()
    data = browser.post(f"/follow/{case.code}/data/").content
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["letter.json"]


@pytest.mark.parametrize("who", ["stranger", "other unit", "below", "elsewhere", "administrator"])
def test_the_file_of_an_act_is_under_the_same_rule_as_the_letter(who, desk, sender, act, url):
    case, _receipt, _browser = sender
    act(desk("handler"), case, "note", text="内部", files=upload())
    assert desk(who).get(url("file", case, Attachment.objects.get(act__act="note").key)).status_code in (
        302,
        403,
        404,
    )


def test_the_file_of_a_draft_is_the_senders_once_the_answer_is_approved(desk, letter, official, signed_in):
    case, receipt = letter(matter="0102")
    browser = Client()
    browser.post("/follow/", {"code": case.code, "secret": receipt.secret})
    first, second = (signed_in(official("610113-ZJ", role)) for role in ("handler", "head"))
    perform(case.pk, Step("accept", _actor(official("610113-ZJ", "handler"))))
    assert answer(first, case, do="draft_answer", files=upload()).status_code == 302
    key = Attachment.objects.get(act__act="draft_answer").key
    assert browser.get(f"/follow/{case.code}/file/{key}/").status_code == 404
    assert answer(second, case, do="approve_answer").status_code == 302
    assert browser.get(f"/follow/{case.code}/file/{key}/").content == TEXT
    assert browser.get(f"/follow/{case.code}/").content.decode().count("检查记录.txt") == 1


def _actor(user):
    from tongban.cases.actor import Actor

    return Actor("official", user.pk, tuple(user.posts.values_list("unit_id", "role")))


def test_every_sender_of_merged_letters_gets_the_file_of_the_common_answer(desk, sender, letter, actor):
    case, _receipt, _browser = sender
    other, receipt = letter(subject="同一件事", nonce="other")
    perform(other.pk, Step("merge", actor("610113-CG", "handler"), {"case": str(case.pk)}))
    answer(desk("handler"), case, files=upload())
    browser = Client()
    browser.post("/follow/", {"code": other.code, "secret": receipt.secret})
    assert "检查记录.txt" in browser.get(f"/follow/{other.code}/").content.decode()
    key = Attachment.objects.get(act__act="answer").key
    assert browser.get(f"/follow/{other.code}/file/{key}/").content == TEXT


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"<html><script>alert(1)</script>"), ("a.exe", b"MZ\x00\x01" * 40), ("empty.txt", b"")],
)
def test_what_a_file_is_is_told_by_its_content_and_a_wrong_one_loses_no_words(name, content, desk, sender):
    case, _receipt, _browser = sender
    refused = answer(desk("handler"), case, files=upload(name, content))
    assert refused.status_code == 422
    assert "已修好，附检查记录。" in refused.content.decode()
    assert name in refused.content.decode()
    assert Case.objects.get(pk=case.pk).state == "dispatched"
    assert not Attachment.objects.exists()


def test_a_picture_comes_out_without_where_it_was_taken(desk, sender):
    from PIL import Image

    case, _receipt, browser = sender
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "北门巷七号"
    Image.new("RGB", (4, 4)).save(out, "JPEG", exif=exif)
    answer(desk("handler"), case, files=upload("现场.jpg", out.getvalue()))
    given = browser.get(f"/follow/{case.code}/file/{Attachment.objects.get().key}/")
    assert not Image.open(io.BytesIO(given.content)).getexif()


def test_a_refused_form_keeps_the_file_that_came_with_it(desk, sender, act, actor):
    case, _receipt, _browser = sender
    stale = {"version": case.version, "nonce": "a" * 32, "text": "请补充", "files": upload()}
    perform(case.pk, Step("accept", actor("610113-CG", "head")))
    client, address = desk("handler"), reverse("desk:act", args=[case.code, "ask_resident"])
    page = client.post(address, stale)
    assert page.status_code == 409
    assert "检查记录.txt" in page.content.decode()
    assert (
        client.post(
            address, {"version": Case.objects.get(pk=case.pk).version, "nonce": "a" * 32, "text": "请补充"}
        ).status_code
        == 302
    )
    assert [item.act.act for item in Attachment.objects.all()] == ["ask_resident"]


def test_a_kept_draft_keeps_its_files_and_gives_them_up_on_wish(desk, sender):
    case, _receipt, _browser = sender
    client, address = desk("handler"), reverse("desk:answer", args=[case.code])
    assert answer(client, case, do="save", files=upload()).status_code == 302
    assert "检查记录.txt" in client.get(address).content.decode()
    assert "检查记录.txt" not in desk("head").get(address).content.decode(), "a draft is its writer's alone"
    page = answer(client, case, do=f"remove:{Attachment.objects.get().key}", text="还在写")
    assert "检查记录.txt" not in page.content.decode()
    assert "还在写" in page.content.decode()
    assert not Attachment.objects.exists()


def test_the_same_file_sent_twice_is_one(desk, sender):
    case, _receipt, _browser = sender
    client = desk("handler")
    answer(client, case, do="save", files=upload())
    answer(client, case, files=upload())
    assert Attachment.objects.count() == 1


def test_nobody_takes_over_the_files_that_wait_for_another(sender, official):
    case, _receipt, _browser = sender
    names = {
        filing.waiting_in(case, Actor("official", official("610113-CG", role).pk), "answer")
        for role in ("handler", "head")
    }
    assert len(names) == 2


def test_a_program_adds_files_reads_them_and_its_key_makes_them_once(call, token, sender):  # noqa: F811
    case, receipt, _browser = sender
    text, key = token("610113-CG", "handler"), "files-of-a-program-0001"
    body = {
        "act": "answer",
        "version": 1,
        "payload": {"text": "已修好。", "at_once": True},
        "files": [{"name": "记录.txt", "content": base64.b64encode(TEXT).decode()}],
    }
    for again in (False, True):
        done = call("POST", f"/desk/cases/{case.code}/acts", body, token=text, key=key)
        assert (done.status_code, done.json()["again"]) == (200, again)
    read = call("GET", f"/desk/cases/{case.code}", token=text).json()
    assert [[file["name"] for file in act["files"]] for act in read["acts"] if act["act"] == "answer"] == [["记录.txt"]]
    number = Attachment.objects.get(act__act="answer").key
    assert (
        base64.b64decode(call("GET", f"/desk/cases/{case.code}/files/{number}", token=text).json()["content"]) == TEXT
    )
    assert Act.objects.filter(case=case, act="look").exists()
    own = call("GET", f"/letters/{case.code}", secret=receipt.secret).json()
    assert [file["key"] for act in own["acts"] for file in act["files"]] == [number]
    assert (
        call("GET", f"/letters/{case.code}/files/{number}", secret=receipt.secret).json()["media_type"] == "text/plain"
    )


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("accept", base64.b64encode(TEXT).decode()),
        ("answer", "not base64!"),
        ("answer", base64.b64encode(b"MZ\x00\x01" * 9).decode()),
    ],
)
def test_a_program_is_told_which_file_cannot_be_taken_and_nothing_is_done(act, content, call, token, sender):  # noqa: F811
    case, _receipt, _browser = sender
    body = {
        "act": act,
        "version": 1,
        "payload": {"text": "x"} if act == "answer" else {},
        "files": [{"name": "a.txt", "content": content}],
    }
    refused = call("POST", f"/desk/cases/{case.code}/acts", body, token=token("610113-CG", "handler"))
    assert (refused.status_code, refused.json()["field"]) == (422, "files")
    assert Case.objects.get(pk=case.pk).state == "dispatched"


def test_a_program_of_the_sender_gets_no_internal_file(call, token, sender):  # noqa: F811
    case, receipt, _browser = sender
    body = {
        "act": "note",
        "version": 1,
        "payload": {"text": "内部"},
        "files": [{"name": "内部.txt", "content": base64.b64encode(TEXT).decode()}],
    }
    assert call("POST", f"/desk/cases/{case.code}/acts", body, token=token("610113-CG", "handler")).status_code == 200
    number = Attachment.objects.get(act__act="note").key
    assert call("GET", f"/letters/{case.code}/files/{number}", secret=receipt.secret).status_code == 404
    assert "内部.txt" not in call("GET", f"/letters/{case.code}", secret=receipt.secret).content.decode()
    assert (
        call("GET", f"/desk/cases/{case.code}/files/{number}", token=token("610113-ZJ", "handler")).status_code == 404
    )
