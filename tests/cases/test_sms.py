"""Text messages by two vendors: their own worked examples of a signature, and a server on this machine that checks the
signature as the vendor would, answers as it does, and says no."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, quote

import pytest
from django.utils import timezone

from tongban.cases import notices, sms
from tongban.cases.models import Notice
from tongban.cases.sms import aliyun, tencent

KEY_ID, KEY_SECRET = "AKIDEXAMPLE0001", "not-a-secret-of-anybody"
CONFIGURED = {
    "key_id": KEY_ID, "key_secret": KEY_SECRET, "sign": "雁塔通办", "app": "1400006666", "region": "ap-guangzhou",
    "templates": "progress=SMS_1, code=SMS_2,renewed=SMS_3", "endpoint": "",
}  # fmt: skip
OK = {
    "aliyun": {"Code": "OK", "Message": "OK", "BizId": "9006197469364984400", "RequestId": "F655A8D5"},
    "tencent": {"Response": {"RequestId": "a0aabda6", "SendStatusSet": [
        {"SerialNo": "5000:1045710669157053657849499619", "PhoneNumber": "+8613800000000", "Code": "Ok",
         "Message": "send success"}]}},
}  # fmt: skip
NO = {
    "aliyun": {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控", "RequestId": "x"},
    "tencent": {"Response": {"RequestId": "x", "SendStatusSet": [
        {"SerialNo": "", "Code": "LimitExceeded.PhoneNumberThirtySecondLimit", "Message": "too often"}]}},
}  # fmt: skip
WHY = {"aliyun": "isv.BUSINESS_LIMIT_CONTROL", "tencent": "LimitExceeded.PhoneNumberThirtySecondLimit"}
VENDORS = ("aliyun", "tencent")


def test_aliyuns_own_example_of_a_signature():
    """https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature, 固定参数示例."""
    query = aliyun.query_of(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    assert aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencents_own_example_of_a_signature():
    """https://cloud.tencent.com/document/product/213/30654: its secrets end in stars, and so they were signed with."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    found = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", "Gu5t9xGARNpq86cd98joQYCN3*******", "cvm", 1551113065, headers, body
    )
    assert found.endswith("Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c")
    assert "/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, " in found


def _fields(authorization):
    algorithm, _space, rest = authorization.partition(" ")
    pairs = dict(part.strip().split("=", 1) for part in rest.split(","))
    return algorithm, pairs["Credential"], pairs["SignedHeaders"].split(";"), pairs["Signature"]


def _aliyun_checks(handler, body):
    """As the vendor does it: from what came over the wire."""
    algorithm, key, names, signature = _fields(handler.headers["Authorization"])
    path, _mark, raw = handler.path.partition("?")
    query = "&".join(f"{quote(n, safe='~')}={quote(v, safe='~')}" for n, v in sorted(parse_qsl(raw)))
    lines = "".join(f"{name}:{handler.headers[name].strip()}\n" for name in names)
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join((handler.command, path, query, lines, ";".join(names), digest))
    text = f"{algorithm}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    age = datetime.now(UTC) - datetime.strptime(handler.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert digest == handler.headers["x-acs-content-sha256"]
    assert {"host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"} <= set(names)
    assert (algorithm, key, abs(age) < timedelta(minutes=15)) == ("ACS3-HMAC-SHA256", KEY_ID, True)
    assert (handler.headers["x-acs-action"], handler.headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    assert hmac.new(KEY_SECRET.encode(), text.encode(), "sha256").hexdigest() == signature
    return dict(parse_qsl(raw))


def _tencent_checks(handler, body):
    algorithm, credential, names, signature = _fields(handler.headers["Authorization"])
    key, day, service, end = credential.split("/")
    lines = "".join(f"{name}:{handler.headers[name].strip().lower()}\n" for name in names)
    canonical = "\n".join((handler.command, handler.path, "", lines, ";".join(names), hashlib.sha256(body).hexdigest()))
    at = handler.headers["X-TC-Timestamp"]
    text = f"{algorithm}\n{at}\n{day}/{service}/{end}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = f"TC3{KEY_SECRET}".encode()
    for part in (day, service, end):
        secret = hmac.new(secret, part.encode(), "sha256").digest()
    assert (algorithm, key, service, end) == ("TC3-HMAC-SHA256", KEY_ID, "sms", "tc3_request")
    assert day == datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d")
    assert {"content-type", "host"} <= set(names)
    assert (handler.headers["X-TC-Action"], handler.headers["X-TC-Version"]) == ("SendSms", "2021-01-11")
    assert hmac.new(secret, text.encode(), "sha256").hexdigest() == signature
    return json.loads(body)


CHECKS = {"aliyun": _aliyun_checks, "tencent": _tencent_checks}


@pytest.fixture
def vendor(settings):
    """A vendor on this machine: `start(name, answer)`; what it was sent is in `got`, what it found wrong in `wrong`."""
    servers, got, wrong = [], [], []

    def start(name, answer, status=200, more=None):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 (the name that http.server calls)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    got.append(CHECKS[name](self, body))
                except Exception as error:  # told to the test, not to the wire
                    wrong.append(repr(error))
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for header, value in (more or {}).items():
                    self.send_header(header, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args):
                return

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.NOTICE_SMS = name
        settings.SMS = {**CONFIGURED, "endpoint": f"http://127.0.0.1:{server.server_port}"}

    start.got, start.wrong = got, wrong
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


MESSAGE = sms.Message(
    "13800000000", "全文", "progress", {"kind": "来信", "code": "ABCD-EFGH-0001", "what": "已&受理 ~*"}
)


@pytest.mark.parametrize("name", VENDORS)
def test_a_message_is_signed_as_the_vendor_checks_it(vendor, name):
    vendor(name, OK[name])
    number = sms.gateway().send(MESSAGE)
    assert vendor.wrong == []
    (got,) = vendor.got
    if name == "aliyun":
        assert number == "9006197469364984400"
        assert (got["PhoneNumbers"], got["SignName"], got["TemplateCode"]) == ("13800000000", "雁塔通办", "SMS_1")
        assert json.loads(got["TemplateParam"]) == dict(MESSAGE.values)
    else:
        assert number.startswith("5000:")
        assert got == {
            "PhoneNumberSet": ["+8613800000000"], "SmsSdkAppId": "1400006666", "SignName": "雁塔通办",
            "TemplateId": "SMS_1", "TemplateParamSet": list(MESSAGE.values.values()),
        }  # fmt: skip


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_that_says_no_is_told_by_its_word(vendor, name):
    vendor(name, NO[name])
    with pytest.raises(sms.NotSent) as refused:
        sms.gateway().send(MESSAGE)
    assert refused.value.code == WHY[name]


@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize(
    ("answer", "status", "more"),
    [
        (b"<html>", 502, None),
        (b"[]", 200, None),
        (b"{}", 200, None),
        (b"", 307, {"Location": "http://127.0.0.1:9/elsewhere"}),
    ],
)
def test_what_is_no_answer_of_the_vendor_is_a_failure(vendor, name, answer, status, more):
    vendor(name, answer, status, more)
    with pytest.raises(sms.NotSent):
        sms.gateway().send(MESSAGE)
    assert len(vendor.got) == 1  # a redirect is not followed with a signed request


def test_a_wrong_signature_of_an_error_answer_is_told(vendor):
    vendor("tencent", {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}}})
    with pytest.raises(sms.NotSent) as refused:
        sms.gateway().send(MESSAGE)
    assert refused.value.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_that_is_not_there_is_a_failure_without_a_secret_in_it(settings, name):
    settings.NOTICE_SMS, settings.SMS = name, {**CONFIGURED, "endpoint": "http://127.0.0.1:9"}
    with pytest.raises(sms.NotSent) as refused:
        sms.gateway().send(MESSAGE)
    assert KEY_SECRET not in repr(refused.value)
    assert "13800000000" not in repr(refused.value)


def test_an_address_without_tls_is_not_called(settings):
    settings.NOTICE_SMS, settings.SMS = "aliyun", {**CONFIGURED, "endpoint": "http://sms.example"}
    with pytest.raises(sms.NotSent) as refused:
        sms.gateway().send(MESSAGE)
    assert refused.value.code == "bad endpoint"


def test_what_is_not_set_is_said(settings):
    settings.NOTICE_SMS, settings.SMS = "tencent", {**CONFIGURED, "app": "", "templates": "code=2"}
    assert sms.missing() == [
        "TONGBAN_SMS_APP", "TONGBAN_SMS_TEMPLATES: progress=…", "TONGBAN_SMS_TEMPLATES: renewed=…",
    ]  # fmt: skip
    with pytest.raises(sms.NotSent) as refused:
        sms.gateway().send(MESSAGE)
    assert refused.value.code == "no template"
    settings.NOTICE_SMS = ""
    assert (sms.missing(), sms.gateway()) == ([], None)


def test_a_place_of_a_template_takes_no_more_than_it_can(settings):
    long = sms.Message("1", "", "progress", {"what": "字" * 90})
    assert len(long.filled()["what"]) == 35


@pytest.mark.django_db
@pytest.mark.parametrize("name", VENDORS)
def test_a_notice_goes_out_by_the_vendor_and_is_tried_again_where_it_says_no(vendor, letter, actor, name, caplog):
    vendor(name, NO[name])
    case, _receipt = letter(phone="138 0000 0000")
    from tongban.cases.writer import Step, perform

    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    notice = Notice.objects.get(channel="sms")
    notices.send_waiting(timezone.now() + timedelta(seconds=1))
    notice.refresh_from_db()
    assert (notice.state, notice.tries, notice.error) == ("waiting", 1, WHY[name])
    vendor(name, OK[name])
    notices.send_waiting(timezone.now() + timedelta(minutes=5))
    notice.refresh_from_db()
    assert (notice.state, notice.private) == ("sent", None)
    assert vendor.wrong == []
    assert KEY_SECRET not in caplog.text
    assert "13800000000" not in caplog.text
