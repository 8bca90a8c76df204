"""Errors for the person who meets them: a page that says what was wrong and what to do, in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal


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
            return JsonResponse({"code": exception.code, "message": str(exception.message), "field": exception.field}, status=exception.status)
        template = {403: "403.html", 404: "404.html"}.get(exception.status, "400.html")
        return render(request, template, {"reason": exception.message}, status=exception.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere."""
    return render(request, "403.html", {"reason": _("页面已经过期，请返回上一页刷新后再提交。您填写的内容仍在上一页。")}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "400.html", status=400)
