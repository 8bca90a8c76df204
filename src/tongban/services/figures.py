"""Figures of applications by item, unit and place, over months that are over: what came, how it ended, in time against
both limits, what was asked for and what registers gave.

Counted from the public parts of acts and nothing else. A unit's totals are those of `scorecards/`, which anybody
recounts from the monthly statements on the ledger; items and places divide them (the ledger names neither: they would
tie the entries of a case together). Items with few applications stand together, so that no row speaks of one person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words
from tongban.cases.models import Act
from tongban.cases.procedure import Edge, Procedure, procedure_for

from .inputs import WHY_REFUSED

KIND = "application"
FEWEST = 10
"""Fewer applications of an item at a unit are not shown by themselves. House rule, as of shares in scorecards."""
DECIDED = frozenset({"granted", "refused", "not_accepted"})
OTHERS = ""
"""The item of a row in which those with few applications stand together."""
COUNTS: tuple[tuple[str, Words], ...] = (
    ("received", _("收到")),
    ("accepted", _("已受理")),
    ("deemed", _("逾期视为受理")),
    ("told", _("告知过补正")),
    ("granted", _("已准予")),
    ("refused", _("不予批准")),
    ("not_accepted", _("不予受理")),
    ("promised", _("有承诺时限的决定")),
    ("in_promise", _("在承诺时限内办结")),
    ("legal", _("有法定时限的决定")),
    ("in_law", _("在法定时限内办结")),
    ("asked_for", _("要交的材料")),
    ("from_registers", _("由登记核验、不用交的材料")),
    ("rated", _("评价")),
    ("satisfied", _("其中一般、好或很好")),
)


@dataclass
class Row:
    """The figures of one item (or of the others together) at one unit in one place."""

    item: str
    unit: str
    place: str
    counts: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)

    def add(self, other: Row) -> None:
        """Another row's figures join these."""
        self.counts.update(other.counts)
        self.why.update(other.why)


def counted(edge: Edge, public: Mapping[str, Any]) -> Counter[str]:
    """What one act adds to, by the table of its kind and its public part."""
    word = edge.counted(public)
    found: Counter[str] = Counter()
    if word == "sent":
        found["received"] += 1
        found["asked_for"] += int(public.get("asked_for") or 0)
        found["from_registers"] += int(public.get("from_registers") or 0)
    elif word == "rated":
        found["rated"] += 1
        found["satisfied"] += int(public.get("grade") or 0) >= 3
    elif word in {name for name, _label in COUNTS}:
        found[word] += 1
    if word in DECIDED:
        for limit, kept, fact in (("promised", "in_promise", "in_time"), ("legal", "in_law", "in_law")):
            if public.get(fact) is not None:
                found[limit] += 1
                found[kept] += bool(public[fact])
    return found


def rows(since: date, until: date, units: Iterable[str] | None = None) -> list[Row]:
    """Every row of acts from the month of `since` up to the month before `until`, by unit, place and item. Months that
    are not over are left out."""
    until = min(until, this_month())
    table: Procedure = procedure_for(KIND)
    words = {edge.act for edge in table.edges if edge.counted_words}
    acts = Act.objects.filter(case__kind=KIND, act__in=words, at__gte=_begins(since), at__lt=_begins(until))
    if units is not None:
        acts = acts.filter(for_unit__in=list(units))
    found: dict[tuple[str, str, str], Row] = {}
    facts = acts.values_list("act", "public", "for_unit", "case__matter_id", "case__place_id")
    for act, public, unit, item, place in facts.iterator(chunk_size=2000):
        edge = table.named(act)
        if edge is None or unit is None:
            continue
        row = found.setdefault((unit, place, item), Row(item, unit, place))
        row.counts.update(counted(edge, public))
        if edge.counted(public) == "refused":
            row.why[str(public.get("why") or "")] += 1
    return [found[key] for key in sorted(found)]


def published(every: Iterable[Row]) -> list[Row]:
    """The rows as everybody may see them: items with few applications at a unit stand together."""
    shown: list[Row] = []
    others: dict[tuple[str, str], Row] = {}
    for row in every:
        if row.counts["received"] >= FEWEST:
            shown.append(row)
        else:
            others.setdefault((row.unit, row.place), Row(OTHERS, row.unit, row.place)).add(row)
    return sorted([*shown, *others.values()], key=lambda row: (row.unit, row.place, row.item == OTHERS, row.item))


def why_words(row: Row) -> list[tuple[Words, int]]:
    """Why applications were refused, in words, most often first."""
    known = dict(WHY_REFUSED.options)
    return [(known.get(code, _("没有注明")), number) for code, number in row.why.most_common()]


def this_month() -> date:
    """The first day of the month that runs."""
    return timezone.localdate().replace(day=1)


def _begins(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(month.replace(day=1), time()))
