"""Headers on every answer: CSP without inline script or style, and no powers that the pages do not need.

And the rule of keeping: what is for one person is kept by nobody, neither by the browser nor by a proxy on the way.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SECRETS = ("HTTP_AUTHORIZATION", "HTTP_X_RECEIPT_SECRET")
"""Headers in which a program shows a token or a receipt's secret."""


def for_one_person(request: HttpRequest) -> bool:
    """Whether the answer may be for this asker alone: the view is not for everybody, or the asker is signed in or
    shows a secret."""
    match = request.resolver_match
    declared = getattr(match.func, "allows", "public") if match is not None else "public"
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return declared != "public" or signed_in or any(name in request.META for name in SECRETS)


class SecurityHeaders:
    """Sets what the view did not set itself; answers are not kept anywhere unless the view says so and everybody gets
    the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers or for_one_person(request):
            response.headers["Cache-Control"] = "no-store"
        return response
