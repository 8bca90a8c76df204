"""/api/v1: the doors' routers under one OpenAPI 3.1 document, with one shape for errors, and a page to read it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tongban.cases.refusal import Refusal
from tongban.gate.allow import allows
from tongban.gate.problems import Limited
from tongban.letters import api as letters
from tongban.scorecards import api as scorecards

from . import api_registry

api = NinjaAPI(
    title="Tongban 通办", version="1", urls_namespace="api", docs_url=None, openapi_url="/openapi.json",
    description="Letters, published answers, figures and the registry. Errors have one shape: code, message, field; messages follow Accept-Language.",
)  # fmt: skip
api.add_router("", letters.router)
api.add_router("", scorecards.router)
api.add_router("", api_registry.router)
OPERATIONS = {**letters.OPERATIONS, **scorecards.OPERATIONS, **api_registry.OPERATIONS}
"""Operation → who may use it (public, resident, token); a test asks for every operation."""


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
    field = ".".join(str(part) for part in first.get("loc", ())[1:]) or None
    return _problem(request, 422, "bad_input", _("内容有误：%(field)s（%(reason)s）") % {"field": field or "", "reason": first.get("msg", "")}, field)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(request, 401, "not_authenticated", _("请提供有效的令牌或密码。"))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _problem(request, 413, "too_big", _("上传的内容太大。"))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, error.status_code, "bad_request", _("请求无法读取。"))


@allows("public")
def read_api(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page, for people."""
    schema = api.get_openapi_schema()
    operations = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            operations.append({"method": method.upper(), "path": path, "who": OPERATIONS.get(operation["operationId"], ""), **operation})
    return render(request, "portal/api.html", {"operations": operations, "schemas": schema["components"]["schemas"], "info": schema["info"]})
