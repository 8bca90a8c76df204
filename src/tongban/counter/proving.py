"""The proofs that the acts on one's case stand on the ledger: a page, files to keep, a sheet to print."""

from __future__ import annotations

import io
import json
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases import proofs
from tongban.cases.models import Act, Case
from tongban.cases.procedure import procedure_of
from tongban.gate.allow import allows
from tongban.ledger import log
from tongban.merkle import Receipt

from .paper import enclosing, sheet
from .parts import words_for
from .proven import proven_case

TYPE = "text/plain; charset=utf-8"


def rows(found: Case) -> list[dict[str, Any]]:
    """Every act with its words and where it stands on the ledger."""
    result = []
    for item in proofs.standings(found):
        edge = procedure_of(found).named(item.act.act)
        result.append(
            {
                "sequence": item.act.sequence,
                "at": item.act.at,
                "told": edge.told if edge is not None else item.act.act,
                "index": item.index,
                "signed": item.signed,
                "shown": bool(item.act.salt),
                "month": item.month,
                "stated": item.stated,
            }
        )
    return result


@allows("resident")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Every act, its entry's number, and its proof as a file."""
    found = proven_case(request, code)
    head = log.latest()
    context = {
        "case": found,
        "words": words_for(found.kind),
        "rows": rows(found),
        "head": head[1] if head else None,
        "origin": settings.LEDGER_ORIGIN,
    }
    return render(request, "counter/proofs.html", {**context, "minutes": proofs.longest_wait()})


def _act(found: Case, sequence: int) -> Act:
    act = Act.objects.filter(case=found, sequence=sequence).first()
    if act is None:
        raise Http404
    return act


def waiting(request: HttpRequest, found: Case) -> HttpResponse:
    """The page, which says that the act is not on the ledger yet and within which time it will be."""
    context = {
        "case": found,
        "words": words_for(found.kind),
        "rows": rows(found),
        "waiting": True,
        "minutes": proofs.longest_wait(),
    }
    return render(request, "counter/proofs.html", context, status=404)


@allows("resident")
def proof_file(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """The proof of one act, to keep: c2sp.org/tlog-proof, with the entry and what it commits to."""
    found = proven_case(request, code)
    receipt = proofs.receipt_for(found, _act(found, sequence))
    if receipt is None:
        return waiting(request, found)
    return as_file(str(receipt), f"{found.code}-{sequence}.tlog-proof")


def as_file(text: str, name: str) -> HttpResponse:
    """A text to download, kept by nobody."""
    response = HttpResponse(text, content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def entry_url(index: int) -> str:
    """The public page of an entry, as it stands in a QR code."""
    return f"{settings.ORIGIN}{reverse('ledger_pages:entry', args=[index])}"


@allows("resident")
def proof_code(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """The QR code of an act's public entry, as SVG. Nothing in it belongs to the case alone but the entry's number."""
    found = proven_case(request, code)
    act = _act(found, sequence)
    index = log.index_of(bytes(act.entry_key)) if act.entry_key else None
    if index is None:
        raise Http404
    drawn = io.BytesIO()
    segno.make(entry_url(index), error="m").save(drawn, kind="svg", scale=5, border=2, light="#fff")
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


def told_on_paper(found: Case, act: Act, receipt: Receipt) -> list[tuple[str, str]]:
    """What the sheet says in words: which act it was, where it stands, and what its seal covers as far as it is
    opened."""
    edge = procedure_of(found).named(act.act)
    facts = [
        (_("查询码"), found.code),
        (_("办理过程"), str(edge.told if edge is not None else act.act)),
        (_("台账条目"), str(receipt.index)),
        (_("台账"), settings.LEDGER_ORIGIN),
    ]
    month, stated = proofs.statement_of(found, act)
    if stated is not None:
        facts.append((_("计入统计"), _("%(month)s 月报，台账条目 %(index)d") % {"month": month, "index": stated}))
    opened = proofs.told(json.loads(receipt.extra or b"{}"))
    return facts + [pair for pair in proofs.shown(opened) if pair[1] != found.code]


@allows("resident")
def proof_sheet(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """The proof as a PDF: what happened in words, the QR code, and the whole proof in small print."""
    found = proven_case(request, code)
    act = _act(found, sequence)
    receipt = proofs.receipt_for(found, act)
    if receipt is None:
        return waiting(request, found)
    facts = told_on_paper(found, act, receipt)
    name = f"{found.code}-{sequence}"
    raw = sheet(
        _("台账回执"),
        facts,
        entry_url(receipt.index),
        str(receipt),
        _("请把这个文件原样保存。要核对时，打开 %(address)s，选这个文件就行；任何人都可以核对。")
        % {"address": f"{settings.ORIGIN}{reverse('ledger_pages:check')}"},
    )
    raw = enclosing(raw, f"{name}.tlog-proof", str(receipt))
    response = HttpResponse(raw, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
