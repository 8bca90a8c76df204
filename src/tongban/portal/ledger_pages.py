"""台账: what the log is and how far it has come, the latest acts in words, one entry, and checking a receipt."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from tongban.cases import proofs
from tongban.cases.procedure import procedures
from tongban.gate.allow import FORM, allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import limited
from tongban.ledger import log, signing, statements, witnessing
from tongban.ledger.models import SignedCheckpoint
from tongban.ledger.opening import EXTRA_VERSION, Opened, open_receipt
from tongban.merkle import leaf_hash
from tongban.merkle.errors import BadProof, BadSignature, LogError, Malformed, Missing

from .receipt_brought import from_file, from_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LATEST = 12
LARGEST = 400_000


WORDS: dict[str, StrOrPromise] = {
    "sent": gettext_lazy("收到"),
    "answered": gettext_lazy("答复"),
    "rated": gettext_lazy("评价"),
    "overdue": gettext_lazy("逾期"),
    "review": gettext_lazy("申请复查"),
    "published": gettext_lazy("公开"),
    "step": gettext_lazy("办理"),
    "statement": gettext_lazy("月报"),
    "granted": gettext_lazy("设立"),
    "ended": gettext_lazy("终止"),
}
"""What an entry says an act counts for, in words; a kind of case with a word of its own gives the label of its act."""
KINDS: dict[str, StrOrPromise] = {"post": gettext_lazy("岗位"), "pull": gettext_lazy("登记取数")}
"""Kinds of entries that are no kinds of cases."""


def in_words(raw: bytes) -> dict[str, Any]:
    """An entry as a page shows it: what it counts for, the kind of case, day or month, and the unit where it names
    one."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {"label": "?", "entry": {}}
    kind, act = str(found.get("kind", "")), str(found.get("act", ""))
    procedure = procedures().get(kind)
    own = next((edge.label for edge in procedure.edges if edge.counts == act), act) if procedure else act
    facts = found["facts"] if isinstance(found.get("facts"), dict) else {}
    items = found.get("items") if act == "statement" else None
    counts = {word: len(rows) for word, rows in items.items()} if isinstance(items, dict) else {}
    return {
        "label": WORDS.get(act, own),
        "kind": procedure.label if procedure else KINDS.get(kind, kind),
        "entry": found,
        "day": str(found.get("at", "")),
        "unit": found.get("unit") or facts.get("unit"),
        "facts": facts,
        "counts": [(WORDS.get(word, word), count) for word, count in counts.items()],
    }


@allows("public")
@public_for(2)
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger's own page."""
    head = log.latest()
    address = f"{settings.ORIGIN}/ledger/"
    context: dict[str, Any] = {"origin": settings.LEDGER_ORIGIN, "address": address, "paths": proofs.SHOWN}
    context["minutes"] = proofs.longest_wait()  # not how many wait: that would tell at which moment one came
    try:
        context["vkeys"] = [key.vkey for key in signing.verifiers()]
    except LogError:
        context["vkeys"] = []
    if head is not None:
        note, checkpoint = head
        context["head"], context["note"] = checkpoint, str(note)
        context["signed_at"] = (
            SignedCheckpoint.objects.filter(pk=checkpoint.size).values_list("signed_at", flat=True).first()
        )
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
    context = {
        "index": index,
        "raw": raw.decode(errors="replace"),
        "leaf": leaf_hash(raw).hex(),
        "origin": settings.LEDGER_ORIGIN,
        **in_words(raw),
    }
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
    context: dict[str, Any] = {
        "vkeys": [key.vkey for key in keys],
        "origin": settings.LEDGER_ORIGIN,
        "paths": proofs.SHOWN,
    }
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        brought = from_file(upload) if upload else from_text(request.POST.get("receipt", ""))
        if brought.problem:
            context["error"], status = brought.problem, 422
        elif brought.index is not None:
            context["named"], status = _named(brought.index), 200
            if context["named"] is None:
                context["error"], status = _("台账上还没有这一条。刚办理的，过十几分钟再试。"), 422
        else:
            checked, status = _checked(brought.text, list(keys))
            context |= checked
        if not upload:
            context["typed"] = request.POST.get("receipt", "")[:LARGEST]
    return render(request, "ledger/check.html", context, status=status)


def _checked(raw: bytes | str, keys: list[Any]) -> tuple[dict[str, Any], int]:
    """What the page says of a receipt, and the status."""
    try:
        opened = open_receipt(raw, keys)
    except LogError as error:
        return {"error": why(error)}, 422
    told = opened.told
    found = {
        "opened": opened,
        "words": in_words(json.dumps(dict(opened.entry)).encode()),
        "shown": proofs.shown(told) if told is not None else [],
        "private": json.dumps(told, ensure_ascii=False, indent=2) if told is not None else "",
    }
    return {**found, **_act_in_words(opened)}, 200


def _named(index: int) -> dict[str, Any] | None:
    """An entry that an address names, in words; None where the signed log does not hold it."""
    head = log.latest()
    if head is None or index >= head[1].size:
        return None
    return {"index": index, **in_words(log.entry_at(index))}


def _act_in_words(opened: Opened) -> dict[str, Any]:
    """Which act a receipt proves, and whether the statement of its month lists it: `month`, `mark`, `listed`."""
    procedure = procedures().get(str(opened.entry.get("kind", "")))
    edge = procedure.named(str((opened.act or {}).get("act", ""))) if procedure else None
    found: dict[str, Any] = {"done": edge.label if edge is not None else "", "mark": opened.mark}
    if opened.statement is not None and opened.mark is not None:
        kind, unit, month = opened.statement
        found |= {"month": month, "listed": statements.find(kind, unit, month, opened.mark)}
    return found


@allows("public")
@public_for(60)
def stated(request: HttpRequest, kind: str, unit: str, month: str) -> JsonResponse:
    """The statements of a unit's month, for whoever looks for the mark of their act: index and items of each."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise Http404
    on_the_log = statements.on_the_log(kind[:16], unit[:32], month)
    found = [{"index": index, "items": entry["items"]} for index, entry in on_the_log]
    return JsonResponse({"kind": kind, "unit": unit, "month": month, "statements": found})


def why(error: LogError) -> str:
    """What is wrong with a receipt, for a person."""
    if isinstance(error, BadSignature):
        return _("签名不对：这份回执不是由本台账签发的，或者签名之后被改动过。")
    if isinstance(error, BadProof):
        return _("对不上：回执里的内容与台账不一致，已经被改动过，或者是从另一份回执拼来的。")
    return _("这不是一份完整的回执文件。请上传下载时的原文件，不要改动。")
