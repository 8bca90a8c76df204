"""The form of an act for a case that was opened on the desk. The form itself is the kernel's (`cases.actform`)."""

from __future__ import annotations

from typing import Any

from tongban.cases.actform import ActForm
from tongban.cases.procedure import Edge

from .opening import Found


def act_form(edge: Edge, found: Found, data: Any = None, initial: dict[str, Any] | None = None) -> ActForm:
    """The form of `edge` on an opened case. The acts so far are read only where the table fills the form with them."""
    acts = found.acts if edge.prefill is not None and data is None else ()
    return ActForm(edge, found.case, found.actor, found.registry, data, initial, acts)
