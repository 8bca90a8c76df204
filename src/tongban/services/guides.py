"""The guide of one item (办事指南) put together: conditions with their articles, materials, limits, windows, versions.

What holds on a day, for a place. Pages, JSON-LD and API say it each in their way. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.registry import snapshot
from tongban.registry.names import place_name, spoken
from tongban.rules import MissingParameter
from tongban.workdays import Limit

from . import reading
from .judging import said_article
from .models import Article, Condition, Fact, Item, Need, Offering

MOST_PLACES = 3_000


@dataclass(frozen=True, slots=True)
class Cited:
    """An article as it is cited, and its text; empty where no text is loaded."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition in words, the number that the place sets where it hangs on one, and its article."""

    words: str
    number: str
    article: Cited | None
    row: Condition


@dataclass(frozen=True, slots=True)
class Bring:
    """One material: its name, how it should look, in which case it is asked for (empty: always)."""

    need: Need
    name: str
    hint: str
    when: str
    article: Cited | None


@dataclass(frozen=True)
class Guide:
    """The guide. `groups`: every group has to hold, any clause of a group is enough. `place` is where it is for (empty
    where nobody offers it), `places` where it is offered. `versions` are the days from which other words held."""

    item: Item
    day: date
    today: bool
    place: str
    groups: tuple[tuple[Clause, ...], ...]
    bring: tuple[Bring, ...]
    known: tuple[Bring, ...]
    offerings: tuple[Offering, ...]
    places: tuple[str, ...]
    promised: Limit | None
    legal: Limit | None
    basis: tuple[Cited, ...]
    versions: tuple[date, ...]

    @property
    def code(self) -> str:
        """The item's code."""
        return str(self.item.matter_id)

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""
        return spoken(self.item.summary, self.item.summary_en)

    @property
    def result(self) -> str:
        """What one has in the end."""
        return spoken(self.item.result, self.item.result_en)

    @property
    def fees(self) -> tuple[Offering, ...]:
        """The windows that take a fee."""
        return tuple(one for one in self.offerings if one.fee)

    @property
    def channels(self) -> tuple[str, ...]:
        """Ways in which one can apply, of all windows."""
        said = [channel for one in self.offerings for channel in one.channels]
        return tuple(one for one in ("online", "counter", "post", "phone") if one in said)

    @property
    def days(self) -> int | None:
        """Days that are promised at this place: what its window says, else the registry's limit."""
        said = [one.promised for one in self.offerings if one.promised is not None]
        return max(said) if said else self.promised.days if self.promised is not None else None


def guide(code: str, place: str = "", day: date | None = None) -> Guide | None:
    """The guide of an item at a place (one of its places where none is said, or none such) on a day: today, or one from
    which another version holds. None where there is no such item, or no version on that day."""
    today = timezone.localdate()
    versions = _versions(code)
    on = day if day is not None and day in versions else today
    item = Item.objects.filter(reading.holding(on), matter=code).select_related("matter").first()
    if item is None:
        return None
    holding = reading.holding(on)
    places = list(
        Offering.objects.filter(holding, matter=code).order_by("place_id").values_list("place_id", flat=True).distinct()
    )[:MOST_PLACES]
    registry = snapshot.current()
    at = place if place in registry.places else places[0] if places else ""
    line = registry.line("places", at) if at else ()
    offerings = Offering.objects.filter(holding, matter=code, place__in=line).select_related("unit", "place")
    needs = Need.objects.filter(holding, matter=code).select_related("material", "article__law").order_by("order", "pk")
    bring = tuple(_bring(need) for need in needs)
    return Guide(
        item,
        on,
        on == today,
        at,
        _groups(code, at, on),
        tuple(one for one in bring if one.need.how != "instead"),
        tuple(one for one in bring if one.need.how == "instead"),
        tuple(offerings.order_by("-place_id", "unit_id")),
        tuple(places),
        registry.limit("application", code, at),
        registry.limit("application_legal", code, at),
        tuple(cited(row) for row in item.basis.select_related("law").order_by("law_id", "code")),
        tuple(versions),
    )


def cited(row: Article) -> Cited:
    """An article as it is cited, with its text."""
    return Cited(row.code, spoken(said_article(row), said_article(row)), row.text)


def _versions(code: str) -> list[date]:
    """Days from which something of the guide was different, the latest first."""
    days: set[date] = set()
    for rows in (Item.objects, Condition.objects, Need.objects):
        days |= set(rows.filter(matter=code).values_list("since", flat=True))
    return sorted(days, reverse=True)


def _groups(code: str, place: str, day: date) -> tuple[tuple[Clause, ...], ...]:
    rows = Condition.objects.filter(reading.holding(day), matter=code).select_related("fact", "article__law")
    groups: dict[int, list[Clause]] = {}
    for row in rows.order_by("group", "position", "pk"):
        article = cited(row.article) if row.article is not None else None
        clause = Clause(spoken(row.words, row.words_en), _number(row, place), article, row)
        groups.setdefault(row.group, []).append(clause)
    return tuple(tuple(clauses) for clauses in groups.values())


def _number(row: Condition, place: str) -> str:
    """The number that the place sets for a condition, in words; empty where it hangs on none."""
    code = next((one["parameter"] for one in row.arguments.values() if _is_parameter(one)), None)
    if code is None:
        return ""
    holds, line = reading.current(), snapshot.current().line("places", place) if place else ()
    try:
        found = holds.parameters.row(code, line, holds.day)
    except MissingParameter:
        return _("本地还没有公布标准")
    unit = row.fact.unit or {"years": _("周岁"), "months": _("个月"), "days": _("天")}.get(
        row.arguments.get("unit"), ""
    )
    where = place_name(found.place) if found.place else _("全国")
    return _("%(where)s的标准：%(number)s%(unit)s") % {
        "where": where,
        "number": f"{Decimal(found.value).normalize():f}",
        "unit": unit,
    }


def _is_parameter(value: Any) -> bool:
    return isinstance(value, dict) and "parameter" in value


def _bring(need: Need) -> Bring:
    material = need.material
    article = cited(need.article) if need.article is not None else None
    name, hint = spoken(material.name, material.name_en), spoken(material.hint, material.hint_en)
    return Bring(need, name, hint, when_words(need.when), article)


def when_words(rows: Sequence[dict[str, Any]]) -> str:
    """In which case something is asked for, in words: the question and the answer that bring it; empty: always."""
    facts, said = reading.current().facts, []
    for row in rows:
        fact = facts.get(str(row.get("fact")))
        if fact is not None:
            said.append(_answered(fact, str(row.get("operator")), row.get("arguments") or {}))
    return "；".join(one for one in said if one)


def _answered(fact: Fact, operator: str, arguments: dict[str, Any]) -> str:
    question = spoken(fact.question, fact.question_en)
    options = {code: spoken(words, english) for code, words, english in fact.options}
    if operator in ("is", "one_of"):
        values = arguments.get("values") or [arguments.get("value")]
        names = [{True: _("是"), False: _("否")}.get(one, options.get(one, str(one))) for one in values]
        return _("“%(question)s”答“%(answer)s”的") % {"question": question, "answer": _("”或“").join(names)}
    if operator == "distance" and arguments.get("unit") == "years":
        low, high = arguments.get("low"), arguments.get("high")
        if isinstance(high, int) and low is None:
            return _("未满 %(n)d 周岁的") % {"n": high + 1}
        if isinstance(low, int) and high is None:
            return _("满 %(n)d 周岁的") % {"n": low}
    return _("看您怎样回答“%(question)s”") % {"question": question}
