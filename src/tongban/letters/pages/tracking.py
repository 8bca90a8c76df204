"""Following a letter with its code and secret: the timeline, what can be done, who looked, one's own data.

The proof of the secret lives in the session for two hours and opens that one case. Whoever has no proof gets the same
answer for a case that exists and for one that does not.
"""

from __future__ import annotations

import io
import itertools
import time
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import attachments, receipts
from tongban.cases.actor import Actor, resident
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.gate.actforms import ActForm
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.rates import limited
from tongban.gate.templatetags.tongban_names import role_name, unit_name
from tongban.registry import snapshot
from tongban.workdays import YearNotLoaded, days_left

from .. import filing
from ..models import Slot
from ..procedure import LETTER

PROVEN = "proven"
PROOF_SECONDS = 2 * 3600
OFFERED = ("reply", "supplement", "rate", "ask_review", "ask_recheck", "withdraw", "ask_erasure")


def remember(request: HttpRequest, case: Case) -> None:
    """Keep in the session that this browser has shown the case's secret."""
    proven = {key: until for key, until in request.session.get(PROVEN, {}).items() if until > time.time()}
    proven[str(case.pk)] = time.time() + PROOF_SECONDS
    request.session[PROVEN] = dict(list(proven.items())[-20:])


def proven_case(request: HttpRequest, code: str) -> Case:
    """The case with this code, if this browser has shown its secret. Raises Http404 otherwise, whatever the reason."""
    case = Case.objects.filter(code=receipts.plain(code), kind="letter").first()
    until = request.session.get(PROVEN, {}).get(str(case.pk), 0) if case else 0
    if case is None or until < time.time():
        raise Http404
    return case


@allows("public", FORM)
@limited("track")
def track(request: HttpRequest) -> HttpResponse:
    """Code and secret. A wrong one is told in the same words whichever it is."""
    code, error = request.POST.get("code") or request.GET.get("code", ""), ""
    if request.method == "POST":
        case = Case.objects.filter(code=receipts.plain(code)[:16], kind="letter").first()
        known = case.secret_digest if case else receipts.digest("nobody")
        if receipts.matches(request.POST.get("secret", "")[:80], known) and case is not None:
            remember(request, case)
            return redirect("letters:case", case.code)
        error = _("查询码或密码不对。请对照回执再输入一次，大小写和横线不影响。")
    return render(request, "letters/track.html", {"code": code, "error": error}, status=422 if error else 200)


SIGNS = {
    "submit": "info", "answer": "success", "approve_answer": "success", "answer_merged": "success", "approve_answer_merged": "success",
    "ask_resident": "warning", "refuse": "warning", "extend": "warning",
}  # fmt: skip
"""The sign before a line of the timeline: where something came, and where something is asked of the sender."""


@dataclass
class Entry:
    """One line of the timeline."""

    when: datetime
    title: str
    who: str = ""
    text: str = ""
    kind: str = ""
    note: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)


def timeline(case: Case) -> list[Entry]:
    """What happened, newest first, in plain words; looks are on a page of their own."""
    files = {
        act: [{"name": item.name, "url": reverse("letters:file", args=[case.code, item.key]), "size": item.size} for item in items]
        for act, items in filing.for_sender(case).items()
    }
    found = []
    for act in Act.objects.filter(case=case).exclude(act__in=("look", "escalate")).order_by("-sequence"):
        edge = LETTER.named(act.act)
        if edge is None or edge.shown == "nothing":
            continue
        who = unit_name(act.unit_id) if act.unit_id else _("您") if act.actor == "resident" else _("系统")
        text = act.text if edge.shown == "words" else ""
        if act.act == "submit":
            text = case.body
        note = ""
        if act.act == "extend" and act.public.get("days"):
            note = _("延长 %(days)d 天") % {"days": act.public["days"]}
        if act.act == "refuse" and act.public.get("basis"):
            note = _("依据：%(basis)s") % {"basis": act.public["basis"]}
        if act.act in ("book", "unbook", "receive") and act.private:
            note = str(act.private.get("slot", ""))
        found.append(Entry(act.at, str(edge.told), who, text, SIGNS.get(act.act, "neutral"), note, files.get(act.pk, [])))
    return found


def left(case: Case) -> dict[str, Any]:
    """The answer's deadline and what is left of it, for the page."""
    if case.answered_at or not case.is_open:
        return {}
    if case.paused_at:
        return {"paused": True}
    if case.answer_due_at is None:
        return {"awaiting": case.awaiting_calendar}
    registry = snapshot.current()
    limit = registry.limit("answer", case.matter_id, case.place_id)
    unit = limit.unit if limit else "calendar"
    try:
        days = days_left(timezone.now(), case.answer_due_at, unit, registry.calendar)
    except YearNotLoaded:
        unit, days = "calendar", days_left(timezone.now(), case.answer_due_at, "calendar", registry.calendar)
    return {"at": case.answer_due_at, "days": days, "late": -days, "unit": unit}


@allows("resident")
def case(request: HttpRequest, code: str) -> HttpResponse:
    """The letter and everything on it."""
    found = proven_case(request, code)
    return _page(request, found)


def _page(request: HttpRequest, found: Case, failed: ActForm | None = None, message: Any = "", status: int = 200) -> HttpResponse:
    registry = snapshot.current()
    open_edges = {edge.act: edge for edge in LETTER.open_to(found.state, frozenset({"resident"}))}
    forms = []
    for act in OFFERED:
        if act in open_edges and not (act == "rate" and found.grade) and not (found.erased_at):
            form = failed if failed is not None and failed.edge.act == act else ActForm(open_edges[act], found, registry)
            forms.append({"edge": open_edges[act], "form": form, "open": form is failed or act in ("reply", "rate"), "files": act in ("reply", "supplement")})
    context = {
        "case": found, "timeline": timeline(found), "left": left(found), "forms": forms, "message": message,
        "slots": Slot.objects.filter(booked_case=found, held_at__isnull=True), "looks": Act.objects.filter(case=found, act="look").count(),
        "bookable": "book" in open_edges, "published": getattr(found, "public_page", None) if found.published else None, "merged": found.lead_case_id is not None,
    }  # fmt: skip
    return render(request, "letters/case.html", context, status=status)


@allows("resident", POST)
@limited("submit")
def case_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """An act of the resident."""
    found = proven_case(request, code)
    edge = LETTER.edge(act, found.state)
    if act not in OFFERED or LETTER.named(act) is None:
        raise Http404
    if edge is None:
        return _page(request, found, None, _("件的状态已经变化，现在不能进行这项操作。"), 409)
    form = ActForm(edge, found, snapshot.current(), request.POST)
    if not form.is_valid():
        return _page(request, found, form, "", 422)
    files, problems = _files(request, form.cleaned_data["nonce"])
    if problems:
        return _page(request, found, form, "；".join(problems), 422)
    try:
        perform(found.pk, Step(act, resident(found.pk), form.payload(), version=form.cleaned_data["version"], nonce=form.cleaned_data["nonce"]), files)
    except Refusal as refusal:
        found.refresh_from_db()
        return _page(request, found, _again(form, edge, found, refusal), refusal.message, refusal.status)
    return redirect("letters:case", found.code)


def _again(form: ActForm, edge: Edge, found: Case, refusal: Refusal) -> ActForm:
    """The same form with the words typed, for the case as it is now; the message stands at its field."""
    fresh = ActForm(edge, found, snapshot.current(), {**form.data.dict(), "version": found.version})  # type: ignore[attr-defined]
    if refusal.field in fresh.fields:
        fresh.add_error(refusal.field, str(refusal.message))
    return fresh


def _files(request: HttpRequest, nonce: str) -> tuple[str | None, list[str]]:
    """Keep uploaded files under a key of their own; the act takes them over."""
    import hashlib

    key = hashlib.sha256(b"act files" + nonce.encode()).hexdigest()
    problems = []
    for file in request.FILES.getlist("files"):
        try:
            attachments.keep(file.name or "file", file.read(attachments.settings.ATTACHMENT_MAX_BYTES + 1), key)
        except Refusal as refusal:
            problems.append(f"{file.name}：{refusal.message}")
    return (key if Attachment.objects.filter(draft=key, case=None).exists() else None), problems


@allows("resident")
def looks(request: HttpRequest, code: str) -> HttpResponse:
    """谁看过我的来信: unit, role, time and purpose of every look; no official's name."""
    found = proven_case(request, code)
    rows = [
        {"at": act.at, "unit": act.unit_id, "role": role_name(act.role), "purpose": (act.private or {}).get("purpose", "")}
        for act in Act.objects.filter(case=found, act="look").order_by("-sequence")
    ]
    return render(request, "letters/looks.html", {"case": found, "rows": rows})


@allows("resident")
def file(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """An attachment, as a download that no browser renders."""
    found = proven_case(request, code)
    item = filing.senders_file(found, key)
    if item is None:
        raise Http404
    return download(item)


def download(item: Attachment) -> HttpResponse:
    """A file as a download. Raises Http404 where it was erased."""
    try:
        content = attachments.content_of(item)
    except FileNotFoundError:
        raise Http404 from None
    from django.utils.http import content_disposition_header

    response = HttpResponse(content, content_type=item.media_type)
    response["Content-Disposition"] = content_disposition_header(True, item.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def data_of(found: Case) -> dict[str, Any]:
    """Everything the house holds on a case that is its sender's to have."""
    private = {name: value for name, value in (found.private or {}).items() if name in ("subject", "body", "name", "phone", "email", "address")}
    acts = []
    for act in Act.objects.filter(case=found).order_by("sequence"):
        edge = LETTER.named(act.act)
        acts.append({
            "sequence": act.sequence, "act": act.act, "at": timezone.localtime(act.at).isoformat(), "by": act.actor, "unit": act.unit_id, "role": act.role,
            "public": act.public, "text": act.text if edge is not None and edge.shown == "words" else "",
            "purpose": (act.private or {}).get("purpose", "") if act.act == "look" else "", "salt": bytes(act.salt).hex() if act.salt else "",
        })  # fmt: skip
    return {
        "code": found.code, "kind": found.kind, "state": found.state, "matter": found.matter_id, "place": found.place_id, "unit": found.unit_id,
        "submitted_at": timezone.localtime(found.submitted_at).isoformat(), "kept_until": str(found.retain_until or ""), "letter": private, "acts": acts,
    }  # fmt: skip


@allows("resident", FORM)
def my_data(request: HttpRequest, code: str) -> HttpResponse:
    """GET explains; POST gives a ZIP with everything held, files included."""
    found = proven_case(request, code)
    if request.method != "POST":
        return render(request, "letters/my_data.html", {"case": found})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.json", orjson.dumps(data_of(found), option=orjson.OPT_INDENT_2))
        for number, item in enumerate(itertools.chain.from_iterable(filing.for_sender(found).values()), start=1):
            archive.writestr(f"files/{number}-{item.name}", attachments.content_of(item))
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="tongban-{found.code}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def actor_for(found: Case) -> Actor:
    """The resident of a proven case."""
    return resident(found.pk)
