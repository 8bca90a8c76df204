"""Whether somebody is entitled to an item, and why, in words of the page: for applicant, official and guide.

What is judged is `rules/`; here each leaf gets its words in the reader's language and its article. Decides nothing: an
official does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.registry.names import spoken
from tongban.rules import BadFact, Leaf, MissingParameter

from . import reading
from .models import Article


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


def article_names(codes: Sequence[str]) -> dict[str, str]:
    """Code of an article → 《law》第n条, in the language of the page."""
    found = Article.objects.filter(code__in=set(codes)).select_related("law")
    return {row.code: said_article(row) for row in found}


def said_article(row: Article) -> str:
    """An article as people cite it."""
    return _("《%(law)s》第%(number)s条") % {"law": row.law.short, "number": row.number}


def judged(matter: str, facts: Mapping[str, Any], place: str) -> Judged | None:
    """An item for somebody of whom these facts are known; None where it has no conditions. A fact that cannot be what
    was asked is unknown."""
    holds = reading.current()
    try:
        table = holds.table(matter, place)
    except MissingParameter as error:
        return Judged(matter, None, (), str(error))
    if table is None:
        return None
    names = article_names([leaf.article for leaf in table.leaves if leaf.article])
    setting = holds.setting(place)
    known = dict(facts)
    while True:
        try:
            groups = tuple(
                tuple(_reason(matter, leaf, leaf.judge(setting)(known), names) for leaf in group.leaves)
                for group in table.groups
            )
            return Judged(matter, table.value(known, setting), groups)
        except BadFact as error:
            known.pop(error.fact)


def _reason(matter: str, leaf: Leaf, met: bool | None, names: Mapping[str, str]) -> Reason:
    said = reading.current().said.get((matter, leaf.words))
    words = spoken(leaf.words, said.words_en if said is not None else "")
    return Reason(words, spoken(names.get(leaf.article, ""), names.get(leaf.article, "")), leaf.article, leaf.fact, met)
