"""The links that the shell shows, of all rooms (`door.py`). Not for permission: what stands behind a link
declares who may use it."""

from __future__ import annotations

from tongban.cases.actor import Actor

from .door import parts
from .parts import DeskLink, NavLink


def desk_links(actor: Actor | None) -> list[DeskLink]:
    """The links that the desk shows to `actor` (None: nobody known), in order: those that they may open."""
    held = {role for _unit, role in actor.posts} if actor is not None else set()
    shown = (link for link in parts(DeskLink) if not link.role or held & set(link.role.split()))
    return sorted(shown, key=lambda link: (link.order, link.name))


def resident_links() -> list[NavLink]:
    """The links of the residents' navigation, in order."""
    return [link for link in parts(NavLink) if not link.foot]


def foot_links() -> list[NavLink]:
    """The links at the foot of every page, in order."""
    return [link for link in parts(NavLink) if link.foot]
