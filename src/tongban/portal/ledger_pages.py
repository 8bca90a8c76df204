"""台账: what the log is and how far it has come, the latest acts in words, one entry, and checking a receipt."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.cases import proofs
from tongban.cases.procedure import procedures
from tongban.gate.allow import FORM, allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import limited
from tongban.ledger import integrator, log, signing, witnessing
from tongban.ledger.models import SignedCheckpoint
from tongban.ledger.opening import EXTRA_VERSION, open_receipt
from tongban.merkle import leaf_hash
from tongban.merkle.errors import BadProof, BadSignature, LogError, Malformed, Missing

LATEST = 12
LARGEST = 400_000


def in_words(raw: bytes) -> dict[str, Any]:
    """An entry as a page shows it: the act's label, the kind of case, unit, day, and the facts."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {"label": "?", "entry": {}}
    procedure = procedures().get(str(found.get("kind", "")))
    edge = procedure.named(str(found.get("act", ""))) if procedure else None
    after = next((state.plain for state in procedure.states if state.name == found.get("to")), None) if procedure else None
    try:
        day: Any = date.fromisoformat(str(found.get("at", "")))
    except ValueError:
        day = None
    return {"label": edge.label if edge is not None else found.get("act"), "kind": procedure.label if procedure else found.get("kind"), "entry": found, "day": day, "after": after}


@allows("public")
@public_for(2)
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger's own page."""
    head = log.latest()
    context: dict[str, Any] = {"origin": settings.LEDGER_ORIGIN, "address": f"{settings.ORIGIN}/ledger/", "waiting": integrator.waiting(), "paths": proofs.SHOWN}
    try:
        context["vkeys"] = [key.vkey for key in signing.verifiers()]
    except LogError:
        context["vkeys"] = []
    if head is not None:
        note, checkpoint = head
        context["head"], context["note"] = checkpoint, str(note)
        context["signed_at"] = SignedCheckpoint.objects.filter(pk=checkpoint.size).values_list("signed_at", flat=True).first()
        context["latest"] = [{"index": index, **in_words(raw)} for index, raw in log.newest(LATEST, checkpoint.size)]
        context["watch"] = witnessing.watch()
    return render(request, "ledger/ledger.html", context)


@allows("public")
@public_for(60)
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: in words, as it is, its hash, and its proof to download."""
    head = log.latest()
    if head is None or index >= head[1].size:
        raise Http404
    raw = log.entry_at(index)
    context = {"index": index, "raw": raw.decode(errors="replace"), "leaf": leaf_hash(raw).hex(), "origin": settings.LEDGER_ORIGIN, **in_words(raw)}
    return render(request, "ledger/entry.html", context)


@allows("public")
def entry_proof(request: HttpRequest, index: int) -> HttpResponse:
    """The proof of one entry, with the entry and nothing else."""
    if index >= 2**62:
        raise Http404
    try:
        extra = json.dumps({"v": EXTRA_VERSION, "entry": log.entry_at(index).decode()}, ensure_ascii=False).encode()
    except (Missing, Malformed):
        raise Http404 from None
    receipt = log.receipt(index, extra)
    if receipt is None:
        raise Http404
    response = HttpResponse(str(receipt), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{index}.tlog-proof"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@csrf_exempt
@allows("public", FORM)
@limited("api")
def check(request: HttpRequest) -> HttpResponse:
    """Check a receipt: in the browser where there is JavaScript (nothing is sent), else here.

    It changes nothing and knows no session, so it asks for no token; its form can stand on pages that are kept for all.
    """
    try:
        keys = signing.verifiers()
    except LogError:
        keys = ()
    context: dict[str, Any] = {"vkeys": [key.vkey for key in keys], "origin": settings.LEDGER_ORIGIN, "paths": proofs.SHOWN}
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        raw: bytes | str = upload.read(LARGEST) if upload else request.POST.get("receipt", "")[:LARGEST].replace("\r\n", "\n").strip() + "\n"
        try:
            opened = open_receipt(raw, list(keys))
            context["opened"], context["words"] = opened, in_words(json.dumps(dict(opened.entry)).encode())
            context["shown"] = proofs.shown(opened.private) if opened.private is not None else []
            context["private"] = json.dumps(opened.private, ensure_ascii=False, indent=2) if opened.private is not None else ""
        except LogError as error:
            context["error"], status = why(error), 422
        if not upload:
            context["typed"] = raw
    return render(request, "ledger/check.html", context, status=status)


def why(error: LogError) -> str:
    """What is wrong with a receipt, for a person."""
    if isinstance(error, BadSignature):
        return _("签名不对：这份回执不是由本台账签发的，或者签名之后被改动过。")
    if isinstance(error, BadProof):
        return _("对不上：回执里的内容与台账不一致，已经被改动过，或者是从另一份回执拼来的。")
    return _("这不是一份完整的回执文件。请上传下载时的原文件，不要改动。")
