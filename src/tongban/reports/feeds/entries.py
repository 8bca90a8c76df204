"""What the ledger holds of the register and the feeds: each change of a decision, each publication's digest.

An entry is queued in the transaction of the act that changed the register. It says what is public by law and nothing
else: the number, the kind of harm, how far and until when; of the name its SHA-256, so that whoever has the register
can recount it, and the log alone is no list of addresses. Documented in docs/ledger-entry.md; read again by
`recounting.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tongban.workdays import shanghai_day

from ..models import Listed
from .recounting import fingerprint

if TYPE_CHECKING:
    from .publishing import Published


def decision(row: Listed) -> dict[str, Any]:
    """The entry of a decision as it now stands."""
    return {
        "kind": "decision",
        "act": row.state,
        "at": shanghai_day(row.changed).isoformat(),
        "number": row.number,
        "version": row.version,
        "harm": row.harm,
        "scope": row.scope,
        "target": fingerprint(row.scope, row.name),
        "until": row.until.isoformat(),
    }


def digest(made: Published) -> dict[str, Any]:
    """The entry of one form of one publication."""
    return {
        "kind": "feed",
        "act": "published",
        "at": shanghai_day(datetime.fromisoformat(made.made)).isoformat(),
        "form": made.form,
        "serial": made.serial,
        "sha256": made.sha256,
        "rows": made.rows,
    }
