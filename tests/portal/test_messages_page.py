"""邮件和短信: the administrators' page says what is set up, no secret, and sends a test."""

from __future__ import annotations

import pytest
from django.core import mail

from tongban.cases import sms
from tongban.cases.models import Notice

pytestmark = pytest.mark.django_db

URL = "/desk/admin/messages/"
SET = {
    "key_id": "AKID-12345678", "key_secret": "the-secret-itself", "sign": "雁塔通办", "app": "1400", "region": "r",
    "templates": "progress=SMS_1,code=SMS_2", "endpoint": "http://127.0.0.1:9",
}  # fmt: skip


@pytest.fixture
def admin(official, signed_in):
    return signed_in(official("610000-GOV", "administrator"))


def test_it_shows_what_is_set_and_no_secret(admin, settings):
    settings.NOTICE_SMS, settings.SMS = "aliyun", SET
    settings.EMAIL_URL = "smtps://user:mail-password@mail.example:465"
    page = admin.get(URL).content.decode()
    for said in ("阿里云短信", "雁塔通办", "SMS_1", "…5678", "mail.example", "renewed=…"):
        assert said in page
    for secret in ("the-secret-itself", "AKID-12345678", "mail-password", "user:"):
        assert secret not in page


def test_a_test_mail_is_sent_and_said(admin):
    page = admin.post(URL, {"to": "me@example.com"}, follow=True).content.decode()
    assert "没有设置邮件服务器" in page
    assert [message.to for message in mail.outbox] == [["me@example.com"]]
    assert Notice.objects.count() == 0


def test_the_vendors_no_is_said_in_its_word(admin, settings, monkeypatch):
    class Refusing:
        def send(self, message):
            raise sms.NotSent("isv.SMS_SIGNATURE_ILLEGAL", "签名不合法")

    settings.NOTICE_SMS, settings.SMS = "aliyun", SET
    monkeypatch.setattr(sms, "gateway", Refusing)
    page = admin.post(URL, {"to": "138 0000 0000"}, follow=True).content.decode()
    assert "没有发出：isv.SMS_SIGNATURE_ILLEGAL 签名不合法" in page


def test_the_vendors_number_is_said(admin, settings, monkeypatch):
    sent = []

    class Taking:
        def send(self, message):
            sent.append(message)
            return "BIZ-1"

    settings.NOTICE_SMS, settings.SMS = "tencent", SET
    monkeypatch.setattr(sms, "gateway", Taking)
    assert "腾讯云短信收下了，编号 BIZ-1" in admin.post(URL, {"to": "+8613800000000"}, follow=True).content.decode()
    assert sent[0].number == "13800000000"


def test_without_a_provider_it_says_so(admin, settings):
    settings.NOTICE_SMS = ""
    assert "没有发出：no SMS provider" in admin.post(URL, {"to": "13800000000"}, follow=True).content.decode()


@pytest.mark.parametrize("to", ["", "123", "a@", "不是号码"])
def test_what_is_no_address_is_told(admin, to):
    assert admin.post(URL, {"to": to}).status_code == 422


@pytest.mark.parametrize("role", ["clerk", "head", "supervisor"])
def test_nobody_else_opens_it(official, signed_in, role):
    client = signed_in(official("610113-XF", role))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"to": "me@example.com"}).status_code == 403
    assert mail.outbox == []
