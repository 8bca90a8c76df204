"""What this browser has shown: the secrets of which cases, and the receipt it was just given. All of it in sealed
cookies.

Nothing of this lies in the database, so whoever steals it learns neither a secret nor which cases came from one
browser. A fresh cookie is made each time a secret is shown: one that was planted before opens nothing afterwards.
Whoever has no proof gets the same answer, after the same work, for a case that exists and for one that does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tongban.cases import receipts, relations
from tongban.cases.models import Case
from tongban.cases.procedure import procedures
from tongban.gate import cookies

LETTERS, RECEIPT = "tongban_letters", "tongban_receipt"
PROOF_SECONDS = 2 * 3600
RECEIPT_SECONDS = 15 * 60
"""So long after sending the receipt can be shown again: for the back button, a reload, and printing. House rule."""
MOST = 20


def followed() -> list[str]:
    """The kinds whose sender can follow a case."""
    return [kind for kind, procedure in procedures().items() if procedure.follow]


def opened_by(code: str, secret: str, kind: str = "") -> Case | None:
    """The case that code and secret open together: of this kind, or of any that is followed.

    Both a code that does not exist and a wrong secret cost one look-up and one digest; the case itself is read, and
    its content unsealed, only once the secret is known to be right.
    """
    plain = receipts.plain(code[:40])
    asked = plain if plain.isascii() and plain.isalnum() else ""
    row = (
        Case.objects.filter(code=asked[:16], kind__in=[kind] if kind else followed())
        .values_list("pk", "secret_digest")
        .first()
    )
    number, known = row or (None, NOBODY)
    right = receipts.matches(secret[:80], known)
    return Case.objects.get(pk=number) if right and number is not None else None


NOBODY = receipts.digest("nobody")


def _shown(request: HttpRequest) -> dict[str, list[Any]]:
    """code → (number of the case, until when, which secret) of the cases whose secret this browser has shown and not
    too long ago."""
    kept = cookies.read_sealed(request, LETTERS).get("letters", {})
    return {code: shown for code, shown in kept.items() if len(shown) == 3 and shown[1] > time.time()}


def _which(case: Case) -> str:
    """Which secret opens the case now; another one after it was renewed."""
    return case.secret_digest[:16]


def remember(request: HttpRequest, response: HttpResponse, case: Case) -> HttpResponse:
    """Let the browser keep, for two hours at most, that it has shown the case's secret."""
    shown = _shown(request)
    shown.pop(case.code, None)
    shown[case.code] = [case.pk, int(time.time()) + PROOF_SECONDS, _which(case)]
    cookies.put_sealed(response, LETTERS, {"letters": dict(list(shown.items())[-MOST:])}, PROOF_SECONDS)
    return response


def proven_case(request: HttpRequest, code: str) -> Case:
    """The case with this code, if this browser has shown its secret. Raises Http404 otherwise, whatever the reason."""
    plain, known = receipts.plain(code), _shown(request)
    shown = known.get(plain)
    case = Case.objects.filter(pk=shown[0], code=plain, kind__in=followed()).first() if shown else None
    if shown is None and known:
        case = _part_of_one(plain, known)
    elif case is not None and shown is not None and shown[2] != _which(case):
        case = None
    if case is None:
        raise Http404
    return case


def _part_of_one(code: str, known: dict[str, list[Any]]) -> Case | None:
    """The part with this code of a case whose secret was shown, where its sender is the sender of the whole."""
    part = Case.objects.filter(code=code, kind__in=followed(), part_of__isnull=False).select_related("part_of").first()
    whole = part.part_of if part is not None else None
    shown = known.get(whole.code) if whole is not None else None
    if part is None or whole is None or shown is None or shown[:1] != [whole.pk] or shown[2] != _which(whole):
        return None
    return part if relations.shares_sender(part, whole) else None


def still_proven(request: HttpRequest, code: str) -> Case | None:
    """The same, or None."""
    try:
        return proven_case(request, code)
    except Http404:
        return None


def hand_over(response: HttpResponse, receipt: receipts.Receipt, case: Case, *, renewed: bool = False) -> HttpResponse:
    """Let the browser show the receipt for a quarter of an hour; `renewed`: of a secret that was lost."""
    kept = {"code": receipt.code, "secret": receipt.secret, "case": case.pk, "renewed": renewed}
    cookies.put_sealed(response, RECEIPT, kept, RECEIPT_SECONDS)
    return response


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The receipt that this browser was given, with its case."""

    receipt: receipts.Receipt
    case: Case
    renewed: bool


def handed_over(request: HttpRequest) -> HandedOver | None:
    """The receipt that this browser was just given; None where there is none any more, or its secret was renewed
    since."""
    kept = cookies.read_sealed(request, RECEIPT)
    case = Case.objects.filter(pk=kept["case"]).first() if kept else None
    if case is None or not receipts.matches(kept["secret"], case.secret_digest):
        return None
    return HandedOver(receipts.Receipt(kept["code"], kept["secret"]), case, bool(kept.get("renewed")))
