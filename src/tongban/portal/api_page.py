"""/api/: the OpenAPI document as a page, for people. Not for the document itself: `api.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for

from .api import OPERATIONS, TAGS, api


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A parameter or a property: its name, type and limits, as one reads them."""

    name: str
    kind: str
    required: bool
    limits: str = ""
    description: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation. `answers` are (status, name of the schema, meaning)."""

    id: str
    method: str
    path: str
    who: str
    summary: str
    description: str
    fields: list[FieldRow] = field(default_factory=list)
    body: str = ""
    answers: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """Operations under one heading."""

    name: str
    title: str
    operations: list[OperationRow]


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """A data structure."""

    name: str
    description: str
    fields: list[FieldRow]


def kind_of(schema: dict[str, Any]) -> str:
    """A JSON schema's type in a word or two: `string`, `list of ActOut`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for several in ("anyOf", "allOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind_of(part) for part in schema[several]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if schema.get("format"):
        return str(schema["format"])
    return str(schema.get("type", "any"))


def limits_of(schema: dict[str, Any]) -> str:
    """The limits of a JSON schema, one after the other."""
    found = []
    for part in (schema, *schema.get("anyOf", ())):
        if "enum" in part or "const" in part:
            found.append(" | ".join(str(value) for value in part.get("enum", [part.get("const")])))
        if "minimum" in part or "maximum" in part:
            found.append(f"{part.get('minimum', '')}…{part.get('maximum', '')}")
        if "minLength" in part or "maxLength" in part:
            found.append(f"{part.get('minLength', 0)}–{part.get('maxLength', '')} characters")
        if "pattern" in part:
            found.append(str(part["pattern"]))
    if schema.get("default") not in (None, ""):
        found.append(f"default {schema['default']}")
    return "; ".join(dict.fromkeys(found))


def _rows(schema: dict[str, Any]) -> list[FieldRow]:
    needed = schema.get("required", ())
    return [
        FieldRow(name, kind_of(rule), name in needed, limits_of(rule), rule.get("description", ""))
        for name, rule in schema.get("properties", {}).items()
    ]


def _schema_name(media: dict[str, Any]) -> str:
    for kind, item in media.items():
        name = str(item.get("schema", {}).get("$ref", "")).rsplit("/", 1)[-1]
        return name or kind
    return ""


def groups(document: dict[str, Any]) -> list[Group]:
    """Every operation of the document, under its heading."""
    found: dict[str, list[OperationRow]] = {name: [] for name in TAGS}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            fields = [
                FieldRow(
                    item["name"],
                    kind_of(item["schema"]),
                    bool(item.get("required")),
                    limits_of(item["schema"]),
                    item.get("description", ""),
                    item["in"],
                )
                for item in operation.get("parameters", ())
            ]
            answers = [
                (int(status), _schema_name(answer.get("content", {})), answer["description"])
                for status, answer in operation["responses"].items()
            ]
            row = OperationRow(
                operation["operationId"], method.upper(), path, OPERATIONS.get(operation["operationId"], ""),
                operation.get("summary", ""),
                operation.get("description", ""), fields,
                _schema_name(operation.get("requestBody", {}).get("content", {})), sorted(answers),
            )  # fmt: skip
            found.setdefault(operation.get("tags", [""])[0], []).append(row)
    return [Group(name, TAGS.get(name, name), rows) for name, rows in found.items() if rows]


def schemas(document: dict[str, Any]) -> list[SchemaRow]:
    """The data structures that go in and out, by name; the filters of lists stand with their operations."""
    return [
        SchemaRow(name, schema.get("description", ""), _rows(schema))
        for name, schema in sorted(document["components"]["schemas"].items())
        if not name.endswith("Filter") and name != "After"
    ]


@allows("public")
@public_for(3600)
def read_api(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page, for people."""
    document = api.get_openapi_schema()
    context = {
        "groups": groups(document),
        "schemas": schemas(document),
        "info": document["info"],
        "paragraphs": [
            part.replace("\n", " ").replace("**", "").split("`")
            for part in document["info"]["description"].split("\n\n")
        ],
        "origin": settings.ORIGIN,
    }
    return render(request, "tongban/api_docs.html", context)
