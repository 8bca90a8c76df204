"""The checker takes what people have: the PDF, a page's address, a photo of the QR code; and says in plain words what
it cannot take."""

from __future__ import annotations

import io

import pikepdf
import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.ledger.test_receipts import answered, sender  # noqa: F401

pytestmark = pytest.mark.django_db
URL = "/ledger/check/"


def photo(words, kind="JPEG", turn=8):
    """The code as a telephone takes it: a little turned, on a larger picture, grey."""
    raw = io.BytesIO()
    segno.make(words, error="m").save(raw, kind="png", scale=5, border=4)
    code = Image.open(raw).convert("L").rotate(turn, expand=True, fillcolor=235)
    picture = Image.new("L", (900, 1200), 235)
    picture.paste(code, (200, 300))
    out = io.BytesIO()
    picture.convert("RGB").save(out, kind)
    return SimpleUploadedFile(f"photo.{kind.lower()}", out.getvalue())


def checked(**given):
    answer = Client().post(URL, given)
    return answer.status_code, answer.content.decode()


def test_the_pdf_is_taken(answered, sender):  # noqa: F811
    case, _ = answered
    sheet = sender.get(f"/follow/{case.code}/proof/2.pdf").content
    status, page = checked(file=SimpleUploadedFile("回执.pdf", sheet))
    assert status == 200
    assert "回执是真的" in page
    assert "已责令停工。" in page
    main = page.split("<main", 1)[1].split("技术信息")[0]
    assert "tlog-proof" not in main.split("<form", 1)[0]


def test_a_pdf_without_a_receipt_is_told(answered):  # noqa: F811
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(out)
    status, page = checked(file=SimpleUploadedFile("x.pdf", out.getvalue()))
    assert (status, "这份 PDF 里没有回执" in page) == (422, True)


@pytest.mark.parametrize("written", ["/ledger/entry/1/", "http://127.0.0.1:8000/ledger/entry/1/"])
def test_the_pages_address_is_taken(answered, written):  # noqa: F811
    status, page = checked(receipt=written)
    assert status == 200
    assert "台账上有这一条" in page
    assert "来信 · 答复" in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("/ledger/entry/99/", "台账上还没有这一条"),
        ("https://elsewhere.example/ledger/entry/1/", "这个网址不是本站台账的"),
    ],
)
def test_an_address_of_nothing_is_told(answered, written, said):  # noqa: F811
    status, page = checked(receipt=written)
    assert (status, said in page) == (422, True)


def test_a_photo_of_the_code_is_taken(answered):  # noqa: F811
    for kind in ("JPEG", "PNG", "WEBP"):
        status, page = checked(file=photo("http://127.0.0.1:8000/ledger/entry/1/", kind))
        assert (status, "台账上有这一条" in page) == (200, True), kind


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("http://127.0.0.1:8000/follow/?code=AAAABBBBCCCC#SECRETSECRET", "这是查进度的二维码，里面有密码"),
        ("https://elsewhere.example/", "这个二维码不是本站台账的"),
    ],
)
def test_a_photo_of_another_code_is_told_and_its_words_are_not_shown(answered, words, said):  # noqa: F811
    status, page = checked(file=photo(words))
    assert (status, said in page) == (422, True)
    assert "SECRETSECRET" not in page


def test_a_photo_without_a_code_and_a_damaged_one_are_told(answered):  # noqa: F811
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(out, "JPEG")
    assert "照片里没有找到二维码" in checked(file=SimpleUploadedFile("a.jpg", out.getvalue()))[1]
    status, _page = checked(file=SimpleUploadedFile("a.jpg", out.getvalue()[:200]))
    assert status == 422
