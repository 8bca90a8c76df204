"""An item's form as JSON Schema 2020-12, for programs, and what is wrong with the facts that one sends.

The schema says what each answer has to be, which are required, and what is asked only if something else was answered:
an answer to a question that is not asked is refused, so that hidden answers never leave. Checked by jsonschema-rs,
every error at once; the words are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext as _

from tongban.cases.refusal import WrongInput
from tongban.registry.names import spoken

from . import bundled, questions, reading
from .models import Fact

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LONGEST = 200
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer: the fact's code, a word for programs, and words for people."""

    fact: str
    code: str
    message: str


def of_item(matter: str) -> Schema:
    """The schema of an item's form, newest version."""
    return of_pages(questions.pages_of(matter), title=matter)


def of_pages(pages: Sequence[questions.FormPage], title: str = "") -> Schema:
    """The schema of a form's pages."""
    asked = [one for page in pages for one in page.questions]
    required = [one.fact.code for one in asked if one.required and not one.when and one.fact.type != "declared"]
    rules = [_asked_only_if(one) for one in asked if one.when]
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": {one.fact.code: of_fact(one.fact) for one in asked},
        "required": required,
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def of_fact(fact: Fact) -> Schema:
    """What an answer to a question has to be."""
    said = {"title": fact.question, **({"description": fact.hint} if fact.hint else {})}
    if fact.type in ("bool", "declared"):
        return {"type": "boolean", **said}
    if fact.type == "choice":
        return {"type": "string", "enum": [code for code, *_words in fact.options], **said}
    if fact.type == "number":
        return {"type": "number", "exclusiveMaximum": 10**12, "exclusiveMinimum": -(10**12), **said}
    if fact.type == "date":
        return {"type": "string", "format": "date", **said}
    if fact.type == "place":
        return {"type": "string", "pattern": "^[0-9]{2,12}$", **said}
    return {"type": "string", "minLength": 1, "maxLength": LONGEST, **said}


def _asked_only_if(one: questions.Question) -> Schema:
    """Required, or not there at all. What JSON Schema cannot say (times from today) leaves the answer free there."""
    code, condition = one.fact.code, _condition(one.when)
    if condition is None:
        return {}
    required = one.required and one.fact.type != "declared"
    return {
        "if": condition,
        **({"then": {"required": [code]}} if required else {}),
        "else": {"properties": {code: False}},
    }


def _condition(rows: Iterable[Mapping[str, Any]]) -> Schema | None:
    groups: dict[int, list[Schema]] = {}
    for row in rows:
        leaf = _leaf(str(row["operator"]), row.get("arguments") or {})
        if leaf is None:
            return None
        fact = str(row["fact"])
        groups.setdefault(int(row.get("group") or 1), []).append({"properties": {fact: leaf}, "required": [fact]})
    found = [group[0] if len(group) == 1 else {"anyOf": group} for _number, group in sorted(groups.items())]
    return found[0] if len(found) == 1 else {"allOf": found}


def _leaf(operator: str, arguments: Mapping[str, Any]) -> Schema | None:
    if operator == "is":
        return {"const": arguments["value"]}
    if operator == "is_not":
        return {"not": {"const": arguments["value"]}}
    if operator in ("one_of", "none_of"):
        inside = {"enum": list(arguments["values"])}
        return inside if operator == "one_of" else {"not": inside}
    if operator == "declared":
        return {"const": True}
    bounds = {name: arguments.get(name) for name in ("low", "high")}
    if operator == "range" and all(one is None or isinstance(one, int | float) for one in bounds.values()):
        said = {"minimum": bounds["low"], "maximum": bounds["high"]}
        return {name: value for name, value in said.items() if value is not None}
    return None


def validator(schema: Schema) -> Any:
    """A schema made ready to check many answers."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def problems(matter: str, facts: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the facts sent for an item, in words of the page."""
    kept = reading.current().kept.setdefault("validators", {})
    ready = kept.get(matter)
    if ready is None:
        ready = kept[matter] = validator(of_item(matter))
    return [one for error in ready.iter_errors(dict(facts)) for one in _said(error)]


def wrong_answers(values: Mapping[str, Any]) -> list[WrongInput]:
    """Everything that is wrong with the answers that a program sends with an application or a bundle, under the names
    of the inputs (`Writing.wrong`): each item's own form checks what it asks, as its page does."""
    matter, place = str(values.get("matter") or ""), str(values.get("place") or "")
    sent = {
        name.removeprefix(questions.PREFIX): value
        for name, value in values.items()
        if name.startswith(questions.PREFIX) and value not in (None, "", [])
    }
    read = questions.facts_of({f"{questions.PREFIX}{code}": value for code, value in sent.items()})
    typed = {code: _as_json(read.get(code, value)) for code, value in sent.items()}
    items = [one for one in bundled.items_of(matter, read, place) if one in reading.current().items]
    forms = {item: {one.fact.code for page in questions.pages_of(item) for one in page.questions} for item in items}
    asked = set().union(bundled.deciding(matter), *forms.values())
    found: dict[tuple[str, str], WrongInput] = {}
    for item in items:
        strange = {code: value for code, value in typed.items() if code in forms[item] or code not in asked}
        for one in problems(item, strange):
            found.setdefault((one.fact, one.code), WrongInput(f"{questions.PREFIX}{one.fact}", one.code, one.message))
    return list(found.values())


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _said(error: Any) -> Iterable[Problem]:
    known = reading.current().facts
    kind = type(error.kind).__name__
    facts = [str(error.instance_path[0])] if error.instance_path else []
    if kind == "Required":
        facts = [str(error.kind.property)] if hasattr(error.kind, "property") else _quoted(error.message)
    elif kind in ("AdditionalProperties", "FalseSchema") and hasattr(error.kind, "unexpected"):
        facts = [str(one) for one in error.kind.unexpected]
    for code in facts or [""]:
        fact = known.get(code)
        label = spoken(fact.question, fact.question_en) if fact is not None else code
        yield Problem(code, _CODES.get(kind, "wrong"), _words(kind, fact) % {"label": label})


_CODES = {"Required": "required", "AdditionalProperties": "not_asked", "FalseSchema": "not_asked"}


def _words(kind: str, fact: Fact | None) -> str:
    if kind == "Required":
        return _("请回答“%(label)s”。")
    if kind in ("AdditionalProperties", "FalseSchema") or fact is None:
        return _("没有问“%(label)s”，请不要填。")
    return {
        "bool": _("“%(label)s”应当是 true 或 false。"),
        "declared": _("“%(label)s”应当是 true 或 false。"),
        "choice": _("请从“%(label)s”所列的各项中选择。"),
        "number": _("“%(label)s”应当是数字，例如 1200。"),
        "date": _("“%(label)s”应当是日期，例如 2026-11-30。"),
        "place": _("“%(label)s”应当是行政区划代码。"),
    }.get(fact.type, _("“%(label)s”应当是文字，不超过 200 个字。"))


def _quoted(message: str) -> list[str]:
    return [message.split('"')[1]] if '"' in message else []
