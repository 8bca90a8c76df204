"""Small files of every document format, made for tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)


def zipped(path: Path, members: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    path.write_bytes(zip_bytes(members, how))
    return path


def zip_bytes(members: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body: str, more: dict[str, str | bytes] | None = None, prolog: str = "") -> dict[str, str | bytes]:
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document {W}><w:body>{body}</w:body></w:document>'
    return {"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(more or {})}


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def word_table(rows: list[list[str]]) -> str:
    return (
        "<w:tbl>"
        + "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
        + "</w:tbl>"
    )


def slide(*texts: str) -> str:
    return (
        f"<p:sld xmlns:p='p' {A}>" + "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts) + "</p:sld>"
    )


def odf(kind: str, body: str) -> dict[str, str | bytes]:
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {ODF}><office:body>{body}</office:body></office:document-content>",
    }


def ofd(objects: list[tuple[str, str]]) -> dict[str, str | bytes]:
    texts = "".join(
        f'<ofd:TextObject Boundary="{box}"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
        for box, text in objects
    )
    page = (
        f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer>{texts}</ofd:Layer></ofd:'
        "Content></ofd:Page>"
    )
    return {"OFD.xml": "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>", "Doc_0/Pages/Page_0/Content.xml": page}


def pdf(path: Path, pages: list[str], password: str = "") -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), encrypt=StandardEncryption(password, ownerPassword="owner") if password else None)
    for text in pages:
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(text.split("\n")):
            canvas.drawString(72, 780 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return path
