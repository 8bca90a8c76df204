"""A draft sent to oneself: a link by mail that opens it on another device once, and says nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tongban.cases.models import Case, Notice
from tongban.cases.notices import send_waiting
from tongban.counter import drafts
from tongban.counter.models import Draft
from tongban.gate.rates import BUCKETS

pytestmark = pytest.mark.django_db
MAIL, OPEN = "/new/letter/mail/", "/new/letter/open/"
TEXT = {"subject": "夜间施工", "body": "每天夜里十二点以后还在施工。", "visibility": "public"}


@pytest.fixture(autouse=True)
def _mail(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    settings.EMAIL_URL = "smtp://mail.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def writer(**more: str) -> Client:
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    client.post("/new/letter/where/", {"place": "610113"})
    assert client.post("/new/letter/text/", {**TEXT, "mail": "1", **more})["Location"] == MAIL
    return client


def key_in_the_mail() -> str:
    send_waiting()
    return re.search(rf"{OPEN}#([0-9A-Z]{{26}})", mail.outbox[-1].body)[1]


def test_it_is_found_again_on_another_device(registry):
    client = writer()
    assert client.post(MAIL, {"email": "wang@example.org"})["Location"] == f"{MAIL}?sent"
    key, other = key_in_the_mail(), Client()
    assert other.post(OPEN, {"key": key})["Location"] == "/new/letter/text/", "the step that was left"
    assert TEXT["body"] in other.get("/new/letter/text/").content.decode()
    assert other.post("/new/letter/text/", {**TEXT, "next": "1"})["Location"] == "/new/letter/check/"
    assert other.post("/new/letter/check/", {"send": "1"})["Location"] == "/follow/sent/"
    assert Draft.objects.count() == 0, "what was sent leaves no copy anywhere"
    assert Case.objects.count() == 1


def test_the_mail_says_nothing_of_what_was_written(registry):
    writer().post(MAIL, {"email": "wang@example.org"})
    key_in_the_mail()
    [sent] = mail.outbox
    assert sent.to == ["wang@example.org"]
    for words in ("夜间施工", "十二点", "噪音", "雁塔"):
        assert words not in sent.subject + sent.body
    assert Notice.objects.get().private is None, "nor is the key kept once it is sent"


def test_the_key_opens_once(registry):
    writer().post(MAIL, {"email": "wang@example.org"})
    key = key_in_the_mail()
    assert Client().post(OPEN, {"key": f"{key[:4]}-{key[4:].lower()}"}).status_code == 302
    again = Client().post(OPEN, {"key": key})
    assert again.status_code == 422
    assert "已经用过" in again.content.decode()


@pytest.mark.parametrize("key", ["", "0" * 26, "夜间施工", "x" * 500])
def test_another_key_opens_nothing(registry, key):
    writer().post(MAIL, {"email": "wang@example.org"})
    client = Client()
    assert client.post(OPEN, {"key": key}).status_code == 422
    assert "tongban_draft" not in client.cookies


def test_after_seven_days_it_opens_nothing_and_is_gone(registry):
    writer().post(MAIL, {"email": "wang@example.org"})
    key = key_in_the_mail()
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(OPEN, {"key": key}).status_code == 422
    drafts.forget_old()
    assert Draft.objects.count() == 0


def test_the_key_of_a_cookie_opens_no_mailed_copy_and_a_mailed_key_is_no_cookie(registry):
    client = writer()
    client.post(MAIL, {"email": "wang@example.org"})
    key, other = key_in_the_mail(), Client()
    other.cookies["tongban_draft"] = key + "0" * 10
    assert TEXT["body"] not in other.get("/new/letter/text/", follow=True).content.decode()
    assert Client().post(OPEN, {"key": client.cookies["tongban_draft"].value}).status_code == 422


def test_it_opens_only_as_the_kind_it_is(registry, monkeypatch):
    writer().post(MAIL, {"email": "wang@example.org"})
    key = key_in_the_mail()
    from tongban.counter import mailing
    from tongban.counter.parts import writing_of

    monkeypatch.setattr(mailing, "writing_of", lambda kind: writing_of("letter"))
    assert Client().post("/new/other/open/", {"key": key}).status_code == 422
    assert Client().post(OPEN, {"key": key}).status_code == 302, "and stays good for its own"


def test_what_else_was_begun_there_is_said_before_it_is_replaced(registry):
    writer().post(MAIL, {"email": "wang@example.org"})
    key, other = key_in_the_mail(), writer(body="另外一件没写完的事情，说来话长。")
    assert "还有没写完的内容" in other.get(OPEN).content.decode()
    other.post(OPEN, {"key": key})
    page = other.get("/new/letter/text/").content.decode()
    assert TEXT["body"] in page
    assert "另外一件" not in page


def test_an_address_that_is_none_is_told_and_stays(registry):
    answer = writer().post(MAIL, {"email": "wang"})
    assert answer.status_code == 422
    assert "请填写电子邮箱" in answer.content.decode()
    assert Notice.objects.count() == 0


def test_nobody_is_flooded_with_it(registry, settings):
    settings.RATE_LIMITS = True
    BUCKETS.clear()
    try:
        client = writer()
        answers = [client.post(MAIL, {"email": "wang@example.org"}).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 429], "from one address of the net"
        others = [
            writer().post(MAIL, {"email": " WANG@example.org"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
            for n in range(2)
        ]
        assert others == [429, 429], "to one mailbox, whoever asks"
    finally:
        BUCKETS.clear()


def test_without_a_draft_there_is_nothing_to_send(registry):
    assert Client().get(MAIL)["Location"] == "/new/letter/"
    assert Client().post(MAIL, {"email": "wang@example.org"})["Location"] == "/new/letter/"
    assert Notice.objects.count() == 0


def test_where_no_mail_can_be_sent_it_is_not_offered(registry, settings):
    client = writer()
    settings.EMAIL_URL = ""
    assert client.get(MAIL).status_code == 404
    assert client.get(OPEN).status_code == 404
    assert "发到我的邮箱" not in client.get("/new/letter/text/").content.decode()


def test_the_demo_shows_what_it_would_send(registry, settings):
    settings.EMAIL_URL, settings.DEMO = "", True
    page = writer().post(MAIL, {"email": "wang@example.org"}).content.decode()
    key = re.search(rf'href="{OPEN}#([0-9A-Z]{{26}})"', page)[1]
    assert Client().post(OPEN, {"key": key}).status_code == 302
