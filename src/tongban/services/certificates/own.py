"""The certificates of a case among its sender's data: each as the file that verifiers take, and as what it says, how it
stands, and which copies are in wallets."""

from __future__ import annotations

from typing import Any

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.models import Case
from tongban.counter.parts import OwnFile

from . import showing
from .rows import Certificate
from .wallet.rows import WalletCopy


def files(case: Case) -> list[OwnFile]:
    """Two files for each certificate; one for what was erased, without its words."""
    found = []
    for row in Certificate.objects.filter(case=case).select_related("status_list"):
        kind, path = showing.kind_of(row).words, f"certificates/{row.number}"
        if row.sealed is not None:
            found.append(OwnFile(f"{path}.sdjwt", kind, str(row.sealed["sdjwt"]).encode()))
        said = orjson.dumps(_said(row), option=orjson.OPT_INDENT_2)
        found.append(OwnFile(f"{path}.json", _("%(kind)s：写了什么、现在的状态") % {"kind": kind}, said))
    return found


def _said(row: Certificate) -> dict[str, Any]:
    copies = WalletCopy.objects.filter(certificate=row).select_related("status_list")
    return {
        "number": row.number,
        "kind": row.kind,
        "unit": row.unit_id,
        "state": row.state,
        "issued_at": timezone.localtime(row.issued_at).isoformat(),
        "until": str(row.until or ""),
        "claims": row.claims,
        "status": {"list": row.status_list.number, "index": row.status_index},
        "copies": [
            {
                "key": (copy.private or {}).get("holder", ""),
                "issued_at": timezone.localtime(copy.issued_at).isoformat(),
                "withdrawn_at": timezone.localtime(copy.withdrawn_at).isoformat() if copy.withdrawn_at else "",
                "status": {"list": copy.status_list.number, "index": copy.status_index},
            }
            for copy in copies
        ],
    }
