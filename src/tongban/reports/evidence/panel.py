"""How far the last look at the site of a report is, on the case page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongban.desk.opening import Found

from ..models import SiteLook
from .acts import REASONS


@dataclass(frozen=True, slots=True)
class Shown:
    """`state` is one of `SiteLook.STATES`; `why` says in words why nothing was read, `no_picture` why there is none."""

    state: str
    asked_at: datetime
    ended_at: datetime | None
    why: str
    no_picture: str


def looks(found: Found) -> Shown | None:
    """The panel; None where nobody asked for a look."""
    row = SiteLook.objects.filter(case=found.case).order_by("-pk").first()
    if row is None:
        return None
    why = str(REASONS.get(row.reason, ""))
    picture = str(REASONS.get(row.no_picture, "")) if row.state == "done" else ""
    return Shown(row.state, row.asked_at, row.ended_at, why, picture)
