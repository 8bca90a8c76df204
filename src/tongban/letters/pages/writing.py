"""Writing a letter in three steps: what it is about, where, what happened; then the receipt.

Every step saves the draft and redirects, so that the back button, a reload and a double click are safe.
"""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import attachments, receipts
from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Attachment
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.gate.actforms import matter_choices
from tongban.gate.allow import FORM, allows
from tongban.gate.rates import limited
from tongban.registry import snapshot

from .. import suggest
from ..similar import similar
from .drafts import Writing
from .forms import AgainstForm, TextForm, WhereForm

RECEIPT = "receipt"


def steps() -> list[str]:
    """The three steps, for the indicator."""
    return [_("什么事"), _("在哪里"), _("写来信")]


@allows("public", FORM)
def new(request: HttpRequest) -> HttpResponse:
    """Step 1. GET with `about` suggests; POST with `matter` goes on."""
    draft, registry = Writing(request), snapshot.current()
    about = (request.GET.get("about") or draft.values.get("about") or "")[:2000]
    error = ""
    if request.method == "POST":
        if "discard" in request.POST:
            for item in Attachment.objects.filter(draft=draft.files, case=None):
                attachments.discard(item)
            return draft.forget(redirect("letters:new"))
        matter = registry.matters.get(request.POST.get("matter", ""))
        if matter is not None and matter.active and not registry.children("matters", matter.code):
            kept = {} if matter.conduct else {"against": None}
            return draft.save(redirect("letters:new_where"), matter=matter.code, about=request.POST.get("about", about)[:2000], **kept)
        error = _("请选择一个事项。")
    suggestions = suggest.matters(about) if about else []
    context = {
        "draft": draft, "about": about, "error": error, "suggestions": suggestions, "steps": steps(), "current": 1,
        "similar": similar(about[:60], about) if about else [], "matters": matter_choices(registry, conduct=True), "chosen": draft.values.get("matter"),
    }  # fmt: skip
    return render(request, "letters/new.html", context, status=422 if error else 200)


@allows("public", FORM)
def new_where(request: HttpRequest) -> HttpResponse:
    """Step 2: the place; for a complaint about conduct, the unit as well."""
    draft, registry = Writing(request), snapshot.current()
    matter = registry.matters.get(draft.values.get("matter", ""))
    if matter is None:
        return redirect("letters:new")
    form = WhereForm(registry, request.POST or None, initial=draft.values)
    place = request.POST.get("place") or draft.values.get("place")
    against = None
    if matter.conduct and place in registry.places:
        against = AgainstForm(registry, place, request.POST if "against" in request.POST else None, initial=draft.values)
    if request.method == "POST" and form.is_valid():
        if not matter.conduct:
            return draft.save(redirect("letters:new_text"), place=form.cleaned_data["place"], against=None)
        if against is not None and against.is_bound and against.is_valid():
            return draft.save(redirect("letters:new_text"), place=form.cleaned_data["place"], against=against.cleaned_data["against"])
        if against is None or not against.is_bound:
            return draft.save(redirect("letters:new_where"), place=form.cleaned_data["place"], against=None)
    bad = (form.is_bound and bool(form.errors)) or (against is not None and against.is_bound and bool(against.errors))
    context = {"form": form, "against": against, "matter": matter, "steps": steps(), "current": 2}
    return render(request, "letters/new_where.html", context, status=422 if bad else 200)


@allows("public", FORM)
@limited("submit")
def new_text(request: HttpRequest) -> HttpResponse:
    """Step 3: the text, files, and what of themselves the writer tells; sending."""
    draft, registry = Writing(request), snapshot.current()
    values = draft.values
    matter = registry.matters.get(values.get("matter", ""))
    if matter is None:
        return redirect("letters:new")
    if values.get("place") not in registry.places or (matter.conduct and not values.get("against")):
        return redirect("letters:new_where")
    form = TextForm(request.POST or None, initial=values)
    problems: list[str] = []
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:20_000] for name in form.fields}
        problems = _take_files(request, draft)
        if "remove" in request.POST:
            for item in Attachment.objects.filter(draft=draft.files, case=None, key=request.POST["remove"]):
                attachments.discard(item)
            return draft.save(redirect("letters:new_text"), **typed)
        if "save" in request.POST:
            return draft.save(redirect(f"{reverse('letters:new_text')}?saved"), **typed)
        if form.is_valid() and not problems:
            return _send(request, draft, form)
        response = render(request, "letters/new_text.html", _text_context(request, draft, form, problems), status=422)
        return draft.save(response, **typed)
    return render(request, "letters/new_text.html", _text_context(request, draft, form, problems))


def _text_context(request: HttpRequest, draft: Writing, form: TextForm, problems: list[str]) -> dict[str, Any]:
    registry, values = snapshot.current(), draft.values
    try:
        route = registry.route(values["matter"], values["place"], timezone.localdate(), values.get("against"))
    except LookupError:
        route = None
    return {
        "form": form, "problems": problems, "files": Attachment.objects.filter(draft=draft.files, case=None).order_by("pk"), "values": values,
        "route": route, "limit": registry.limit("answer", values["matter"], values["place"]), "steps": steps(), "current": 3,
        "saved": "saved" in request.GET, "most_files": settings.ATTACHMENT_MAX_NUMBER, "most_mb": settings.ATTACHMENT_MAX_BYTES // 2**20,
    }  # fmt: skip


def _take_files(request: HttpRequest, draft: Writing) -> list[str]:
    problems = []
    draft.start()
    try:
        files = request.FILES.getlist("files")
    except RequestDataTooBig:
        return [_("上传的内容太大。")]
    for file in files:
        try:
            if file.size and file.size > settings.ATTACHMENT_MAX_BYTES:
                raise Refusal("bad_input", _("每个文件不能超过 %(mb)d MB。") % {"mb": settings.ATTACHMENT_MAX_BYTES // 2**20}, "files")
            attachments.keep(file.name or "file", file.read(), draft.files)
        except Refusal as refusal:
            problems.append(f"{file.name}：{refusal.message}")
    return problems


def _send(request: HttpRequest, draft: Writing, form: TextForm) -> HttpResponse:
    values, cleaned = draft.values, form.cleaned_data
    sent = Submission(
        "letter", values["matter"], values["place"], cleaned["subject"].strip(), cleaned["body"].strip(), against=values.get("against"),
        visibility=cleaned["visibility"], name=cleaned["name"].strip(), phone=cleaned["phone"], email=cleaned["email"],
        address=cleaned["address"].strip(), language=request.LANGUAGE_CODE, draft=draft.files,
    )  # fmt: skip
    nonce = values.get("nonce") or request.POST.get("csrfmiddlewaretoken")
    case, receipt = submit(sent, NEWCOMER, nonce)
    request.session[RECEIPT] = {"code": receipt.code, "secret": receipt.secret, "case": case.pk}
    from .tracking import remember

    remember(request, case)
    return draft.forget(redirect("letters:sent"))


@allows("resident")
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt, shown until the browser's session ends."""
    found = _receipt(request)
    if found is None:
        return redirect("letters:track")
    return render(request, "letters/sent.html", found)


@allows("resident")
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt to print."""
    found = _receipt(request)
    if found is None:
        return redirect("letters:track")
    return render(request, "letters/receipt.html", found)


@allows("resident")
def receipt_code(request: HttpRequest) -> HttpResponse:
    """The QR code of the receipt, as SVG: the tracking page with the code, and the secret behind the # (never sent)."""
    found = _receipt(request)
    if found is None:
        return HttpResponseRedirect(reverse("letters:track"))
    qr = segno.make(found["link"], error="m")
    response = HttpResponse(qr.svg_inline(scale=5, border=2).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


def _receipt(request: HttpRequest) -> dict[str, Any] | None:
    from tongban.cases.models import Case

    kept = request.session.get(RECEIPT)
    case = Case.objects.filter(pk=kept["case"]).first() if kept else None
    if kept is None or case is None:
        return None
    shown = receipts.Receipt(kept["code"], kept["secret"])
    link = f"{settings.ORIGIN}{reverse('letters:track')}?code={shown.code}#{shown.secret}"
    return {"receipt": shown, "case": case, "link": link, "track_url": f"{settings.ORIGIN}{reverse('letters:track')}"}
