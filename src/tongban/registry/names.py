"""From codes to names, in the language of the page. Names come from the snapshot in memory, not from the database.

Names are stored as given (Simplified); a Traditional page shows them converted, an English page the English name. Not
for templates: their filters are in `gate/templatetags/tongban_names.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import get_language, gettext

from tongban.text import scripts

from . import snapshot

Table = Literal["places", "units", "matters"]


@lru_cache(maxsize=20_000)
def traditional(text: str) -> str:
    """Simplified to Traditional."""
    return scripts.traditional(text)


def spoken(name: str, name_en: str) -> str:
    """A registry name in the language of the page."""
    language = get_language() or ""
    if language.startswith("en"):
        return name_en or name
    return traditional(name) if language == "zh-hant" else name


def listed(names: Iterable[object]) -> str:
    """Names one after the other, as the language of the page puts them."""
    return gettext("、").join(map(str, names))


def _name(table: Table, code: Any) -> str:
    row = getattr(snapshot.current(), table).get(str(code)) if code else None
    return spoken(row.name, row.name_en) if row is not None else str(code or "")


def unit_name(code: Any) -> str:
    """Name of a unit by its code."""
    return _name("units", code)


def unit_phone(code: Any) -> str:
    """Telephone of a unit by its code."""
    row = snapshot.current().units.get(str(code))
    return row.phone if row else ""


def place_name(code: Any) -> str:
    """Name of a place by its code."""
    return _name("places", code)


def matter_name(code: Any) -> str:
    """Name of a matter by its code."""
    return _name("matters", code)


def place_line(code: Any) -> str:
    """A place with its city, without the province: 西安市雁塔区."""
    registry = snapshot.current()
    names = [
        _name("places", item)
        for item in registry.line("places", str(code))
        if registry.places[item].level != "province"
    ]
    if not names:
        return _name("places", code)
    if (get_language() or "").startswith("en"):
        return ", ".join(names)
    return "".join(reversed(names))


def matter_line(code: Any) -> str:
    """A matter with the matters above it."""
    names = [_name("matters", item) for item in snapshot.current().line("matters", str(code))]
    return " › ".join(reversed(names))
