"""Template filters from codes to words, in the language of the page: names of the registry,
states, acts, roles, grades.

Not for code: `registry/names.py` and `accounts/names.py` have the functions.
"""

from __future__ import annotations

from typing import Any

from django import template

from tongban.accounts.names import role_name
from tongban.cases.inputs import grade_name
from tongban.cases.models import Act, Case
from tongban.cases.procedure import procedure_for, procedure_of
from tongban.cases.receipts import grouped as _grouped
from tongban.cases.story import heading
from tongban.gate.script import as_read
from tongban.registry.names import (
    matter_line,
    matter_name,
    place_line,
    place_name,
    spoken,
    traditional,
    unit_name,
    unit_phone,
)

__all__ = ["matter_line", "matter_name", "place_line", "place_name", "role_name", "spoken", "traditional", "unit_name"]

register = template.Library()


for _filter in (unit_name, unit_phone, place_name, matter_name, place_line, matter_line, role_name, grade_name):
    register.filter(_filter)


register.filter(heading)
register.filter(as_read)


@register.filter
def state_label(case: Any) -> str:
    """The state of a case (or of a (kind, state) pair) in the desk's words."""
    if isinstance(case, Case):
        return str(procedure_of(case).state(case.state).label)
    kind, state = case
    return str(procedure_for(kind).state(state).label)


@register.filter
def state_plain(case: Any) -> str:
    """The state of a case in the resident's words."""
    return str(procedure_of(case).state(case.state).plain)


@register.filter
def act_label(act: Act) -> str:
    """An act in the desk's words, as its own kind of case says it."""
    edge = procedure_of(act.case).named(act.act)
    return str(edge.label) if edge is not None else act.act


@register.filter
def act_told(act: Act) -> str:
    """An act in the resident's words, as its own kind of case says it."""
    edge = procedure_of(act.case).named(act.act)
    return str(edge.told) if edge is not None else act.act


@register.filter
def grouped(code: Any) -> str:
    """A tracking code four characters at a time."""
    return _grouped(str(code))
