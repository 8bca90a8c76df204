"""The proofs that the acts on a letter stand on the ledger, for whoever holds the letter's secret."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router

from tongban.cases import proofs
from tongban.cases.models import Act
from tongban.cases.refusal import Refusal
from tongban.gate.problems import problems
from tongban.merkle import Checkpoint

from .calling import RECEIPT
from .schemas import ProofOut, StandingsOut
from .track import mine

router = Router(tags=["letters"])
OPERATIONS = {"list_proofs": "resident", "read_proof": "resident"}
Sequence: Any = Path(..., ge=1, le=2**31 - 1, description="The act's number in its letter, from 1.")


@router.get(
    "/letters/{code}/proofs", response={200: StandingsOut, **problems(400, 401, 404, 429, 503)}, auth=RECEIPT,
    operation_id="list_proofs", summary="Where the acts on a letter stand on the ledger",
)  # fmt: skip
def list_proofs(request: HttpRequest, code: str) -> Any:
    """Every act with the number of its entry on the ledger (null while it waits), and whether a signed tree holds it."""
    case = mine(request, code)
    found = proofs.standings(case)
    return {"code": case.code, "items": [{"sequence": item.act.sequence, "act": item.act.act, "at": item.act.at, "index": item.index, "signed": item.signed} for item in found]}


@router.get(
    "/letters/{code}/proofs/{sequence}", response={200: ProofOut, **problems(400, 401, 404, 422, 429, 503)}, auth=RECEIPT,
    operation_id="read_proof", summary="The proof of one act, to keep",
)  # fmt: skip
def read_proof(request: HttpRequest, code: str, sequence: int = Sequence) -> Any:
    """A receipt (c2sp.org/tlog-proof) that is checked without a network: `tongban ledger verify-receipt`. Its extra data hold
    the entry, and the words that the entry's seal covers with the salt: keep it like the letter itself."""
    case = mine(request, code)
    act = Act.objects.filter(case=case, sequence=sequence).first()
    if act is None:
        raise Refusal("not_found", _("没有这一步办理。"))
    receipt = proofs.receipt_for(case, act)
    if receipt is None:
        raise Refusal("not_yet", _("这一步刚刚发生，正在入账，请过几秒钟再试。"))
    return {"sequence": sequence, "index": receipt.index, "size": Checkpoint.parse(receipt.checkpoint.text).size, "receipt": str(receipt)}
