"""Figures of applications by item, unit and place, over months that are over: what came, how it ended, in time against
both limits, what was asked for and what registers gave.

What an act adds to, by its public part and nothing else. A unit's totals are those of `scorecards/`, which anybody
recounts from the monthly statements on the ledger; items and places divide them (the ledger names neither: they would
tie the entries of a case together). Items with few applications stand together, so that no row speaks of one person.
Not for adding up and reading: `tally/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words
from tongban.cases.procedure import Edge

from .inputs import WHY_REFUSED

KIND = "application"
FEWEST = 10
"""Fewer applications of an item at a unit are not shown by themselves. House rule, as of shares in scorecards."""
DECIDED = frozenset({"granted", "refused", "not_accepted"})
MOST = 1_000
"""No application asks for more papers."""
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


@dataclass(slots=True)
class Row:
    """The figures of one item (or of the others together) at one unit in one place."""

    item: str
    unit: str
    place: str
    counts: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)


def counted(edge: Edge, public: Mapping[str, Any]) -> Counter[str]:
    """What one act adds to, by the table of its kind and its public part."""
    word = edge.counted(public)
    found: Counter[str] = Counter()
    if word == "sent":
        found["received"] += 1
        found["asked_for"] += _number(public.get("asked_for"))
        found["from_registers"] += _number(public.get("from_registers"))
    elif word == "rated":
        found["rated"] += 1
        found["satisfied"] += _number(public.get("grade")) >= 3
    elif word in {name for name, _label in COUNTS}:
        found[word] += 1
    if word in DECIDED:
        for limit, kept, fact in (("promised", "in_promise", "in_time"), ("legal", "in_law", "in_law")):
            if public.get(fact) is not None:
                found[limit] += 1
                found[kept] += bool(public[fact])
    return found


def why_words(row: Row) -> list[tuple[Words, int]]:
    """Why applications were refused, in words, most often first."""
    known = dict(WHY_REFUSED.options)
    return [(known.get(code, _("没有注明")), number) for code, number in row.why.most_common()]


def this_month() -> date:
    """The first day of the month that runs."""
    return timezone.localdate().replace(day=1)


def _number(given: Any) -> int:
    """A count as an act tells it; 0 where it tells none, for one act that is written badly must not stop the others."""
    try:
        return min(max(int(given or 0), 0), MOST)
    except (TypeError, ValueError, OverflowError):
        return 0
