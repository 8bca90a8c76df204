"""A certificate as a sheet of paper (A4, PDF): its claims in words, a large code that anybody can check, and the file
for programs enclosed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tongban.counter import paper

CODE = 78 * mm


def sheet(title: str, facts: Sequence[tuple[str, str]], code: str, number: str, file: str) -> bytes:
    """The PDF's bytes. `code` are the letters of the QR code, `file` the SD-JWT VC that is enclosed."""
    paper.ready()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    width, height = A4
    at, left = height - paper.MARGIN - 10 * mm, paper.MARGIN
    canvas.setFont(paper.font_of(title), 24)
    canvas.drawCentredString(width / 2, at, title)
    at -= 16 * mm
    for name, value in facts:
        canvas.setFont(paper.font_of(name), 11)
        for line in paper.wrapped(name, 48 * mm, 11, paper.font_of(name))[:1]:
            canvas.drawString(left, at, line)
        for line in paper.wrapped(value, width - 2 * left - 52 * mm, 12, paper.font_of(value)):
            canvas.setFont(paper.font_of(value), 12)
            canvas.drawString(left + 52 * mm, at, line)
            at -= 6.4 * mm
        at -= 1.6 * mm
    picture = io.BytesIO()
    segno.make(code, error="m").save(picture, kind="png", scale=8, border=3)
    picture.seek(0)
    at = min(at - 4 * mm, 150 * mm)
    canvas.drawImage(ImageReader(picture), (width - CODE) / 2, at - CODE, CODE, CODE)
    at -= CODE + 7 * mm
    how = _(
        "核对这张证照：打开 %(address)s，用摄像头对准二维码，或者选这个 PDF 文件。断网时也能核对签名；"
        "联网时还会核对有没有被撤销。"
    ) % {"address": f"{settings.ORIGIN}/verify/"}
    note = _("这是证照的电子证明，与证照原件并用；有法定版式和印章要求的，以法定版式文件为准。")
    for text in (how, note):
        font = paper.font_of(text)
        for line in paper.wrapped(text, width - 2 * left, 9.5, font):
            canvas.setFont(font, 9.5)
            canvas.drawString(left, at, line)
            at -= 5.2 * mm
        at -= 1 * mm
    canvas.save()
    return paper.enclosing(out.getvalue(), f"{number}.sdjwt", file)
