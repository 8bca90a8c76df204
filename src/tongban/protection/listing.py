"""Lists of fields: what a filter asks for, and pages by key. The same for pages, exports and the API.

Whose fields they are is `access.fields_for`; a filter only narrows that. Not for counting: `figures.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.http import urlencode

from tongban.cases.inputs import clean_text
from tongban.detect.grading import levels
from tongban.gate.numbers import number
from tongban.text import fold

from .models import Field
from .words import CATEGORIES, REVIEWS, SERIOUS

SIZE = 50
LONGEST = 100
ANY = "any"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty for everything. `level` also knows "serious" (important and core), `sensitive`
    and `decided` know "any". Words are looked for in names, comments and types, Simplified and Traditional alike."""

    unit: str = ""
    source: str = ""
    level: str = ""
    category: str = ""
    sensitive: str = ""
    type: str = ""
    review: str = ""
    decided: str = ""
    gone: str = ""
    q: str = ""

    @property
    def plain(self) -> bool:
        """Whether nothing is asked for."""
        return not any(getattr(self, name) for name in self.__slots__)

    def address(self, **changes: str) -> str:
        """The query of an address that shows this, or this changed a little."""
        values = {name: changes.get(name, getattr(self, name)) for name in self.__slots__}
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read(given: Mapping[str, Any]) -> Filter:
    """A filter from an address; what it does not understand it leaves out."""
    known = {
        "level": (*levels(), "serious"),
        "category": tuple(CATEGORIES),
        "review": tuple(REVIEWS),
        "decided": (ANY,),
        "gone": (ANY,),
    }
    values = {name: clean_text(given.get(name, "") or "")[:LONGEST] for name in Filter.__slots__}
    return Filter(**{name: value for name, value in values.items() if value in known.get(name, (value,))})


def narrowed(fields: QuerySet[Field], wanted: Filter) -> QuerySet[Field]:
    """The fields that the filter asks for; those that are gone only where it asks for them."""
    fields = fields.filter(gone_at__isnull=not wanted.gone)
    plain = {
        "source__unit_id": wanted.unit,
        "source__code": wanted.source,
        "category": wanted.category,
        "type": wanted.type,
        "review": wanted.review,
        "level": "" if wanted.level == "serious" else wanted.level,
        "sensitive": "" if wanted.sensitive == ANY else wanted.sensitive,
    }
    fields = fields.filter(**{name: value for name, value in plain.items() if value})
    if wanted.level == "serious":
        fields = fields.filter(level__in=SERIOUS)
    if wanted.sensitive == ANY:
        fields = fields.exclude(sensitive="")
    if wanted.decided:
        fields = fields.filter(decision__isnull=False)
    for word in fold(wanted.q).split():
        fields = fields.filter(words__contains=word)
    return fields


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, and the keys of its neighbours; empty where there is none."""

    rows: Sequence[Row]
    previous: str = ""
    next: str = ""


def page(
    rows: QuerySet[Row], after: str = "", before: str = "", size: int = SIZE, newest_first: bool = False
) -> Page[Row]:
    """A page of the rows by their key, after or before the row with that key; a mangled key shows the first page."""
    start, end = number(after), number(before)
    up, down = ("pk__lt", "pk__gt") if newest_first else ("pk__gt", "pk__lt")
    order = "-pk" if newest_first else "pk"
    if end is not None:
        found = list(
            rows.filter(**{down: end}).order_by(order.removeprefix("-") if newest_first else "-pk")[: size + 1]
        )
        more = len(found) > size
        found = found[:size][::-1]
        return (
            Page(found, str(found[0].pk) if more else "", str(found[-1].pk))
            if found
            else page(rows, size=size, newest_first=newest_first)
        )
    if start is not None:
        rows = rows.filter(**{up: start})
    found = list(rows.order_by(order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, str(found[0].pk) if start is not None and found else "", str(found[-1].pk) if more else "")
