"""/api/v1: the doors' routers under one OpenAPI 3.1 document, with one shape for every error, and a page to read it.

Not for rules: a router speaks HTTP and the kernel decides. Open311 has its own shapes (`letters/api/open311.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from tongban.cases.refusal import Refusal
from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.gate.problems import Limited
from tongban.letters import api as letters
from tongban.protection import api as protection
from tongban.scorecards import api as scorecards

from . import api_registry

log = logging.getLogger("django.request")
ROUTERS = (*letters.routers, *protection.routers, scorecards.router, api_registry.router)
OPERATIONS: dict[str, str] = {**letters.OPERATIONS, **protection.OPERATIONS, **scorecards.OPERATIONS, **api_registry.OPERATIONS}
"""Operation → who may use it (public, resident, token); a test asks for every operation."""
DESCRIPTION = """\
Letters, published answers, figures and the registry of an office that runs Tongban.

**Errors** have one shape, `Problem`: `code` for programs, `message` for people in the language of Accept-Language (zh-Hans,
zh-Hant, en), `field` for the input that is wrong. **Lists** give `items` and `next`; send `next` back as `cursor`.
**Every POST** takes an Idempotency-Key: what is sent twice is done once. **Rate limits** are per address: 429 with
Retry-After. Times are UTC, days and months those of Asia/Shanghai."""
BUSY_SECONDS = 5


class WrongType(Exception):
    """The body is not JSON by its own account."""


class JsonParser(Parser):
    """Reads JSON bodies with orjson, and only those that say they are JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongType
        return orjson.loads(request.body)


class JsonRenderer(BaseRenderer):
    """Writes JSON with orjson; times in UTC with a Z."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class HouseAPI(NinjaAPI):
    """Ninja's API with the manners of this house: every route says who may use it, every refusal has the one shape, and the
    document is made once."""

    _document: dict[str, Any] | None = None

    @property
    def urls(self) -> Any:
        """The routes, each with its declaration; what matches none is refused in the same shape."""
        patterns, app, namespace = super().urls
        who = {
            "/".join(part for part in path.replace("{", "<").replace("}", ">").split("/") if part): OPERATIONS[str(operation.operation_id)]
            for router in ROUTERS
            for path, view in router.path_operations.items()
            for operation in view.operations
        }
        who |= {"openapi.json": "public", "": "public"}
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _mannered(pattern.callback, who[str(pattern.pattern)])
        return [*patterns[:-1], re_path(r"^.*$", _mannered(_nowhere, "public")), patterns[-1]], app, namespace

    def get_openapi_schema(self, **where: Any) -> Any:
        if where.get("path_prefix") is not None:
            return completed(super().get_openapi_schema(**where))
        if self._document is None:
            self._document = completed(super().get_openapi_schema(**where))
        return self._document


def _mannered(view: Callable[..., Any], who: str) -> Callable[..., Any]:
    """A view of ninja with the gate's declaration; a method that it does not know is refused in the one shape."""

    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            refusal = _problem(request, 405, "bad_method", _("这里不能用这种方法。"))
            refusal["Allow"] = response["Allow"]
            return refusal
        return response

    inner.csrf_exempt = True  # type: ignore[attr-defined]  # no call here is made by a session
    return allows(who, None)(inner)  # type: ignore[arg-type]


def _nowhere(request: HttpRequest) -> HttpResponse:
    return _problem(request, 404, "not_found", _("没有这个地址。"))


api = HouseAPI(
    title="Tongban 通办", version="1", urls_namespace="api", docs_url=None, openapi_url="/openapi.json", description=DESCRIPTION,
    parser=JsonParser(), renderer=JsonRenderer(), docs_decorator=public_for(3600),
)  # fmt: skip
for _router in ROUTERS:
    api.add_router("", _router)


# --- errors: every one in the same shape ----------------------------------------------------------------------------


def _problem(request: HttpRequest, status: int, code: str, message: Any, field: str | None = None) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": str(message), "field": field}, status=status)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    return _problem(request, error.status, error.code, error.message, error.field)


@api.exception_handler(Limited)
def _limited(request: HttpRequest, error: Limited) -> HttpResponse:
    response = _problem(request, 429, "too_many", _("请求太频繁，请在 %(wait)d 秒后再试。") % {"wait": error.wait})
    response["Retry-After"] = str(error.wait)
    return response


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    path = [str(part) for part in first.get("loc", ())[1:]]
    if path and first["loc"][0] == "body":
        path = path[1:] or path
    field = ".".join(path)[:100] or None
    return _problem(request, 422, "bad_input", words(first), field)


def words(error: dict[str, Any]) -> str:
    """One of pydantic's errors in words for people."""
    kind, more = str(error.get("type", "")), error.get("ctx", {})
    if kind == "missing":
        return _("请填写这一项。")
    if kind == "extra_forbidden":
        return _("不认识的内容：%(name)s。") % {"name": str(error.get("loc", ("",))[-1])[:100]}
    if kind == "string_too_long":
        return _("最多 %(most)d 个字。") % {"most": more.get("max_length", 0)}
    if kind == "string_too_short":
        return _("请填写文字。")
    if kind == "literal_error":
        return _("应当是下列之一：%(choices)s。") % {"choices": str(more.get("expected", "")).replace("'", "").replace(" or ", ", ")}
    return _("格式不对。")


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(request, 401, "not_authenticated", _("请提供有效的令牌或密码。"))
    response["WWW-Authenticate"] = "Bearer" if "/desk/" in request.path else "Receipt"
    return response


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, WrongType):
        return _problem(request, 415, "wrong_type", _("请用 Content-Type: application/json 发送 JSON。"))
    return _problem(request, error.status_code, "bad_request", _("请求无法读取。"))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _problem(request, 413, "too_big", _("上传的内容太大。"))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return _problem(request, 400, "bad_request", _("请求无法读取。"))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _nowhere(request)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the database did not answer", exc_info=error)
    response = _problem(request, 503, "busy", _("系统繁忙，请稍后再试。"))
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


# --- the document, complete and as rows for people --------------------------------------------------------------------

RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
MEANINGS = {
    200: "Done", 201: "Taken", 400: "The request cannot be read", 401: "No valid secret or token", 403: "Not this caller's to do",
    404: "Not there, or not this caller's to see", 409: "The state has changed, or the key was used for something else",
    413: "Too large", 415: "Not JSON", 422: "An input is wrong; `field` names it", 429: "Too many requests; wait",
    503: "Not possible yet, or the system is busy; try again",
}  # fmt: skip
GROUPS = {"letters": "Letters", "published": "Published letters", "figures": "Figures", "registry": "Registry", "desk": "For officials' programs", "protection": "Catalogue of data"}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with words for every answer, and the headers that answers carry."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                answer["description"] = MEANINGS.get(int(status), answer["description"])
                if int(status) == 429:
                    answer["headers"] = {"Retry-After": RETRY}
    document["tags"] = [{"name": name, "description": title} for name, title in GROUPS.items()]
    return document


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
    found: dict[str, list[OperationRow]] = {name: [] for name in GROUPS}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            fields = [
                FieldRow(
                    item["name"], kind_of(item["schema"]), bool(item.get("required")), limits_of(item["schema"]), item.get("description", ""), item["in"],
                )
                for item in operation.get("parameters", ())
            ]  # fmt: skip
            answers = [
                (int(status), _schema_name(answer.get("content", {})), answer["description"]) for status, answer in operation["responses"].items()
            ]
            row = OperationRow(
                operation["operationId"], method.upper(), path, OPERATIONS.get(operation["operationId"], ""), operation.get("summary", ""),
                operation.get("description", ""), fields, _schema_name(operation.get("requestBody", {}).get("content", {})), sorted(answers),
            )  # fmt: skip
            found.setdefault(operation.get("tags", [""])[0], []).append(row)
    return [Group(name, GROUPS.get(name, name), rows) for name, rows in found.items() if rows]


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
        "groups": groups(document), "schemas": schemas(document), "info": document["info"],
        "paragraphs": [part.replace("\n", " ").replace("**", "").split("`") for part in document["info"]["description"].split("\n\n")],
        "origin": settings.ORIGIN,
    }  # fmt: skip
    return render(request, "tongban/api_docs.html", context)
