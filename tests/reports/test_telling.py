"""The public statement is masked before anybody outside sees it; notices to contacts say what, how far, until when,
why, on which law and how to object, with XARF beside them."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import jsonschema_rs
import pytest
from django.core import mail

from tongban.cases.models import Act, Case, Notice
from tongban.cases.notices import send_waiting
from tongban.cases.refusal import Refusal
from tongban.reports import on_desk, telling
from tongban.reports.guarding import target
from tongban.reports.models import Listed
from tongban.reports.statement import publishable

from .conftest import NOON, UNIT, after, decision, listed, official, report

SITE = "http://icbc-jifen.example/login"
WANTED = target(SITE, "host")
SAID = "经核实，网站 icbc-jifen.example 仿冒工商银行，张伟（13812345678）被骗3万元，对方账户6222021234567890123。"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("受害人13812345678报案", "13812345678"),
        ("对方账户6222021234567890123", "6222021234567890123"),
        ("身份证610113199003072918的人", "610113199003072918"),
        ("张伟证实被骗", "张伟"),
        ("联系邮箱 a.b@mail.example", "a.b@mail.example"),
        ("订单号2026030112345678", "2026030112345678"),
    ],
)
def test_what_is_a_persons_is_hidden(text, gone):
    shown = publishable(text, WANTED)
    assert gone not in shown.text
    assert shown.hidden
    assert all(shown.hidden_words)


def test_the_name_that_is_decided_on_stays_readable_and_cannot_be_clicked():
    shown = publishable(f"网站 {SITE} 和 icbc-jifen.example 骗取卡号", WANTED)
    assert shown.text == "网站 icbc-jifen[.]example/login 和 icbc-jifen[.]example 骗取卡号"
    assert shown.hidden == ()


def test_a_plain_statement_stays_as_it_was_written():
    said = "2026年3月1日起，以返利为名要求垫付3万元，共收到举报12件。"
    assert publishable(said, WANTED) == publishable(said)
    assert publishable(said).text == said


@pytest.mark.usefixtures("city")
@pytest.mark.both_databases
def test_whoever_decides_sees_what_will_be_hidden_before_it_is_public():
    case = after(report(SITE), "accept", official())
    with pytest.raises(Refusal) as refused:
        after(case, "decide", official(), 2, **{**decision(), "statement": SAID})
    words = str(refused.value.message)
    assert refused.value.field == "statement"
    assert "张某" in words
    assert "13812345678" not in words
    assert not Listed.objects.exists()
    after(case, "decide", official(), 2, **{**decision(), "statement": SAID, "masked": True})
    row = Listed.objects.get()
    assert "张某" in row.statement
    assert "13812345678" not in row.statement
    listing = Case.objects.get(part_of=case)
    shown = on_desk.decision(type("Found", (), {"case": listing}))
    assert shown.statement == row.statement
    assert len(shown.hidden) >= 3


@pytest.mark.usefixtures("city")
def test_a_renewal_is_masked_too_and_asks_the_guards_as_they_are_now(settings, tmp_path):
    listing = listed(SITE)
    more = {"until": (NOON + timedelta(days=60)).date().isoformat(), "statement": "李小红仍在被骗，电话13812345678"}
    head = official(UNIT, "head")
    with pytest.raises(Refusal, match="bad_input"):
        after(listing, "renew", head, 24, **more)
    after(listing, "renew", head, 24, **more, masked=True)
    assert "13812345678" not in Listed.objects.get().statement
    settings.DATA = tmp_path
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "protected.txt").write_text("icbc-jifen.example\n")
    with pytest.raises(Refusal, match="not_allowed"):
        after(listing, "renew", official(UNIT, "head", "another"), 48, **more, masked=True)


# --- notices ----------------------------------------------------------------------------------------------------------

CORE = {
    "type": "object",
    "required": [
        "xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type", "url",
    ],
    "properties": {
        "xarf_version": {"pattern": r"^4\.[0-9]+\.[0-9]+$"},
        "report_id": {"type": "string", "format": "uuid"},
        "timestamp": {"type": "string", "format": "date-time"},
        "reporter": {"$ref": "#/$defs/contact"},
        "sender": {"$ref": "#/$defs/contact"},
        "source_identifier": {"type": "string"},
        "category": {"const": "content"},
        "type": {"enum": ["fraud", "phishing", "malware"]},
        "url": {"type": "string", "format": "uri"},
        "domain": {"type": "string", "format": "hostname"},
        "verification_method": {
            "enum": ["manual", "automated_crawler", "user_report", "honeypot", "threat_intelligence"]
        },
        "description": {"type": "string", "maxLength": 1000},
        "tags": {"type": "array", "items": {"pattern": "^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-.]*$"}, "maxItems": 20},
    },
    "if": {"properties": {"type": {"const": "fraud"}}},
    "then": {"required": ["fraud_type"]},
    "$defs": {
        "contact": {
            "type": "object",
            "required": ["org", "contact", "domain"],
            "properties": {
                "org": {"type": "string", "maxLength": 200},
                "contact": {"type": "string", "format": "email"},
                "domain": {"type": "string", "format": "hostname"},
            },
            "additionalProperties": False,
        }
    },
}  # fmt: skip
"""What xarf.org's schemas of version 4 ask of a report in the category `content` (xarf-core, content-base,
content-fraud), as far as it concerns us; written down from them on 2026-11-30."""


@pytest.fixture
def told(city):
    listing = listed(SITE)
    after(listing, "notify", official(), 3, told="host", contact="abuse@host.example", text="按备案信息联系")
    send_waiting(NOON + timedelta(days=1))
    (message,) = mail.outbox
    return listing, message


@pytest.mark.both_databases
def test_the_notice_is_a_statement_of_reasons_in_two_languages(told):
    listing, message = told
    row = Listed.objects.get()
    assert message.to == ["abuse@host.example"]
    assert row.number in message.subject
    for said in (
        row.number,
        "icbc-jifen[.]example",
        "2026-03-02",
        row.until.isoformat(),
        row.statement,
        row.basis,
        "没有由程序自动决定",
        "/new/report_objection/",
        f"/decisions/{row.number}/",
    ):
        assert said in message.body, said
    assert message.body.count(row.number) >= 4, "in both languages"
    assert "按备案信息联系" not in message.body, "words for colleagues stay inside"
    assert "icbc-jifen.example/login" not in message.body


def test_nothing_of_the_report_is_in_the_notice(told):
    _listing, message = told
    case = Case.objects.get(kind="report")
    for attached in (message.body, message.subject, *(content for _name, content, _kind in message.attachments)):
        assert "要输银行卡密码" not in attached
        assert case.code not in attached


def test_xarf_lies_beside_it_and_is_valid(told):
    _listing, message = told
    ((name, content, kind),) = message.attachments
    assert (name, kind) == ("xarf.json", "application/json")
    found = json.loads(content)
    validator = jsonschema_rs.Draft202012Validator(CORE, validate_formats=True)
    assert [str(error) for error in validator.iter_errors(found)] == []
    assert uuid.UUID(found["report_id"]).version == 4
    assert (found["type"], found["url"], found["source_identifier"]) == (
        "fraud",
        "http://icbc-jifen.example/",
        "icbc-jifen.example",
    )


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("harm", ["6002", "6003", "6005", "6006"])
def test_a_harm_for_which_xarf_has_no_type_goes_without(harm):
    listed("http://qipai.example/x", harm, scope="url")
    assert telling.xarf(Listed.objects.get(), NOON) is None
    assert "attached" not in telling.message(Listed.objects.get(), "a@b.example", NOON)


@pytest.mark.usefixtures("city")
@pytest.mark.both_databases
def test_the_mail_and_its_act_are_one_transaction_and_without_an_address_nothing_is_sent():
    listing = listed(SITE)
    with pytest.raises(Refusal):
        after(listing, "notify", official(), 3, told="host", contact="no address", text="x")
    assert not Notice.objects.exists()
    after(listing, "notify", official(), 3, told="owner", text="已当面告知")
    assert not Notice.objects.exists()
    assert Act.objects.filter(case=listing, act="notify").count() == 1


def test_the_address_of_a_contact_is_sealed_while_it_waits_and_gone_when_it_was_sent(told):
    assert Notice.objects.get().private is None
