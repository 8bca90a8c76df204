"""Run beside a served demo: grants a senior card there and prints it, its code, and every way to tamper with them.

With `revoke NUMBER` it takes one back, as the act of the table does; with `renew NUMBER` a newer one takes its place;
with `bound SECONDS` it prints a copy bound to a holder's key, with a proof of so many seconds ago and without one.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tests.services.certifying import Forger, card, tamperings  # noqa: E402
from tests.services.conftest import MARKET  # noqa: E402
from tongban.credentials import SigningKey, present  # noqa: E402
from tongban.services import stored  # noqa: E402
from tongban.services.certificates import keys, showing  # noqa: E402
from tongban.services.certificates.rows import Certificate  # noqa: E402


def main() -> None:
    if sys.argv[1:2] == ["revoke"]:
        case = Certificate.objects.get(number=sys.argv[2]).case
        stored.ended([(case, case.acts.order_by("sequence").last(), None)])
        return
    if sys.argv[1:2] == ["renew"]:
        case = Certificate.objects.get(number=sys.argv[2]).case
        stored.prolonged([(case, case.acts.order_by("sequence").last(), None)])
        return
    now = timezone.now()
    if sys.argv[1:2] == ["bound"]:
        holder, one = SigningKey.generate(), Forger(card(now)[2], now, MARKET)
        bound, at = one.file(key=keys.signing_key(one.unit), holder=holder.public), one.now - int(sys.argv[2])
        told = {"key": holder, "audience": "https://museum.example", "nonce": "n-1", "now": at}
        print(json.dumps({"proved": present(bound, ["over_60"], **told), "unproved": bound}))
        return
    case, receipt, made = card(now)
    keys.signing(MARKET, now)
    file, code = made.sealed["sdjwt"], showing.as_code(made, {"name", "over_60"}, now)
    said = {
        "file": showing.as_file(made, {"over_60"}), "code": code, "number": made.number,
        "receipt": [receipt.code, receipt.secret], "tampered": tamperings(file, code, Forger(made, now, MARKET)),
    }  # fmt: skip
    print(json.dumps(said))


main()
