"""Where the tray shows the open work of units, for the page about their load. Not for the tray itself:
`desk/tray.py`."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from tongban.cases.actor import Actor
from tongban.registry.snapshot import Snapshot

from . import filters


def addresses(actor: Actor, units: Iterable[str], registry: Snapshot) -> dict[str, tuple[str, str, str]]:
    """Unit → addresses of its open cases, and of what of them is overdue, and long overdue."""
    tray, range_ = reverse("desk:tray"), filters.reach(actor, registry)
    found = {}
    for unit in units:
        if unit in range_.own:
            view = filters.View("own", unit)
        elif unit in range_.below:
            view = filters.View("below", unit)
        else:
            view = filters.View("area", place=registry.units[unit].place)
        found[unit] = (
            tray + view.address(),
            tray + view.address(rung="overdue"),
            tray + view.address(rung="long_overdue"),
        )
    return found
