"""How many sealed reports there are: on the ledger one entry for each that was taken and each that the body fetched,
with the month and nothing else; on a public page the same numbers. Nobody can drop one unseen, and no entry leads to
an address, an envelope or a case. Read again by `auditing.py`; documented in docs/ledger-entry.md."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Literal

from tongban.workdays import shanghai_day

from ..models import SealedReport

KIND = "sealed"


def month(at: datetime) -> str:
    """The month of a moment; a day would say more than is needed."""
    return shanghai_day(at).isoformat()[:7]


def entry(act: Literal["taken", "fetched"], at: datetime) -> dict[str, Any]:
    """The ledger's entry. All of one month are alike."""
    return {"kind": KIND, "act": act, "at": month(at)}


def total() -> dict[str, int]:
    """How many were taken, how many of them were fetched."""
    return {
        "taken": SealedReport.objects.count(),
        "fetched": SealedReport.objects.exclude(fetched_at=None).count(),
    }


def published() -> dict[str, Any]:
    """The numbers as anybody compares them with the ledger."""
    rows = list(SealedReport.objects.values_list("received_at", "fetched_at"))
    taken = Counter(month(received) for received, _fetched in rows)
    fetched = Counter(month(at) for _received, at in rows if at is not None)
    return {"taken": dict(sorted(taken.items())), "fetched": dict(sorted(fetched.items()))}
