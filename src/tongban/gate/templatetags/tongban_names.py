"""Template filters from codes to names, in the language of the page. Registry names come from memory, not the database.

Names are stored as given (Simplified); a Traditional page shows them converted, an English page the English name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.utils.translation import get_language, pgettext

from tongban.cases.models import Act, Case
from tongban.cases.procedure import procedure_for
from tongban.cases.receipts import grouped as _grouped
from tongban.registry import snapshot

register = template.Library()


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


@lru_cache(maxsize=20_000)
def traditional(text: str) -> str:
    """Simplified to Traditional."""
    return str(_converter().convert(text))


def spoken(name: str, name_en: str) -> str:
    """A registry name in the language of the page."""
    language = get_language() or ""
    if language.startswith("en"):
        return name_en or name
    return traditional(name) if language == "zh-hant" else name


def _name(table: str, code: Any) -> str:
    row = getattr(snapshot.current(), table).get(str(code)) if code else None
    return spoken(row.name, row.name_en) if row is not None else str(code or "")


@register.filter
def unit_name(code: Any) -> str:
    """Name of a unit by its code."""
    return _name("units", code)


@register.filter
def unit_phone(code: Any) -> str:
    """Telephone of a unit by its code."""
    row = snapshot.current().units.get(str(code))
    return row.phone if row else ""


@register.filter
def place_name(code: Any) -> str:
    """Name of a place by its code."""
    return _name("places", code)


@register.filter
def matter_name(code: Any) -> str:
    """Name of a matter by its code."""
    return _name("matters", code)


@register.filter
def place_line(code: Any) -> str:
    """A place with its city, without the province: 西安市雁塔区."""
    registry = snapshot.current()
    names = [_name("places", item) for item in registry.line("places", str(code)) if registry.places[item].level != "province"]
    if not names:
        return _name("places", code)
    if (get_language() or "").startswith("en"):
        return ", ".join(names)
    return "".join(reversed(names))


@register.filter
def matter_line(code: Any) -> str:
    """A matter with the matters above it."""
    names = [_name("matters", item) for item in snapshot.current().line("matters", str(code))]
    return " › ".join(reversed(names))


@register.filter
def state_label(case: Any) -> str:
    """The state of a case (or of a (kind, state) pair) in the desk's words."""
    kind, state = (case.kind, case.state) if isinstance(case, Case) else case
    return str(procedure_for(kind).state(state).label)


@register.filter
def state_plain(case: Any) -> str:
    """The state of a case in the resident's words."""
    return str(procedure_for(case.kind).state(case.state).plain)


@register.filter
def act_label(act: Act) -> str:
    """An act in the desk's words, as its own kind of case says it."""
    edge = procedure_for(act.case.kind).named(act.act)
    return str(edge.label) if edge is not None else act.act


@register.filter
def act_told(act: Act) -> str:
    """An act in the resident's words, as its own kind of case says it."""
    edge = procedure_for(act.case.kind).named(act.act)
    return str(edge.told) if edge is not None else act.act


@register.filter
def grouped(code: Any) -> str:
    """A tracking code four characters at a time."""
    return _grouped(str(code))


@register.filter
def role_name(role: str) -> str:
    """A role in words."""
    from tongban.accounts.models import Role

    return str(Role(role).label) if role in Role.values else role


@register.filter
def grade_name(grade: Any) -> str:
    """One of the five grades of 好差评 in words."""
    words = {
        5: pgettext("grade", "很好"), 4: pgettext("grade", "好"), 3: pgettext("grade", "一般"),
        2: pgettext("grade", "差"), 1: pgettext("grade", "很差"),
    }  # fmt: skip
    return words.get(int(grade), "") if grade else ""
