"""Which figures a kind of case has, how they are headed and written, for pages, tables and programs alike.

From the kind's table (`cases/counting.py`): a new kind's figures appear without a line here. Not for counting
(`rules.py`), nor for charts and HTML: the pages are in `portal/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.cases.counting import STANDARD, Counted, Measure, counted_by
from tongban.cases.procedure import editions, procedures

from .rules import Figure, Figures


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a kind of case: a column of its tables."""

    counted: Counted
    measure: Measure

    @property
    def name(self) -> str:
        return self.measure.name

    @property
    def label(self) -> str:
        """Its heading, in the language of the page."""
        return str(self.measure.label)

    @property
    def bare(self) -> bool:
        """Whether it is a number of acts and nothing else: such figures are drawn month by month."""
        return not self.measure.value

    def figure(self, row: Figures) -> Figure:
        """The figure of a row; None where it cannot be computed."""
        return row.figure(self.counted, self.measure)

    def share_of(self, row: Figures) -> tuple[int, int]:
        """How many, and of how many: what a share is made of."""
        found = row.histogram(self.counted.word, self.counted.place(self.measure))
        return sum(found.get(value, 0) for value in self.measure.among), sum(found.values())

    def text(self, row: Figures) -> str:
        """The figure as a person reads it; “—” where it cannot be computed."""
        value = self.figure(row)
        if value is None:
            return "—"
        if self.measure.how == "share":
            return f"{value}%"
        if self.counted.in_days(self.measure):
            return _("%(days)s 天") % {"days": plain(value)}
        return plain(value)


def plain(value: float) -> str:
    """A number with one decimal where it needs one."""
    return f"{value:.1f}".removesuffix(".0")


def kind_label(kind: str) -> str:
    """What a kind of case is called, in the language of the page; its name where no door brings it any more."""
    procedure = procedures().get(kind)
    return str(procedure.label) if procedure is not None else kind


def in_order(kinds: Iterable[str]) -> list[str]:
    """Kinds in the order of their doors; those that no door brings any more last."""
    known = list(procedures())
    return sorted(set(kinds), key=lambda kind: (known.index(kind) if kind in known else len(known), kind))


def counted_of(kind: str) -> tuple[Counted, ...]:
    """Everything that acts of a kind count for, in its newest edition and in older ones; of a kind that no door brings
    any more, the words of every kind."""
    found: dict[str, Counted] = {}
    for procedure in reversed(editions(kind)) if kind in procedures() else ():
        for counted in counted_by(procedure):
            found.setdefault(counted.word, counted)
    return tuple((found or STANDARD).values())


def columns_of(kind: str, *shown: str) -> list[Column]:
    """The figures of a kind in their order: all, or those that are shown in these places (`Measure.shown`)."""
    return [
        Column(counted, measure)
        for counted in counted_of(kind)
        for measure in counted.measures
        if not shown or measure.shown in shown
    ]


def figures_of_kind(kind: str, row: Figures) -> dict[str, Figure]:
    """Name → figure, for programs."""
    return {column.name: column.figure(row) for column in columns_of(kind)}


def described(kind: str) -> dict[str, Any]:
    """A kind's figures in words, and by which rule each is made of the items of the ledger's statements: so that
    anybody can recount them without the kind's table. `auditing.read_words` reads it."""
    counted = counted_of(kind)
    return {
        "kind": kind,
        "label": kind_label(kind),
        "words": [
            {"word": one.word, "values": [{"name": value.name, "days": value.days} for value in one.values]}
            for one in counted
        ],
        "measures": [
            {
                "name": measure.name,
                "label": str(measure.label),
                "word": one.word,
                "how": measure.how,
                "value": measure.value or None,
                "among": list(measure.among) if measure.value and measure.how != "median" else None,
            }
            for one in counted
            for measure in one.measures
        ],
    }
