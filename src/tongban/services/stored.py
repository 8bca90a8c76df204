"""What hangs on a stored act of an application, in the same transaction: certificates are issued and revoked."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context

Rows = Sequence[tuple[Case, Act, Context]]


def granted(rows: Rows) -> None:
    """What was granted gets its certificate, where the item has one."""


def ended(rows: Rows) -> None:
    """What was revoked, has ended or is decided anew: its certificates are good no more."""


def prolonged(rows: Rows) -> None:
    """What was renewed gets a new certificate in place of the old one."""
