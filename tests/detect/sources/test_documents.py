"""Texts of DOCX, PPTX, ODT, ODS, OFD and PDF: identifiers whole, tables row by row, every part named,
resumed after any piece."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.detect.sources.making import docx, odf, ofd, paragraph, pdf, slide, word_table, zipped
from tests.detect.sources.reading import SMALL, check_resuming, texts_of, whys
from tongban.detect.sources import Limits, TextPiece, read_path


def text_by_part(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at), most=12):
        if isinstance(piece, TextPiece):
            found[piece.part] = found.get(piece.part, "") + piece.owned
    return found


def test_word_documents(tmp_path: Path) -> None:
    body = (
        paragraph("电话138", "0013", "8000")
        + word_table([["姓名", "手机"], ["张三", "13900139000"]])
        + paragraph("长" * 9_000)
    )
    found = text_by_part(
        zipped(
            tmp_path / "信",
            docx(body, {"word/footnotes.xml": docx(paragraph("脚注"))["word/document.xml"], "word/styles.xml": "<a/>"}),
        )
    )
    text = found["word/document.xml"]
    assert text.startswith("电话13800138000\n姓名 \t手机 \t\n张三 \t13900139000 \t\n")
    assert text.count("长") == 9_000
    assert found["word/footnotes.xml"] == "脚注\n"


def test_slides_in_their_order(tmp_path: Path) -> None:
    slides: dict[str, str | bytes] = {
        f"ppt/slides/slide{number}.xml": slide(f"第{number}张", "13800138000") for number in (10, 2, 1)
    }
    found = text_by_part(
        zipped(tmp_path / "a.pptx", {"[Content_Types].xml": "<T/>", "ppt/presentation.xml": "<p/>", **slides})
    )
    assert list(found) == ["ppt/slides/slide1.xml", "ppt/slides/slide2.xml", "ppt/slides/slide10.xml"]
    assert found["ppt/slides/slide2.xml"] == "第2张\n13800138000\n"


def test_open_documents(tmp_path: Path) -> None:
    found = text_by_part(
        zipped(
            tmp_path / "a.odt",
            odf("text", "<text:h>标题</text:h><text:p>电话<text:span>138</text:span>00138000<text:tab/>完</text:p>"),
        )
    )
    assert found["content.xml"] == "标题\n电话13800138000\t完\n"
    cell = (
        "<table:table-cell office:value='13800138000'><text:p>1.38E+10</text:p></table:table-cell><table:"
        "table-cell><text:p>张三</text:p></table:table-cell>"
    )
    found = text_by_part(
        zipped(
            tmp_path / "a.ods",
            odf("spreadsheet", f"<table:table><table:table-row>{cell}</table:table-row></table:table>"),
        )
    )
    assert found["content.xml"] == "1.38E+10 13800138000\t张三 \t\n"


def test_ofd_joins_what_stands_side_by_side(tmp_path: Path) -> None:
    found = text_by_part(
        zipped(
            tmp_path / "a.ofd",
            ofd(
                [("10 10 20 5", "电话138"), ("30 10 20 5", "00138000"), ("80 10 9 5", "张三"), ("10 20 9 5", "下一行")]
            ),
        )
    )
    assert found["Doc_0/Pages/Page_0/Content.xml"].strip() == "电话13800138000\t张三\n下一行"


def test_pdf_page_by_page(tmp_path: Path) -> None:
    found = text_by_part(pdf(tmp_path / "a", ["电话13800138000\n张三", "", "second 13900139000"]))
    assert "13800138000" in found["第 1 页"]
    assert "张三" in found["第 1 页"]
    assert "13900139000" in found["第 3 页"]


def test_pdf_without_text_encrypted_or_damaged(tmp_path: Path) -> None:
    assert whys(list(read_path(pdf(tmp_path / "a.pdf", ["", ""])))) == ["no_text"]
    assert whys(list(read_path(pdf(tmp_path / "b.pdf", ["x"], "secret")))) == ["encrypted"]
    whole = (tmp_path / "a.pdf").read_bytes()
    (tmp_path / "c.pdf").write_bytes(whole[:200])
    assert whys(list(read_path(tmp_path / "c.pdf"))) in (["damaged"], ["no_text"])
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00\xff" * 5_000)
    assert whys(list(read_path(tmp_path / "d.pdf"))) == ["damaged"]


def test_a_pdf_that_hangs_or_eats_memory_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pdf(tmp_path / "a.pdf", ["电话13800138000"])
    child = tmp_path / "child.py"
    monkeypatch.setattr("tongban.detect.sources.pdf._CHILD", child)
    child.write_text(
        "import time; print('[\"pages\", 2]', flush=True); print('[0, \"13800138000\"]', flush=True); time.sleep(60)"
    )
    pieces = list(read_path(path, limits=Limits(pdf_seconds=1)))
    assert whys(pieces) == ["timeout"]
    real = Path(__file__).parents[3] / "src/tongban/detect/sources/pdf_child.py"
    code = real.read_text().replace("from __future__ import annotations", "")
    spin = "import types, sys\nm = types.ModuleType('pypdf'); e = types.ModuleType('pypdf.errors')\n"
    spin += (
        "e.FileNotDecryptedError = e.WrongPasswordError = KeyError\nsys.modules['pypdf'] = m; "
        "sys.modules['pypdf.errors'] = e\n"
    )
    child.write_text(spin + "def reader(path):\n    while True: pass\nm.PdfReader = reader\n" + code)
    assert whys(list(read_path(path, limits=Limits(pdf_seconds=1)))) == ["timeout"]
    child.write_text(spin + "def reader(path):\n    x = bytearray(1 << 32)\nm.PdfReader = reader\n" + code)
    assert whys(list(read_path(path))) == ["memory"]


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    pieces = list(
        read_path(
            zipped(
                tmp_path / "a.docx",
                docx(paragraph("&b;"), {"word/footnotes.xml": docx(paragraph("脚注"))["word/document.xml"]}, bomb),
            )
        )
    )
    assert whys(pieces) == ["doctype"]
    assert texts_of(pieces) == "脚注\n"
    pieces = list(
        read_path(
            zipped(
                tmp_path / "b.xlsx",
                {
                    "[Content_Types].xml": "<T/>",
                    "xl/workbook.xml": f"<?xml version='1.0'?><!-- {'x' * 99_999} -->{bomb}<a/>",
                },
            )
        )
    )
    assert whys(pieces) == ["doctype"]


def test_a_damaged_part_does_not_cost_the_others(tmp_path: Path) -> None:
    pieces = list(
        read_path(
            zipped(
                tmp_path / "a.docx", docx("<w:p>", {"word/footnotes.xml": docx(paragraph("脚注"))["word/document.xml"]})
            )
        )
    )
    assert whys(pieces) == ["damaged"]
    assert texts_of(pieces).endswith("脚注\n")
