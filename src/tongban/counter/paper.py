"""A sheet of paper (A4, PDF) for a proof. The Chinese font is one that every PDF reader brings (STSong-Light)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import lru_cache

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
MARGIN = 18 * mm


@lru_cache(maxsize=1)
def _ready() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def _font(text: str) -> str:
    return "Helvetica" if text.isascii() else FONT


def _wrapped(text: str, width: float, size: float, font: str) -> list[str]:
    """Lines that fit: broken at spaces where there are some, else anywhere."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in re.findall(r"[!-~]+ ?|.", paragraph):
            while pdfmetrics.stringWidth(line + piece, font, size) > width:
                if line:
                    lines.append(line)
                    line = ""
                else:
                    fits = next(
                        count
                        for count in range(len(piece), 0, -1)
                        if count == 1 or pdfmetrics.stringWidth(piece[:count], font, size) <= width
                    )
                    lines.append(piece[:fits])
                    piece = piece[fits:]
            line += piece
        lines.append(line)
    return lines


def sheet(title: str, facts: Sequence[tuple[str, str]], address: str, proof: str, how: str) -> bytes:
    """The PDF's bytes: title, facts beside the QR code of `address`, how to check, and `proof` in small print."""
    _ready()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    width, height = A4
    at = top = height - MARGIN

    def written(text: str, x: float, room: float, size: float, font: str, lead: float = 1.45) -> None:
        nonlocal at
        for line in _wrapped(text, room, size, font):
            if at < MARGIN:
                canvas.showPage()
                at = height - MARGIN
            canvas.setFont(font, size)
            canvas.drawString(x, at, line)
            at -= size * lead

    at -= 20
    written(title, MARGIN, width - 2 * MARGIN - 45 * mm, 20, _font(title))
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=6, border=2)
    code.seek(0)
    canvas.drawImage(ImageReader(code), width - MARGIN - 40 * mm, top - 42 * mm, 40 * mm, 40 * mm)
    at -= 8
    for name, value in facts:
        below = at < top - 46 * mm
        if at < MARGIN + 12:
            canvas.showPage()
            at = height - MARGIN
        canvas.setFont(_font(name), 10)
        canvas.drawString(MARGIN, at, name)
        written(value, MARGIN + 42 * mm, width - 2 * MARGIN - (42 if below else 87) * mm, 10, _font(value))
        at -= 2
    at = min(at, top - 48 * mm) - 6
    written(how, MARGIN, width - 2 * MARGIN, 10, _font(how))
    written(address, MARGIN, width - 2 * MARGIN, 9, "Courier")
    at -= 8
    written(proof, MARGIN, width - 2 * MARGIN, 6, "Courier", 1.25)
    canvas.save()
    return out.getvalue()


def enclosing(raw: bytes, name: str, text: str) -> bytes:
    """The PDF with a file in it: whoever has the sheet has what is checked by machine."""
    import pikepdf  # most processes never make a sheet

    with pikepdf.open(io.BytesIO(raw)) as file:
        file.attachments[name] = pikepdf.AttachedFileSpec(
            file, text.encode(), filename=name, mime_type="text/plain", creation_date="", mod_date=""
        )
        out = io.BytesIO()
        file.save(out, deterministic_id=True)
    return out.getvalue()


def letter(title: str, number: str, addressee: str, paragraphs: Sequence[str], signed: Sequence[str]) -> bytes:
    """A letter of an office (A4, PDF): title in the middle, number, addressee, paragraphs, and who signs on what day at
    the right."""
    _ready()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    width, height = A4
    at, size, margin = height - 34 * mm, 12.0, 28 * mm

    def line(text: str, draw: str, x: float, points: float, lead: float = 1.9) -> None:
        nonlocal at
        if at < MARGIN:
            canvas.showPage()
            at = height - 34 * mm
        canvas.setFont(_font(text), points)
        getattr(canvas, draw)(x, at, text)
        at -= points * lead

    line(title, "drawCentredString", width / 2, 20)
    line(number, "drawRightString", width - margin, 10)
    line(addressee, "drawString", margin, size)
    for paragraph in paragraphs:
        for text in _wrapped(f"　　{paragraph}", width - 2 * margin, size, _font(paragraph)):
            line(text, "drawString", margin, size)
        at -= 2
    at -= 14
    for text in signed:
        line(text, "drawRightString", width - margin, size)
    canvas.save()
    return out.getvalue()
