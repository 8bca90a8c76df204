"""/api/v1: the routers of all rooms under one OpenAPI 3.1 document, with one shape for every error.

Not for rules: a router speaks HTTP and the kernel decides. Not for reading it: `api_page.py` shows the document to
people. A door's own shapes (Open311) are routes of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from tongban.cases.refusal import Refusal
from tongban.gate.allow import allows
from tongban.gate.door import loaded, parts
from tongban.gate.keeping import public_for
from tongban.gate.parts import ApiRoutes
from tongban.gate.problems import Limited

log = logging.getLogger("django.request")


def _routers(routes: ApiRoutes) -> tuple[Router, ...]:
    found = loaded(routes.routers)
    return (found,) if isinstance(found, Router) else tuple(found)


ROUTERS = tuple(router for routes in parts(ApiRoutes) for router in _routers(routes))
OPERATIONS: dict[str, str] = {
    name: who for routes in parts(ApiRoutes) for name, who in loaded(routes.operations).items()
}
"""Operation → who may use it (public, resident, token, reporter); a test asks for every operation."""
TAGS: dict[str, str] = {}
"""Tag → its heading, in the order of the document. Where several parts share a tag, the first says its heading."""
for _routes in parts(ApiRoutes):
    TAGS.setdefault(_routes.tag, str(_routes.title))
DESCRIPTION = """\
Letters, published answers, figures and the registry of an office that runs Tongban.

**Errors** have one shape, `Problem`: `code` for programs, `message` for people in the language of Accept-Language
(zh-Hans, zh-Hant, en), `field` for the input that is wrong. **Lists** give `items` and `next`; send `next` back as
`cursor`.
**Every POST** takes an Idempotency-Key: what is sent twice is done once. **Rate limits** are per address: 429 with
Retry-After. Times are UTC, days and months those of Asia/Shanghai."""
BUSY_SECONDS = 5


class WrongType(Exception):
    """Content-Type is not application/json."""


class JsonParser(Parser):
    """Reads bodies of Content-Type application/json with orjson, and no others."""

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
    """Ninja's API with the manners of this house: every route says who may use it, every refusal has the one shape, and
    the document is made once."""

    _document: dict[str, Any] | None = None

    @property
    def urls(self) -> Any:
        """The routes, each with its declaration; what matches none is refused in the same shape."""
        patterns, app, namespace = super().urls
        who = {
            "/".join(part for part in path.replace("{", "<").replace("}", ">").split("/") if part): OPERATIONS[
                str(operation.operation_id)
            ]
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
    title="Tongban 通办", version="1", urls_namespace="api", docs_url=None, openapi_url="/openapi.json",
    description=DESCRIPTION,
    parser=JsonParser(), renderer=JsonRenderer(), docs_decorator=public_for(3600),
)  # fmt: skip
for _router in ROUTERS:
    api.add_router("", _router)


# --- errors: every one in the same shape ----------------------------------------------------------------------------


def _problem(request: HttpRequest, status: int, code: str, message: Any, field: str | None = None) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": str(message), "field": field}, status=status)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    if not error.errors:
        return _problem(request, error.status, error.code, error.message, error.field)
    said = {"code": error.code, "message": str(error.message), "field": error.field}
    wrong = [{"field": one.field, "code": one.code, "message": str(one.message)} for one in error.errors]
    return api.create_response(request, {**said, "errors": wrong}, status=error.status)


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
        return _("应当是下列之一：%(choices)s。") % {
            "choices": str(more.get("expected", "")).replace("'", "").replace(" or ", ", ")
        }
    return _("格式不对。")


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(request, 401, "not_authenticated", _("请提供有效的令牌或密码。"))
    response["WWW-Authenticate"] = "Bearer" if "/desk/" in request.path or "/reporter" in request.path else "Receipt"
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


# --- the document, complete --------------------------------------------------------------------

RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
MEANINGS = {
    200: "Done", 201: "Taken", 400: "The request cannot be read", 401: "No valid secret or token",
    403: "Not this caller's to do",
    404: "Not there, or not this caller's to see", 409: "The state has changed, or the key was used for something else",
    413: "Too large", 415: "Not JSON", 422: "An input is wrong; `field` names it", 429: "Too many requests; wait",
    503: "Not possible yet, or the system is busy; try again",
}  # fmt: skip


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with words for every answer, and the headers that answers carry."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                answer["description"] = MEANINGS.get(int(status), answer["description"])
                if int(status) == 429:
                    answer["headers"] = {"Retry-After": RETRY}
    document["tags"] = [{"name": name, "description": title} for name, title in TAGS.items()]
    return document
