"""When a question is asked, as one chooses it from a list without knowing operators: an earlier question and one of its
answers, or a number. Stored as rows of a condition (`rules.exchange`), shown in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tongban.registry.names import spoken

from ..models import Fact
from .content import BadForm

Row = dict[str, Any]
MOST = 3
"""Rows of one condition on the page. House rule: more is a question that should be asked otherwise."""


def choices(facts: Iterable[Fact]) -> list[tuple[str, str]]:
    """What a question can hang on: pairs of a value and its words."""
    found = []
    for fact in facts:
        label = spoken(fact.question, fact.question_en)
        if fact.type == "bool":
            found += [
                (f"{fact.code}|is|yes", f"{label}{_('：')}{_('是')}"),
                (f"{fact.code}|is|no", f"{label}{_('：')}{_('否')}"),
            ]
        elif fact.type == "declared":
            declared = _("已声明")
            found.append((f"{fact.code}|declared|", f"{label}{_('：')}{declared}"))
        elif fact.type == "choice":
            found += [(f"{fact.code}|one|{code}", f"{label}{_('：')}{words}") for code, words, *_rest in fact.options]
        elif fact.type == "number":
            found.append((f"{fact.code}|low|", _("%(label)s：至少（填数字）") % {"label": label}))
            found.append((f"{fact.code}|high|", _("%(label)s：至多（填数字）") % {"label": label}))
        elif fact.type == "date":
            found.append((f"{fact.code}|years|", _("%(label)s：到今天满几年（填数字）") % {"label": label}))
    return found


def row(chosen: str, number: str, group: int) -> Row:
    """The row of a choice. Raises BadForm."""
    fact, kind, value = [*chosen.split("|"), "", ""][:3]
    if kind == "is":
        return _row(fact, "is", {"value": value == "yes"}, group)
    if kind == "declared":
        return _row(fact, "declared", {}, group)
    if kind == "one":
        return _row(fact, "one_of", {"values": [value]}, group)
    if kind in ("low", "high", "years"):
        try:
            amount: int | float = float(number)
        except ValueError:
            raise BadForm(_("请填数字。")) from None
        amount = int(amount) if amount == int(amount) else amount
        if kind != "years":
            return _row(fact, "range", {kind: amount}, group)
        return _row(fact, "distance", {"unit": "years", "low": int(amount)}, group)
    raise BadForm(_("请从列表里选。"))


def _row(fact: str, operator: str, arguments: dict[str, Any], group: int) -> Row:
    return {"fact": fact, "operator": operator, "arguments": arguments, "group": group}


def chosen(stored: Mapping[str, Any]) -> tuple[str, str]:
    """The choice and the number of a row, for the form that changes it; empty where the list has no such choice."""
    fact, operator, given = stored["fact"], stored["operator"], stored.get("arguments") or {}
    if operator == "is" and isinstance(given.get("value"), bool):
        return f"{fact}|is|{'yes' if given['value'] else 'no'}", ""
    if operator == "declared":
        return f"{fact}|declared|", ""
    if operator == "one_of" and len(given.get("values", ())) == 1:
        return f"{fact}|one|{given['values'][0]}", ""
    if operator == "range":
        name = "low" if "low" in given else "high"
        return f"{fact}|{name}|", str(given[name])
    return (f"{fact}|years|", str(given.get("low", ""))) if operator == "distance" else ("", "")


def any_of(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of several rows is enough."""
    return len(rows) > 1 and len({int(one.get("group") or 1) for one in rows}) == 1


def said(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact]) -> str:
    """A condition in words; empty where there is none."""
    known = dict(choices(facts.values()))
    words = []
    for one in rows:
        choice, number = chosen(one)
        label = known.get(choice) or str(one["fact"])
        words.append(f"{label} {number}".strip() if number else label)
    return (_("，或者") if any_of(rows) else _("，并且")).join(words)
