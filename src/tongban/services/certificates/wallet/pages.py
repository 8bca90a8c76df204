"""The holder's side: an offer for a wallet as a code and a link, the copies there are, withdrawing one, and the proof
that each is on the ledger. For whoever has shown the case's secret."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import proofs
from tongban.cases.refusal import Refusal
from tongban.counter.proven import proven_case
from tongban.gate.allow import POST, allows
from tongban.gate.rates import limited
from tongban.ledger import log

from .. import showing
from ..rows import Certificate
from . import copying, metadata, offering
from .rows import WalletCopy


def copies_of(certificate: Certificate) -> list[dict[str, Any]]:
    """The copies in wallets, the newest first, as the certificate's page lists them."""
    found = []
    for row in WalletCopy.objects.filter(certificate=certificate):
        events = [("issued", row.entry_key)]
        if row.withdrawal_key:
            events.append(("withdrawn", row.withdrawal_key))
        found.append(
            {
                "key": row.key,
                "issued_at": row.issued_at,
                "withdrawn_at": row.withdrawn_at,
                "can_withdraw": row.withdrawn_at is None and row.private is not None,
                "proofs": {
                    what: log.index_of(bytes(queued)) is not None for what, queued in events if row.seed is not None
                },
            }
        )
    return found


def _found(request: HttpRequest, code: str, number: str) -> Certificate:
    case = proven_case(request, code)
    found = Certificate.objects.select_related("case").filter(case=case, number=number).first()
    if found is None:
        raise Http404
    return found


@allows("resident", POST)
@limited("submit")
def wallet(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Offer a copy; with `withdraw` take one back instead."""
    found, now = _found(request, code, number), timezone.now()
    if withdrawn := request.POST.get("withdraw", ""):
        try:
            copying.withdraw(found, withdrawn[:32], now)
        except Refusal as refused:
            return _refused(request, found, refused)
        return redirect("services:certificate", code, number)
    try:
        made = offering.offer(found, now)
    except Refusal as refused:
        return _refused(request, found, refused)
    said = metadata.offer(found.unit_id, found.kind, made.code, offering.TX_DIGITS)
    link = f"{metadata.SCHEME}?{urlencode({'credential_offer': orjson.dumps(said).decode()})}"
    context = {
        "case": found.case,
        "certificate": found,
        "kind": showing.kind_of(found),
        "link": link,
        "picture": showing.drawn(link),
        "tx_code": made.tx_code,
        "until": made.until,
        "tries": offering.TRIES,
    }
    response = render(request, "services/certificates/wallet.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _refused(request: HttpRequest, found: Certificate, refused: Refusal) -> HttpResponse:
    from ..pages import page

    return page(request, found, message=str(refused.message), status=refused.status)


@allows("resident")
def proof(request: HttpRequest, code: str, number: str, key: str, what: str) -> HttpResponse:
    """The ledger's proof that a copy was issued, or withdrawn."""
    found = _found(request, code, number)
    row = WalletCopy.objects.select_related("certificate").filter(certificate=found, key=key).first()
    if row is None or what not in ("issued", "withdrawn"):
        raise Http404
    receipt = copying.receipt_for(row, "issued" if what == "issued" else "withdrawn")
    if receipt is None:
        reason = _("这一步要过一会儿才写进台账，最多 %(n)d 分钟。") % {"n": proofs.longest_wait()}
        return render(request, "404.html", {"reason": reason}, status=404)
    response = HttpResponse(str(receipt), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="wallet-{row.key[:8]}-{what}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response
