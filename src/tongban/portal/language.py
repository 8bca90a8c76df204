"""Which language a page is in: the cookie, then the browser's preference, then Simplified Chinese. And elder mode.

Kept in cookies that say nothing about a person, so that public pages can be cached by (path, language, mode).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from tongban.gate import cookies
from tongban.gate.allow import POST, allows

MODE_COOKIE = cookies.named("tongban_mode")
CODES = tuple(code for code, _ in settings.LANGUAGES)
YEAR = 365 * 24 * 3600


def wished(header: str) -> str:
    """The first of our languages in an Accept-Language header; Simplified Chinese where there is none."""
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag in ("zh-hant", "zh-tw", "zh-hk", "zh-mo") or tag.startswith("zh-hant"):
            return "zh-hant"
        if tag.startswith("zh"):
            return "zh-hans"
        if tag.startswith("en"):
            return "en"
    return "zh-hans"


def language_of(cookie: str | None, header: str) -> str:
    """The language for a request with this cookie and this Accept-Language."""
    return cookie if cookie in CODES else wished(header)


class LanguageMiddleware:
    """Activates the language, says so on the answer, and notes elder mode on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(
            request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME), request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        )
        request.LANGUAGE_CODE = language
        request.elder = request.COOKIES.get(MODE_COOKIE) == "elder"  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.META.get("HTTP_REFERER", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


@csrf_exempt  # sets a harmless preference; a token would make public pages impossible to cache
@allows("public", POST)
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language for a year."""
    response = _back(request)
    code = request.POST.get("language", "")
    if code in CODES:
        cookies.put_named(response, settings.LANGUAGE_COOKIE_NAME, code, YEAR)
    return response


@csrf_exempt  # as above
@allows("public", POST)
def set_elder_mode(request: HttpRequest) -> HttpResponse:
    """Turns elder mode (长者模式) on or off; it stays so for a year."""
    response = _back(request)
    if request.POST.get("mode", "elder") == "elder" and not request.elder:  # type: ignore[attr-defined]
        cookies.put_named(response, MODE_COOKIE, "elder", YEAR)
    else:
        cookies.take_away_named(response, MODE_COOKIE)
    return response


set_language.allows = set_elder_mode.allows = "public"  # type: ignore[attr-defined]
