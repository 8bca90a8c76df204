"""What hangs on a stored act of an application, in the same transaction: certificates are issued, suspended and
revoked, false promises remembered."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context

from . import promises

Rows = Sequence[tuple[Case, Act, Context]]


def granted(rows: Rows) -> None:
    """What was granted gets its certificate, where the item has one."""
    from .certificates import issuing

    issuing.on_grant(rows)


def ended(rows: Rows) -> None:
    """What was revoked, has ended or is decided anew: its certificates are good no more."""
    from .certificates import issuing

    for row in rows:
        issuing.on_end([row], "expired" if row[1].act == "expire" else "revoked")


def suspended(rows: Rows) -> None:
    """What was granted has no effect for a while (暂扣): its certificates say so."""
    from .certificates import issuing

    issuing.on_end(rows, "suspended")


def reinstated(rows: Rows) -> None:
    """What was suspended has its effect again."""
    from .certificates import issuing

    issuing.on_end(rows, "good")


def prolonged(rows: Rows) -> None:
    """What was renewed gets a new certificate in place of the old one."""
    from .certificates import issuing

    issuing.on_prolong(rows)
    suspended([row for row in rows if row[0].state == "suspended"])


def promise_checked(rows: Rows) -> None:
    """A false promise is remembered, and its certificates are good no more."""
    promises.remember(rows)
    ended([row for row in rows if row[0].state == "revoked"])
