"""Errors for the person who meets them: a page that says what was wrong and what to do, in their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.gate.numbers import number

NUL = "\x00"
"""No person types it, and PostgreSQL takes it in no text: left out here, so that no look-up has to think of it."""
OWN_SHAPES = ("/api/", "/open311/")
"""Addresses whose views say in the shape of their standard what is wrong with a request."""


class RequestLimits:
    """Refuses what is larger than anything this house takes, by its Content-Length and before any of it is read; leaves
    NUL characters out of queries and forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > settings.LARGEST_BODY:
            return too_big(request)
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith(OWN_SHAPES):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or request.path.startswith(OWN_SHAPES):
            return None
        if any(NUL in value for _name, values in request.POST.lists() for value in values):
            cleaned = request.POST.copy()
            for name, values in request.POST.lists():
                cleaned.setlist(name, [value.replace(NUL, "") for value in values])
            request.POST = cleaned  # type: ignore[assignment]
        return None


class PersonErrors:
    """Turns a refusal that no view caught into a page with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith("/api/"):
            said: dict[str, Any] = {"code": exception.code, "message": str(exception.message), "field": exception.field}
            if exception.errors:
                said["errors"] = [asdict(one) for one in exception.errors]
            return JsonResponse(said, status=exception.status)
        template = {403: "403.html", 404: "404.html"}.get(exception.status, "400.html")
        return render(request, template, {"reason": exception.message}, status=exception.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere."""
    return render(
        request,
        "403.html",
        {"reason": _("页面已经过期，请返回上一页刷新后再提交。您填写的内容仍在上一页。")},
        status=403,
    )


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_big(request)
    return _said(request, 400, "bad_request", _("请求无法读取。"), "400.html")


def too_big(request: HttpRequest) -> HttpResponse:
    """413 (RFC 9110, 15.5.14): the body is larger, or has more fields or files, than is taken."""
    return _said(request, 413, "too_big", _("上传的内容太大。"), "413.html")


def _said(request: HttpRequest, status: int, code: str, message: str, template: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": message, "field": None}, status=status)
    limits = {"most_mb": settings.ATTACHMENT_MAX_BYTES // 2**20, "most_files": settings.ATTACHMENT_MAX_NUMBER}
    return render(request, template, limits, status=status)
