"""What somebody holds in their hand: a photo of a QR code, a pasted message, a number, an account, an app."""

from __future__ import annotations

import io

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.desk.opening import Found
from tongban.registry import snapshot
from tongban.reports import effects, on_desk
from tongban.reports.models import Listed
from tongban.reports.whats import What, titled, what_is

from .conftest import UNIT, after, decision, official, report

SITE = "https://icbc-jifen.example/login?u=7"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.ATTACHMENT_ROOT = settings.DATA = tmp_path


def photo(words: str) -> SimpleUploadedFile:
    raw = io.BytesIO()
    segno.make(words, error="m").save(raw, kind="png", scale=5, border=4)
    return SimpleUploadedFile("photo.png", raw.getvalue(), "image/png")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("13800000000 来电说我快递丢失", What("phone", "13800000000")),
        ("+86 138-0000-0000", What("phone", "13800000000")),
        ("400-123-4567", What("phone", "4001234567")),
        ("029-87654321 打来的", What("phone", "02987654321")),
        ("95588", What("phone", "95588")),
        ("106901234567 发来短信", What("phone", "106901234567")),
        ("+44 20 7946 0018", What("phone", "+442079460018")),
        ("加了微信号：Abc_12345 以后让我转账", What("account", "abc_12345")),
        ("抖音 @shua.dan", What("account", "shua.dan")),
        ("com.evil.loan", What("app", "com.evil.loan")),
        ("下载 com.evil.loan 软件", What("app", "com.evil.loan")),
        ("您的积分到期", What("message")),
        ("编号 12345678 的快递", What("message")),
        (
            "【工行】请登录 hxxp://icbc-jifen[.]example/a 兑换，电话 13800000000",
            What("site", "http://icbc-jifen.example/a"),
        ),
        ("icbc-jifen.example", What("site", "http://icbc-jifen.example/")),
        ("1.2.3.4/x", What("site", "http://1.2.3.4/x")),
    ],
)
def test_what_was_pasted_is_told_apart(text, what):
    assert what_is(text) == what


def test_a_bare_number_is_never_taken_for_an_address():
    """A browser reads 95588 as 0.1.117.100."""
    for number in ("95588", "12345678", "0110", "13800000000"):
        assert what_is(number).sort != "site"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (SITE, "icbc-jifen[.]example"),
        ("13800000000 来电", "电话号码 13800000000"),
        ("您的积分到期", "赌博网站"),
    ],
)
def test_a_report_is_called_what_it_is_about_and_never_as_a_link(text, title):
    assert titled(text, "赌博网站") == title


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("words", ["13800000000 来电", "微信号 abc_12345", "com.evil.loan", "您的积分到期"])
def test_what_no_resolver_can_block_is_only_referred_with_the_reason(words):
    case = after(report(words), "accept", official())
    why = str(on_desk.whats.WHY[effects.what_of(case).sort])
    with pytest.raises(Refusal) as refused:
        after(case, "decide", official(), 2, **decision())
    assert str(refused.value.message) == why
    form = effects.as_referred(case, [])
    assert form["text"] == why
    case = after(case, "refer", official(), 2, **form)
    assert (case.state, Listed.objects.count()) == ("referred", 0)


@pytest.mark.usefixtures("city")
def test_reports_of_one_number_are_seen_together_and_people_counted_once():
    first = report("13800000000 来电说我快递丢失")
    report("+86 138 0000 0000 又打来了", hours=1)
    who = official()
    registry = snapshot.current()
    shown = on_desk.no_site(Found(first, who, registry, {"lead:handler": (UNIT, "handler")}))
    assert (shown.value, shown.same.number, shown.same.people, shown.same.programs) == ("13800000000", 1, 1, 0)
    assert on_desk.about_site(Found(first, who, registry, {})) is None


@pytest.mark.usefixtures("city")
def test_the_photo_of_a_qr_code_fills_in_the_address_and_is_shown_before_it_goes_on():
    browser = Client()
    sent = {"found": "", "body": "传单上的二维码", "files": photo(SITE), "next": "1"}
    answer = browser.post("/new/report/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "从图片的二维码里读出了下面的内容" in page
    assert f">\n{SITE}</textarea>" in page
    assert Case.objects.count() == 0
    answer = browser.post("/new/report/", {"found": SITE, "body": "传单上的二维码", "next": "1"})
    assert answer["Location"] == "/new/report/matter/"
    assert browser.post("/new/report/matter/", {"matter": "6001"})["Location"] == "/new/report/check/"
    assert "photo.png" in browser.get("/new/report/check/").content.decode()
    assert browser.post("/new/report/check/", {"send": "1"}).status_code == 302
    case = Case.objects.get()
    assert (effects.site_of(case), case.subject) == (SITE, "icbc-jifen[.]example")


@pytest.mark.usefixtures("city")
def test_a_code_that_says_what_was_typed_already_and_a_picture_without_one_hold_nobody_up():
    browser = Client()
    answer = browser.post("/new/report/", {"found": SITE, "body": "二维码", "files": photo(SITE), "next": "1"})
    assert answer["Location"] == "/new/report/matter/"
    raw = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (60, 60), "white").save(raw, "PNG")
    blank = SimpleUploadedFile("blank.png", raw.getvalue(), "image/png")
    answer = Client().post("/new/report/", {"found": "13800000000", "body": "来电", "files": blank, "next": "1"})
    assert answer["Location"] == "/new/report/matter/"


@pytest.mark.usefixtures("city")
def test_what_was_typed_beside_a_code_stays():
    answer = Client().post("/new/report/", {"found": "朋友转来的", "body": "二维码", "files": photo(SITE), "next": "1"})
    assert f">\n朋友转来的\n{SITE}</textarea>" in answer.content.decode()
