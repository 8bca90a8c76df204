"""Whether somebody is entitled to an item, why, and what would change it, in words of the page: for applicant, official
and guide.

What is judged is `rules/`; here each leaf gets its words in the reader's language and its article. Decides nothing: an
official does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tongban.registry.names import spoken
from tongban.rules import BadFact, Distance, Leaf, MissingParameter, Setting, Table, explain

from . import reading
from .models import Article

MOST_DAYS = 6
"""So many coming days are looked at, on which a condition is met by time alone."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition for people: its words, its article (name and number; empty where none), the fact it asks, and
    whether it is met (None: not known)."""

    words: str
    article: str
    article_code: str
    fact: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out for one item: `value` True, False or None (open), and a list of groups: any reason of a group is
    enough. `missing` says that a number that the law leaves to the place was not set."""

    matter: str
    value: bool | None
    groups: tuple[tuple[Reason, ...], ...]
    missing: str = ""

    def having(self, met: bool | None) -> tuple[tuple[Reason, ...], ...]:
        """The groups that came out so: met, failed, or open."""
        return tuple(group for group in self.groups if _any_of(group) is met)

    @property
    def failed(self) -> tuple[tuple[Reason, ...], ...]:
        """The groups of which no condition is met."""
        return self.having(False)

    @property
    def open(self) -> tuple[tuple[Reason, ...], ...]:
        """The groups that would be decided by knowing more."""
        return self.having(None)


@dataclass(frozen=True, slots=True)
class Way:
    """One smallest way to be entitled: the conditions that would then be met. `since`: not before that day, which comes
    by itself (an age, a time of residence)."""

    reasons: tuple[Reason, ...]
    since: date | None = None


def _any_of(group: Sequence[Reason]) -> bool | None:
    if any(one.met for one in group):
        return True
    return None if any(one.met is None for one in group) else False


def article_names(codes: Iterable[str]) -> dict[str, str]:
    """Code of an article → 《law》第n条, in the language of the page."""
    found = Article.objects.filter(code__in={code for code in codes if code}).select_related("law")
    return {row.code: said_article(row) for row in found}


def said_article(row: Article) -> str:
    """An article as people cite it."""
    return _("《%(law)s》第%(number)s条") % {"law": row.law.short, "number": row.number}


def judged(matter: str, facts: Mapping[str, Any], place: str, names: Mapping[str, str] | None = None) -> Judged | None:
    """An item for somebody of whom these facts are known; None where it has no conditions. A fact that cannot be what
    was asked is unknown. `names`: the articles' names, where a page has many items and asked for all at once."""
    holds = reading.current()
    try:
        table = holds.table(matter, place)
    except MissingParameter as error:
        return Judged(matter, None, (), str(error))
    if table is None:
        return None
    if names is None:
        names = article_names(leaf.article for leaf in table.leaves)
    setting = holds.setting(place)
    known = readable([table], facts, setting)
    groups = tuple(
        tuple(_reason(holds, matter, leaf, leaf.judge(setting)(known), names) for leaf in group.leaves)
        for group in table.groups
    )
    return Judged(matter, table.value(known, setting), groups)


def ways(matter: str, facts: Mapping[str, Any], place: str, names: Mapping[str, str] | None = None) -> tuple[Way, ...]:
    """What would change a no or an open: the smallest sets of conditions to be met. Dates that are known are taken as
    they are; where only time is missing, the day on which it has passed."""
    holds = reading.current()
    try:
        table = holds.table(matter, place)
    except MissingParameter:
        return ()
    if table is None:
        return ()
    if names is None:
        names = article_names(leaf.article for leaf in table.leaves)
    setting = holds.setting(place)
    known = readable([table], facts, setting)
    fixed = [code for code, value in known.items() if isinstance(value, date)]
    found = explain(table, known, setting, fixed)
    if found.value is True:
        return ()
    ways = [Way(_reasons(holds, matter, way.leaves, names)) for way in found.ways]
    if ways:
        return tuple(ways)
    for day in sorted(_coming(table, known, setting.day))[:MOST_DAYS]:
        later = Setting(day, setting.line, place)
        then = explain(table, known, later, fixed)
        if then.value is True:
            return (Way((), day),)
        if then.ways:
            return tuple(Way(_reasons(holds, matter, way.leaves, names), day) for way in then.ways)
    return ()


def doubts(matter: str, facts: Mapping[str, Any], place: str) -> dict[str, str]:
    """For the page to check before an application is sent: code of a fact → what its answer fails, or that it is needed
    and not answered. Never a refusal: whoever thinks otherwise applies, and an official decides."""
    found = judged(matter, facts, place)
    told: dict[str, str] = {}
    for group in found.groups if found is not None else ():
        met = _any_of(group)
        if met is True:
            continue
        said = _("，或者").join(f"{one.words}{one.article}" for one in group)
        for one in group:
            if met is False:
                told.setdefault(one.fact, _("条件是“%(words)s”。按您填的，不符合。") % {"words": said})
            elif one.met is None:
                told.setdefault(one.fact, _("条件是“%(words)s”。您没有填，办理单位要另外核实。") % {"words": said})
    return told


def readable(tables: Iterable[Table], facts: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """The facts without those that are of another kind than these tables ask."""
    known = {code: value for code, value in facts.items() if value is not None}
    for table in tables:
        while True:
            try:
                table.value(known, setting)
                break
            except BadFact as error:
                known.pop(error.fact)
    return known


def _coming(table: Table, facts: Mapping[str, Any], today: date) -> set[date]:
    """The days after today on which a time that has to pass since a known date has passed."""
    found = set()
    for leaf in table.leaves:
        operator, since = leaf.operator, facts.get(leaf.fact)
        if isinstance(operator, Distance) and operator.to is None and isinstance(operator.low, int):
            found |= {_complete(since, operator.unit, operator.low)} if isinstance(since, date) else set()
    return {day for day in found if day > today}


def _complete(since: date, unit: str, number: int) -> date:
    """The first day on which so many units are complete; from the 29th of February in other years the first of March
    (`rules.distance`)."""
    if unit == "days":
        return since + timedelta(days=number)
    months = since.year * 12 + since.month - 1 + number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    try:
        return date(year, month + 1, since.day)
    except ValueError:
        year, month = divmod(months + 1, 12)
        return date(year, month + 1, 1)


def _reasons(
    holds: reading.Holding, matter: str, leaves: Iterable[Leaf], names: Mapping[str, str]
) -> tuple[Reason, ...]:
    return tuple(_reason(holds, matter, leaf, None, names) for leaf in leaves)


def _reason(holds: reading.Holding, matter: str, leaf: Leaf, met: bool | None, names: Mapping[str, str]) -> Reason:
    said = holds.said.get((matter, leaf.words))
    words = spoken(leaf.words, said.words_en if said is not None else "")
    return Reason(words, spoken(names.get(leaf.article, ""), names.get(leaf.article, "")), leaf.article, leaf.fact, met)
