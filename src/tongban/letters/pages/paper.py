"""A sheet of paper (A4, PDF) for a proof. The Chinese font is one that every PDF reader brings (STSong-Light)."""

from __future__ import annotations

import io
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


def _wrapped(text: str, width: float, size: float, font: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for character in paragraph:
            if pdfmetrics.stringWidth(line + character, font, size) > width:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


def sheet(title: str, facts: Sequence[tuple[str, str]], address: str, proof: str, how: str) -> bytes:
    """The PDF's bytes: title, facts, the QR code of `address`, how to check, and `proof` in small print."""
    _ready()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    width, height = A4
    top = height - MARGIN
    canvas.setFont(FONT, 20)
    canvas.drawString(MARGIN, top - 20, title)
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=6, border=2)
    code.seek(0)
    canvas.drawImage(ImageReader(code), width - MARGIN - 40 * mm, top - 42 * mm, 40 * mm, 40 * mm)
    at = top - 46
    for name, value in facts:
        canvas.setFont(FONT, 11)
        canvas.drawString(MARGIN, at, name)
        for line in _wrapped(value, width - 2 * MARGIN - 75 * mm, 11, FONT):
            canvas.drawString(MARGIN + 30 * mm, at, line)
            at -= 16
    at = min(at, top - 46 * mm)
    for text, size, font in ((how, 10, FONT), (address, 9, "Courier")):
        canvas.setFont(font, size)
        for line in _wrapped(text, width - 2 * MARGIN, size, font):
            canvas.drawString(MARGIN, at, line)
            at -= size * 1.5
    at -= 8
    for line in _wrapped(proof.replace("—", "--"), width - 2 * MARGIN, 6, "Courier"):
        if at < MARGIN:
            canvas.showPage()
            at = height - MARGIN
        canvas.setFont("Courier", 6)
        canvas.drawString(MARGIN, at, line)
        at -= 7.5
    canvas.save()
    return out.getvalue()
