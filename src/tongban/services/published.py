"""Conditions for everybody and for programs: the rows, their articles, JSON Logic; the form as JSON Schema; and whether
somebody would be entitled, without anything being kept. Nobody else publishes conditions of law that a machine reads.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import BaseModel, Field

from tongban.cases.refusal import Refusal
from tongban.gate.calling import IdempotencyKey, limit
from tongban.gate.keeping import public_for
from tongban.gate.problems import problems
from tongban.registry import snapshot
from tongban.rules import MissingParameter, NotExportable, json_logic, to_rows

from . import judging, questions, reading, schema
from .models import Fact, Item

router = Router(tags=["services"])
OPERATIONS = dict.fromkeys(("read_conditions", "read_application_form", "check_conditions"), "public")
Code = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z_-]*$")]
MOST_FACTS = 200


class FactOut(BaseModel):
    """A question: what is asked, and which answers there are."""

    code: str
    type: str = Field(description="bool, choice, number, date, place, text, or declared (said by the person alone).")
    question: str
    question_en: str
    unit: str
    options: list[list[str]] = Field(description="For a choice: code, words, words in English.")


class ConditionOut(BaseModel):
    """One condition. All groups have to be met; of a group any condition is enough."""

    group: int
    fact: str
    operator: str = Field(description="is, is_not, one_of, none_of, range, distance, within, declared, …")
    arguments: dict[str, Any] = Field(description="With the numbers of the place and the day in place of parameters.")
    words: str
    words_en: str
    article: str = Field(description="Code of the article; empty where there is none.")
    article_name: str


class ConditionsOut(BaseModel):
    """An item's conditions as they hold on a day in a place."""

    item: str
    place: str
    day: date
    conditions: list[ConditionOut]
    facts: list[FactOut]
    json_logic: dict[str, Any] | None = Field(
        description="The same as a JSON Logic rule, for known facts; null where it cannot be said in JSON Logic."
    )


class FormOut(BaseModel):
    """What an application for an item asks."""

    item: str
    version: int = Field(description="0: it has no form of its own and asks what its conditions need.")
    digest: str = Field(description="SHA-256 of the form's canonical JSON, hexadecimal; empty for version 0.")
    pages: list[dict[str, Any]]
    json_schema: dict[str, Any] = Field(description="JSON Schema 2020-12 of the facts.")


class FactsIn(BaseModel):
    """What is known of somebody. Nothing of it is kept."""

    place: Code = ""
    facts: dict[str, Any] = Field(max_length=MOST_FACTS)


class ReasonOut(BaseModel):
    """One condition, and whether it is met (null: not known)."""

    words: str
    article: str
    article_name: str
    fact: str
    met: bool | None


class WayOut(BaseModel):
    """One smallest way to be entitled: these conditions would be met; not before `since` where there is one."""

    since: date | None
    conditions: list[ReasonOut]


class ProblemOut(BaseModel):
    """What is wrong with an answer."""

    fact: str
    code: str = Field(description="required, not_asked or wrong")
    message: str


class CheckedOut(BaseModel):
    """What came out. It decides nothing: the unit does."""

    value: bool | None = Field(description="Whether the conditions are met; null: more has to be known.")
    groups: list[list[ReasonOut]]
    ways: list[WayOut]
    problems: list[ProblemOut] = Field(description="What an application with these facts would be told to put right.")


class At(BaseModel):
    """Where."""

    place: Code = Field("", description="Code of the place (GB/T 2260) whose numbers count.")


@router.get(
    "/services/{code}/conditions",
    response={200: ConditionsOut, **problems(400, 404, 409, 422, 503)},
    operation_id="read_conditions",
    url_name="read_conditions",
    summary="The conditions of an item, with their articles",
)
@decorate_view(public_for(30))
def read_conditions(request: HttpRequest, code: str, at: Query[At]) -> Any:
    """As they hold today in a place, as rows and as JSON Logic. An item without conditions has no rows."""
    item, holds = _item(code), reading.current()
    place = _place(at.place)
    try:
        table = holds.table(code, place)
    except MissingParameter as error:
        raise Refusal("conflict", _("这里的标准还没有公布：%(what)s") % {"what": error}, "place") from None
    rows, logic = [], None
    if table is not None:
        names = judging.article_names(leaf.article for leaf in table.leaves)
        for row in to_rows(table):
            said = holds.said.get((code, str(row["words"])))
            rows.append(
                {
                    **{name: row[name] for name in ("group", "fact", "operator", "arguments", "words", "article")},
                    "words_en": said.words_en if said is not None else "",
                    "article_name": names.get(str(row["article"]), ""),
                }
            )
        try:
            logic = json_logic(table, holds.setting(place), _below)
        except NotExportable:
            logic = None
    codes = table.facts if table is not None else ()
    asked = sorted((holds.facts[one] for one in codes if one in holds.facts), key=lambda one: (one.order, one.code))
    return {
        "item": item.matter_id, "place": place, "day": holds.day, "conditions": rows,
        "facts": [_fact(one) for one in asked], "json_logic": logic,
    }  # fmt: skip


@router.get(
    "/services/{code}/form",
    response={200: FormOut, **problems(400, 404, 422, 503)},
    operation_id="read_application_form",
    url_name="read_application_form",
    summary="What an application for an item asks, and its JSON Schema",
)
@decorate_view(public_for(30))
def read_application_form(request: HttpRequest, code: str) -> Any:
    """The newest version of the form."""
    _item(code)
    form = questions.form_of(code)
    pages = questions.pages_of(code)
    return {
        "item": code,
        "version": form.version if form is not None else 0,
        "digest": form.digest if form is not None else "",
        "pages": [
            {
                "title": str(page.title),
                "questions": [
                    {**_fact(one.fact), "required": one.required, "when": list(one.when)} for one in page.questions
                ],
            }
            for page in pages
        ],
        "json_schema": schema.of_pages(pages, title=code),
    }


@router.post(
    "/services/{code}/check",
    response={200: CheckedOut, **problems(400, 404, 413, 415, 422, 429, 503)},
    operation_id="check_conditions",
    url_name="check_conditions",
    summary="Whether somebody would be entitled, and why",
)
def check_conditions(request: HttpRequest, code: str, given: FactsIn, key: str = IdempotencyKey) -> Any:
    """Nothing is kept. Unknown facts are left out: they leave the outcome open and never make it a no."""
    limit(request, "api")
    _item(code)
    place = _place(given.place)
    facts = questions.read_facts(given.facts)
    found = judging.judged(code, facts, place)
    ways = judging.ways(code, facts, place) if found is not None else ()
    return {
        "value": found.value if found is not None else True,
        "groups": [[_reason(one) for one in group] for group in (found.groups if found is not None else ())],
        "ways": [{"since": way.since, "conditions": [_reason(one) for one in way.reasons]} for way in ways],
        "problems": [
            {"fact": one.fact, "code": one.code, "message": one.message} for one in schema.problems(code, given.facts)
        ],
    }


def _item(code: str) -> Item:
    found = reading.current().items.get(code)
    if found is None:
        raise Refusal("not_found", _("没有这个事项。"))
    return found


def _place(code: str) -> str:
    if code and code not in snapshot.current().places:
        raise Refusal("bad_input", _("没有这个行政区划，请重新选择。"), "place")
    return code


def _below(code: str) -> list[str]:
    return list(snapshot.current().subtree("places", code))


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "code": fact.code, "type": fact.type, "question": fact.question, "question_en": fact.question_en,
        "unit": fact.unit, "options": [list(one) for one in fact.options],
    }  # fmt: skip


def _reason(one: judging.Reason) -> dict[str, Any]:
    return {
        "words": one.words, "article": one.article_code, "article_name": one.article, "fact": one.fact, "met": one.met,
    }  # fmt: skip
