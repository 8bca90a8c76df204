"""The links of the desk's navigation: each door names its own in `ready()`, the shell shows them.

So that a new kind of case stands on the desk without a change to the shell. Not for permission: a link that is shown
opens nothing, the view behind it declares who may use it (`allow.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases.actor import Actor

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A link: `name` of a URL that needs no arguments, its words, an icon of `icons.svg`, and where it stands.

    With `role` it is shown to who holds that role alone.
    """

    name: str
    text: StrOrPromise
    icon: str
    order: int
    role: str = ""


_links: dict[str, DeskLink] = {}


def show_on_desk(*links: DeskLink) -> None:
    """Have the desk show these links. A door calls this when its app is ready; the same name again replaces the link."""
    _links.update({link.name: link for link in links})


def desk_links(actor: Actor | None) -> list[DeskLink]:
    """The links that the desk shows to `actor` (None: signed in, no desk page opened), in order."""
    shown = (link for link in _links.values() if not link.role or (actor is not None and actor.has_role(link.role)))
    return sorted(shown, key=lambda link: (link.order, link.name))
