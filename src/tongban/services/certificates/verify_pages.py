"""/verify/: whether a certificate is genuine and still good, for everybody.

In the browser where there is JavaScript: nothing of the certificate leaves it, and once the page is there it works
without a network. Without JavaScript, and for what a browser cannot read, the server does it, keeps nothing, and says
that it saw it. Pictures and PDFs are opened by the bounded child alone (`cases/uploads/`).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.cases.refusal import Refusal
from tongban.cases.uploads import cleaner, kinds, quotas
from tongban.credentials import Refused
from tongban.credentials.paper import PREFIX
from tongban.gate import former
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited

from . import demo, verifying, words
from .kinds import kinds as all_kinds

LONGEST = 260_000
POWERS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


@csrf_exempt
@allows("public", FORM)
@limited("api")
def verify(request: HttpRequest) -> HttpResponse:
    """The page; a POST is what a browser without JavaScript sends. It changes nothing and knows no session, so it asks
    for no token and can be kept by the browser for when there is no network."""
    context: dict[str, Any] = {
        "reasons": words.REASONS,
        "kinds": all_kinds().values(),
        "origins": " ".join(former.origins()),
        "samples": demo.samples(),
    }
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        text, problem = _brought(upload) if upload else (request.POST.get("text", "")[:LONGEST], "")
        if not problem and not text.strip():
            problem = _("请选择证照的文件或照片，或者把文字贴进来。")
        if problem:
            context["error"] = problem
        else:
            context |= _checked(text)
        status = 200 if "checked" in context else 422
        if not upload:
            context["typed"] = request.POST.get("text", "")[:LONGEST]
    response = render(request, "services/certificates/verify.html", context, status=status)
    response["Permissions-Policy"] = POWERS
    if request.method != "POST":
        response["Cache-Control"] = "public, max-age=60"
        response["Vary"] = "Cookie, Accept-Language"
    return response


def _checked(text: str) -> dict[str, Any]:
    try:
        return {"checked": verifying.check(text, int(timezone.now().timestamp()))}
    except Refused as refused:
        return {"reason": refused.reason, "error": words.REASONS[refused.reason]}


def _brought(file: UploadedFile[Any]) -> tuple[str, str]:
    """The text of a certificate in what was chosen, or what to do."""
    most = settings.ATTACHMENT_MAX_BYTES
    if (file.size or 0) > most:
        return "", _("文件太大，最多 %(most)d MB。") % {"most": most // 2**20}
    raw = file.read(most)
    kind = kinds.media_type(raw)
    try:
        if kind == kinds.PDF:
            quotas.spend(len(raw), 0)
            found = cleaner.enclosed_in(raw).decode("utf-8", "replace")
            return found, "" if found else _("这份 PDF 里没有证照。请用下载的原文件；打印后扫描的，请拍二维码。")
        if kind is not None and kind in kinds.IMAGES:
            quotas.spend(len(raw), kinds.pixels(raw) or 0)
            return _of_codes(cleaner.codes_in(raw, kind))
    except Refusal as refused:
        return "", str(refused.message)
    return raw[:LONGEST].decode("utf-8", "replace"), ""


def _of_codes(found: list[str]) -> tuple[str, str]:
    if not found:
        return "", _("照片里没有找到二维码。请对准二维码，拍清楚些再试。")
    one = next((text for text in found if text.startswith(PREFIX) or "~" in text), "")
    return one, "" if one else _("这个二维码不是电子证照的。")


@allows("public")
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps this page for when there is no network (a service worker; it reaches no other page)."""
    script = files("tongban.services").joinpath("static/services/verify-worker.js").read_text(encoding="utf-8")
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, no-cache"
    return response
